package bench_test

import (
	"bytes"
	"testing"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"github.com/compozy/rediskit/internal/words"
	"github.com/compozy/rediskit/redistest"
	"github.com/compozy/rediskit/snapshot"
)

// lines are the commands that make a keyspace, one for each element.
func lines(b *testing.B, s *snapshot.Snapshot) [][]any {
	b.Helper()
	var text bytes.Buffer
	require.NoError(b, snapshot.Encode(&text, s))
	var commands [][]any
	for line := range bytes.Lines(text.Bytes()) {
		split, err := words.Split(line)
		require.NoError(b, err)
		command := make([]any, len(split))
		for i, word := range split {
			command[i] = word
		}
		if command[0] != "SELECT" { // a pooled connection would stay there
			commands = append(commands, command)
		}
	}
	return commands
}

// load flushes and runs the commands in pipelines.
func load(b *testing.B, client *redis.Client, commands [][]any, most int) error {
	b.Helper()
	if err := client.FlushAll(b.Context()).Err(); err != nil {
		return err
	}
	for len(commands) > 0 {
		pipeline := client.Pipeline()
		n := min(most, len(commands))
		for _, command := range commands[:n] {
			pipeline.Do(b.Context(), command...)
		}
		if _, err := pipeline.Exec(b.Context()); err != nil {
			return err
		}
		commands = commands[n:]
	}
	return nil
}

// reload flushes a server again and again and loads it in pipelines of so many commands.
func reload(b *testing.B, client *redis.Client, commands [][]any, most int) func(int) {
	b.Helper()
	return func(n int) {
		for range n {
			if err := load(b, client, commands, most); err != nil {
				b.Error(err)
			}
		}
	}
}

// restore replaces a server's keyspace again and again.
func restore(b *testing.B, srv *redistest.Server, s *snapshot.Snapshot) func(int) {
	b.Helper()
	return func(n int) {
		for range n {
			if err := snapshot.Restore(b.Context(), srv, s, snapshot.Replace()); err != nil {
				b.Error(err)
			}
		}
	}
}

func checkpointAndRewind(srv *redistest.Server) func(int) {
	return func(n int) {
		for range n {
			srv.Rewind(srv.Checkpoint())
		}
	}
}

// BenchmarkRestore puts 10,000 keys back, in place of as many, and compares it with loading them over TCP in pipelines of
// 1,000 commands.
func BenchmarkRestore(b *testing.B) {
	s := mixedKeys(10_000)
	commands := lines(b, s)
	srv := filled(b, s)
	race(
		b,
		contestant{"restore", restore(b, srv, s)},
		contestant{"pipelines-to-miniredis-tcp", reload(b, miniredisTCP(b), commands, 1000)},
		contestant{"pipelines-to-redis-server-tcp", reload(b, redisServerTCP(b), commands, 1000)},
		contestant{"pipelines-to-redistest-tcp", reload(b, overTCP(b, filled(b, s)), commands, 1000)},
	)
}

// BenchmarkRewind is what a test pays that begins with a known keyspace of 1,000 keys: a checkpoint and a return to it,
// against flushing and loading it again.
func BenchmarkRewind(b *testing.B) {
	s := mixedKeys(1000)
	commands := lines(b, s)
	srv := filled(b, s)
	cp := srv.Checkpoint()
	race(
		b,
		contestant{"checkpoint-and-rewind", checkpointAndRewind(srv)},
		contestant{"rewind-alone", func(n int) {
			for range n {
				srv.Rewind(cp)
			}
		}},
		contestant{"reload-miniredis-tcp", reload(b, miniredisTCP(b), commands, len(commands))},
		contestant{"reload-redistest-tcp", reload(b, overTCP(b, filled(b, s)), commands, len(commands))},
	)
}
