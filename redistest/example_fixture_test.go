package redistest_test

import (
	"strings"
	"testing/fstest"
	"time"

	"github.com/compozy/rediskit/redistest"
	"github.com/compozy/rediskit/snapshot"
)

// A test that begins with data, or with a part of what a file has.
func ExampleWithFixture() {
	runTest("TestReport", func(t redistest.TB) {
		all := redistest.New(t, redistest.WithFixture("testdata/every-type.redis"))
		t.Logf("%d keys", all.Client().DBSize(t.Context()).Val())
		users := redistest.New(t, redistest.WithFixture("testdata/every-type.redis", redistest.Match("user:*")))
		t.Logf("%v", users.Client().Keys(t.Context(), "*").Val())
	})
	// Output:
	// 8 keys
	// [user:1]
}

func ExampleServer_Load() {
	runTest("TestMail", func(t redistest.TB) {
		srv := redistest.New(t)
		if err := srv.Load("testdata/every-type.redis"); err != nil {
			t.Fatalf("%v", err)
		}
		t.Logf("%v", srv.Client().HGet(t.Context(), "user:1", "name").Val())
		t.Logf("%v", srv.Client().LRange(t.Context(), "queue:mail", 0, -1).Val())
		t.Logf("%v", srv.Client().TTL(t.Context(), "session:1").Val())
	})
	// Output:
	// Ada Lovelace
	// [{"to":"ada","retry":0} {"to":"bob","retry":1}]
	// 30m0s
}

// An error names the file, the line, the column and the command, and the server is as it was.
func ExampleServer_LoadFS() {
	runTest("TestUsers", func(t redistest.TB) {
		srv := redistest.New(t)
		files := fstest.MapFS{"users.redis": {Data: []byte("HSET user:1 name Ada\nINCR users\nLPUSH user:1 x\n")}} // or an embed.FS
		t.Logf("%v", srv.LoadFS(files, "users.redis"))
		t.Logf("keys: %d", srv.Client().DBSize(t.Context()).Val())
	})
	// Output:
	// load users.redis:3:1: LPUSH user:1: WRONGTYPE Operation against a key holding the wrong kind of value
	// keys: 0
}

func ExampleServer_Checkpoint() {
	runTest("TestSession", func(t redistest.TB) {
		srv := redistest.New(t)
		client := srv.Client()
		client.Set(t.Context(), "session", "ada", time.Hour)
		cp := srv.Checkpoint()
		for _, harm := range []string{"flushall", "persist session", "rename session lost"} {
			var args []any
			for word := range strings.FieldsSeq(harm) {
				args = append(args, word)
			}
			client.Do(t.Context(), args...)
			srv.Rewind(cp)
			t.Logf("%s %v", client.Get(t.Context(), "session").Val(), client.TTL(t.Context(), "session").Val())
		}
	})
	// Output:
	// ada 1h0m0s
	// ada 1h0m0s
	// ada 1h0m0s
}

// A copy of what another server holds, of staging for example, which it takes no harm from.
func ExampleServer_Restore() {
	runTest("TestMigration", func(t redistest.TB) {
		staging := redistest.New(t).Client() // redis.NewClient(...)
		staging.HSet(t.Context(), "user:1", "name", "Ada")
		copied, err := snapshot.Of(staging).Capture(t.Context(), snapshot.Match("user:*"))
		if err != nil {
			t.Fatalf("%v", err)
		}
		srv := redistest.New(t)
		if err := srv.Restore(t.Context(), copied); err != nil {
			t.Fatalf("%v", err)
		}
		srv.Client().HSet(t.Context(), "user:1", "name", "ADA")
		t.Logf("%s, and %s in staging", srv.Client().HGet(t.Context(), "user:1", "name").Val(), staging.HGet(t.Context(), "user:1", "name").Val())
	})
	// Output: ADA, and Ada in staging
}
