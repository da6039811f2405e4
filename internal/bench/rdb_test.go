package bench_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/hdt3213/rdb/parser"
	"github.com/stretchr/testify/require"

	"github.com/compozy/rediskit/internal/process"
	"github.com/compozy/rediskit/redistest"
	"github.com/compozy/rediskit/snapshot/rdb"
)

// dumpOf is the .rdb file of n keys.
func dumpOf(b *testing.B, n int) []byte {
	b.Helper()
	var file bytes.Buffer
	require.NoError(b, rdb.Encode(&file, mixedKeys(n)))
	return file.Bytes()
}

// BenchmarkDecodeDump reads 100,000 keys. The peer hands out one object after the other; a program that wants to look at a
// keyspace keeps them by database and name, as a snapshot does, and so both are shown.
func BenchmarkDecodeDump(b *testing.B) {
	file := dumpOf(b, 100_000)
	theirs := func(keep func(parser.RedisObject) bool) error {
		return parser.NewDecoder(bytes.NewReader(file)).Parse(keep)
	}
	race(
		b,
		contestant{"rdb.Decode", func(n int) {
			for range n {
				if _, err := rdb.Decode(bytes.NewReader(file)); err != nil {
					b.Error(err)
				}
			}
		}},
		contestant{"hdt3213-kept", func(n int) {
			for range n {
				kept := map[int]map[string]parser.RedisObject{}
				err := theirs(func(o parser.RedisObject) bool {
					if kept[o.GetDBIndex()] == nil {
						kept[o.GetDBIndex()] = map[string]parser.RedisObject{}
					}
					kept[o.GetDBIndex()][o.GetKey()] = o
					return true
				})
				if err != nil {
					b.Error(err)
				}
			}
		}},
		contestant{"hdt3213-dropped", func(n int) {
			for range n {
				if err := theirs(func(parser.RedisObject) bool { return true }); err != nil {
					b.Error(err)
				}
			}
		}},
	)
}

// BenchmarkLoadDump starts a server with an .rdb file of 100,000 keys.
func BenchmarkLoadDump(b *testing.B) {
	folder := b.TempDir()
	path := filepath.Join(folder, "dump.rdb")
	require.NoError(b, os.WriteFile(path, dumpOf(b, 100_000), 0o600))
	race(
		b,
		contestant{"redistest", func(n int) {
			for range n {
				srv, err := redistest.Start(b.Context(), redistest.WithFixture(path))
				if err != nil {
					b.Error(err)
					return
				}
				if err := srv.Close(b.Context()); err != nil {
					b.Error(err)
				}
			}
		}},
		contestant{"redis-server", func(n int) {
			for range n {
				server, err := process.Start(b.Context(), process.WithArgs("--dir", folder, "--dbfilename", "dump.rdb"))
				if err != nil {
					b.Error(err)
					return
				}
				if err := server.Close(); err != nil {
					b.Error(err)
				}
			}
		}},
	)
}
