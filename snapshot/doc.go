// Package snapshot holds the keyspace of a Redis as a value: every database, every type, every time to live.
//
//	before, err := snapshot.Capture(ctx, snapshot.Of(client))
//	...
//	after, err := snapshot.Capture(ctx, snapshot.Of(client))
//	fmt.Print(snapshot.Diff(before, after)) // what has changed, a line for each key and element
//
// A snapshot is one atomic view: no command of any client lies half inside it. It never changes.
//
// [Capture] takes it of a [Source]: of any server that a go-redis client reaches ([Of]), of a *redistest.Server, of one that is
// reached in another way ([Exclusive]), or of a snapshot, to cut it down. [Decode] reads it from a file of Redis commands, the
// package rdb from what a server saves, and a [Builder] puts it together by hand.
//
// It can be walked ([Snapshot.Databases], [Snapshot.Keys]): what a key holds is a [String], [List], [Hash], [Set], [SortedSet]
// or *[Stream]. It can be compared ([Diff]) and put back ([Restore]), all of it or nothing, and never over what is there unless
// [Replace] or [Merge] says so. [Encode] writes it as Redis commands, which redis-cli can run as well. [Scrub], [Renumber],
// [WithoutTTL] and [Aged] make another one of it. A [Manager] saves what a source holds in a [FileStore], periodically and at
// the end, and brings it back after a restart.
//
// Times to live are durations, in whole milliseconds: how long a key had to live when it was captured, and has again once it is
// restored. Snapshots, sources, targets, stores and managers may be used by many goroutines at once, a Builder and a Do by one.
package snapshot
