package redistest_test

import (
	"context"
	"embed"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"testing/fstest"
	"testing/synctest"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/compozy/rediskit/redistest"
)

//go:embed testdata/every-type.redis
var embedded embed.FS

func TestLoad(t *testing.T) {
	t.Parallel()
	srv := loaded(t, "HSET user:1 old field", "EXPIRE user:1 60", "SET kept k")
	require.NoError(t, srv.Load("testdata/every-type.redis"))
	redistest.AssertGolden(t, srv, "merged")

	own := redistest.New(t)
	require.NoError(t, own.LoadFS(embedded, "testdata/every-type.redis"))
	own.Client().Del(t.Context(), "user:1")
	require.NoError(t, own.LoadFS(embedded, "testdata/every-type.redis"), "the second time it is not parsed, but loaded")
	require.NoError(t, own.Client().Set(t.Context(), "kept", "k", 0).Err())
	redistest.AssertGolden(t, own, "merged")
}

func TestLoadRunsCommandsThatAreNoData(t *testing.T) {
	t.Parallel()
	srv := loaded(t, "SET visits 41", "SET mine 1", "SELECT 2", "SET elsewhere 2")
	srv.TravelTo(time.Unix(1_700_000_000, 5_000_000))
	require.NoError(t, srv.LoadFS(fstest.MapFS{"data/run.redis": {Data: []byte(lines(
		"# what only a server can do",
		"INCR visits",
		"  geoadd cities 13.361389 38.115556 Palermo 15.087269 37.502669 Catania",
		`EVAL "redis.call('SET', KEYS[1], ARGV[1]); return redis.call('GET', 'missing')" 1 scripted 'by Lua'`,
		"XADD log * event start",
		"MULTI", "INCR visits", "RPUSH queue a", "EXEC",
		"SET mine 2 KEEPTTL",
		"EXPIRE mine 60",
		"EXPIREAT visits 1700000060",
		"SELECT 2", "SET here 2",
		"GET missing"))}}, "data/run.redis"))
	redistest.AssertGolden(t, srv, "loaded")
}

func TestLoadIsAllOrNothing(t *testing.T) {
	t.Parallel()
	srv := loaded(t, "SET k v", "EXPIRE k 60", "HSET user:1 name Ada", "SELECT 3", "RPUSH queue a")
	before := encoded(t, capture(t, srv))
	for name, c := range map[string]struct {
		text []string
		want string
	}{
		"a quote that is open": {
			[]string{"# comment", "", "SET k w", "HSET user:1 name 'Ada"},
			"load f.redis:4:18: the quote that begins here is never closed",
		},
		"a quote that is open, after what is no data": {
			[]string{"INCR n", "HSET user:1 name 'Ada"},
			"load f.redis:2:18: the quote at column 18 is never closed",
		},
		"no number": {
			[]string{"SET k w", "ZADD board 1 ada x bob"},
			"load f.redis:2:18: ZADD board: score x is not a number",
		},
		"an odd argument, after what is no data": {
			[]string{"FLUSHALL", "SET k w", "HSET user:1 name"},
			"load f.redis:3:1: HSET user:1: ERR wrong number of arguments for 'hset' command",
		},
		"another type": {
			[]string{"SET k w", "SET s x", "INCR n", "  lpush s y"},
			"load f.redis:4:3: LPUSH s: WRONGTYPE Operation against a key holding the wrong kind of value",
		},
		"no command": {
			[]string{"SET k w", "FROBNICATE"},
			"load f.redis:2:1: FROBNICATE: ERR unknown command 'FROBNICATE', with args beginning with: ",
		},
		"a key that is misspelled": {
			[]string{"SET k w", "EXPIRE kk 60"},
			"load f.redis:2:8: EXPIRE kk: there is no such key in the lines before",
		},
		"a key that is misspelled, after what is no data": {
			[]string{"INCR n", "EXPIRE kk 60"},
			"load f.redis:2:1: EXPIRE kk: there is no such key",
		},
		"a script that fails halfway": {
			[]string{"SET k w", `EVAL "redis.call('SET', 'x', '1'); error('no')" 0`},
			"",
		},
		"a transaction": {
			[]string{"SET s x", "MULTI", "INCR n", "INCR s", "EXEC"},
			"load f.redis:5:1: EXEC: ERR value is not an integer or out of range",
		},
		"a database too many": {
			[]string{"SET k w", "SELECT 99", "SET k w"},
			"load f.redis: restore: database 99: key k: a database above 15: the target cannot hold it",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := srv.LoadFS(fstest.MapFS{"f.redis": {Data: []byte(lines(c.text...))}}, "f.redis")
			require.Error(t, err)
			if c.want != "" {
				require.EqualError(t, err, c.want)
			} else {
				require.Contains(t, err.Error(), "load f.redis:2:1: EVAL")
			}
			require.Equal(t, before, encoded(t, capture(t, srv)))
		})
	}
}

func TestLoadOfAFileThatIsNotThere(t *testing.T) {
	t.Parallel()
	srv := redistest.New(t)
	err := srv.Load("testdata/nowhere.redis")
	require.EqualError(t, err, "load testdata/nowhere.redis: no such file or directory")
	require.ErrorIs(t, err, fs.ErrNotExist)
	require.ErrorIs(t, srv.LoadFS(embedded, "testdata/nowhere.redis"), fs.ErrNotExist)
	require.EqualError(t, srv.LoadFS(embedded, "../x"), "load ../x: file does not exist")
	require.EqualError(t, srv.Load("testdata"), "load testdata: is a directory")
}

