// Package snapshot holds the keyspace of a Redis as a value: every database, every type, every time to live.
//
//	before, err := snapshot.Capture(ctx, snapshot.Of(client))
//	...
//	after, err := snapshot.Capture(ctx, snapshot.Of(client))
//	fmt.Print(snapshot.Diff(before, after)) // what has changed, a line for each key and element
//
// A snapshot is one atomic view: no command of any client lies half inside it. It can be walked ([Snapshot.Databases],
// [Snapshot.Keys]), compared ([Diff]), put back ([Restore]), and written to and read from a file of Redis commands
// ([Encode], [Decode]), which redis-cli can run as well.
package snapshot