// Whoever writes while a fixture's commands are run loses nothing.
func TestLoadBesideWriters(t *testing.T) {
	t.Parallel()
	srv := redistest.New(t)
	const loads, writes = 10, 20
	var all sync.WaitGroup
	all.Go(func() {
		for range writes {
			assert.NoError(t, srv.Client().Incr(t.Context(), "written").Err())
		}
	})
	all.Go(func() {
		for range loads {
			assert.NoError(t, srv.LoadFS(fstest.MapFS{"f": {Data: []byte("INCR loaded\n")}}, "f"))
		}
	})
	all.Wait()
	require.Equal(t, writes, must(t, srv.Client().Get(t.Context(), "written")))
	require.Equal(t, loads, must(t, srv.Client().Get(t.Context(), "loaded")))
}

func must(t *testing.T, cmd *redis.StringCmd) int {
	t.Helper()
	n, err := cmd.Int()
	require.NoError(t, err)
	return n
}

func TestABlockedClientSeesAFixtureAsAWhole(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		srv := redistest.New(t)
		popped := make(chan []string, 1)
		go func() { popped <- srv.NewClient().BRPop(t.Context(), time.Hour, "queue").Val() }()
		synctest.Wait()
		require.NoError(t, srv.LoadFS(fstest.MapFS{"f": {Data: []byte("INCR n\nRPUSH queue a\nRPUSH queue b\n")}}, "f"))
		require.Equal(t, []string{"queue", "b"}, <-popped)
	})
}

func TestAFixtureIsParsedOnceAsLongAsItStays(t *testing.T) {
	t.Parallel()
	var shelf redistest.Fixtures
	path := write(t, filepath.Join(t.TempDir(), "f.redis"), "SET k v\n")
	files := os.DirFS(filepath.Dir(path))
	first, err := shelf.Parsed(files, "f.redis", path)
	require.NoError(t, err)

	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			again, err := shelf.Parsed(files, "f.redis", path)
			assert.NoError(t, err)
			assert.Same(t, first, again)
		})
	}
	all.Wait()

	write(t, path, "SET k longer\n")
	changed, err := shelf.Parsed(files, "f.redis", path)
	require.NoError(t, err)
	require.NotSame(t, first, changed)
	key, _ := changed.Key(0, "k")
	require.EqualValues(t, "longer", key.Value)

	write(t, path, "SET k 'broken\n")
	for range 2 {
		_, err = shelf.Parsed(files, "f.redis", path)
		require.Error(t, err)
	}
	require.NoError(t, os.Remove(path))
	_, err = shelf.Parsed(files, "f.redis", path)
	require.ErrorIs(t, err, fs.ErrNotExist)

	unmarked := fstest.MapFS{"f": {Data: []byte("SET k v\n")}}
	first, err = shelf.Parsed(unmarked, "f", "")
	require.NoError(t, err)
	again, err := shelf.Parsed(unmarked, "f", "")
	require.NoError(t, err)
	require.NotSame(t, first, again, "it could have changed without showing it")
}

func TestWithFixture(t *testing.T) {
	t.Parallel()
	second := write(t, filepath.Join(t.TempDir(), "second.redis"), "INCR visits\nHSET user:1 name Eve\n")
	srv := redistest.New(t, redistest.WithFixture("testdata/every-type.redis"), redistest.WithFixture(second))
	require.Equal(t, "1", srv.Client().Get(t.Context(), "visits").Val())
	require.Equal(t, "Eve", srv.Client().HGet(t.Context(), "user:1", "name").Val())
	require.Equal(t, "41", srv.Client().HGet(t.Context(), "user:1", "visits").Val(), "its commands run on what is there")
}

func TestWithFixtureThatFails(t *testing.T) {
	t.Parallel()
	socket := filepath.Join(t.TempDir(), "s")
	broken := write(t, filepath.Join(t.TempDir(), "broken.redis"), "SET k v\nSET k\n")
	options := []redistest.Option{
		redistest.WithUnixSocket(socket), redistest.WithFixture("testdata/every-type.redis"), redistest.WithFixture(broken),
	}
	want := "redistest: load " + broken + ":2:5: SET k: too few arguments"

	require.Equal(t, []string{want}, runFake(t, func(f *fakeTB) {
		redistest.New(f, options...)
		t.Error("Fatalf did not abort")
	}))
	require.NoFileExists(t, socket, "nothing is left running")

	srv, err := redistest.Start(t.Context(), options...)
	require.EqualError(t, err, want)
	require.Nil(t, srv)
	require.NoFileExists(t, socket)

	_, err = redistest.Start(t.Context(), redistest.WithFixture("nowhere.redis"))
	require.EqualError(t, err, "redistest: load nowhere.redis: no such file or directory")
}

func TestLoadInACleanup(t *testing.T) {
	t.Parallel()
	require.Empty(t, runFake(t, func(f *fakeTB) {
		srv := redistest.New(f)
		f.Cleanup(func() { // the test's context has ended by then
			assert.ErrorIs(t, srv.Context().Err(), context.Canceled)
			assert.NoError(t, srv.Load("testdata/every-type.redis"))
			assert.NoError(t, srv.LoadFS(fstest.MapFS{"f": {Data: []byte("INCR n\n")}}, "f"))
		})
	}))
}

// filesOf is a file system of these files.
func filesOf(texts map[string]string) fstest.MapFS {
	files := fstest.MapFS{}
	for name, text := range texts {
		files[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return files
}
