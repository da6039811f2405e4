package redistest_test

import (
	"context"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"github.com/compozy/rediskit/redistest"
)

func TestVisits(t *testing.T) {
	t.Parallel()
	client := redistest.New(t).Client()
	visits := NewVisits(client)
	visits.Add(t.Context(), "ada")
	visits.Add(t.Context(), "ada")
	require.Equal(t, "2", client.Get(t.Context(), "visits:ada").Val())
}

// Visits is what the test in the README tests.
type Visits struct{ client redis.Cmdable }

func NewVisits(client redis.Cmdable) Visits { return Visits{client} }

func (v Visits) Add(ctx context.Context, name string) { v.client.Incr(ctx, "visits:"+name) }

func TestSignUp(t *testing.T) {
	t.Parallel()
	srv := redistest.New(t)
	signUp(t.Context(), srv.Client(), "Ada", "free")
	redistest.AssertGolden(t, srv, "signed-up")
}

// signUp is what the golden in the README is of.
func signUp(ctx context.Context, client redis.Cmdable, name, plan string) {
	client.HSet(ctx, "user:1", "name", name, "plan", plan)
	client.Expire(ctx, "user:1", 30*time.Minute)
	client.RPush(ctx, "queue:mail", "welcome")
	if plan == "team" {
		client.RPush(ctx, "queue:mail", "upgrade")
	}
}

// The README shows the golden as it is, and the failure as it is.
func TestTheReadmesGoldenIsReal(t *testing.T) {
	t.Parallel()
	readme, err := os.ReadFile("../README.md")
	require.NoError(t, err)
	golden, err := os.ReadFile("testdata/TestSignUp/signed-up.redis")
	require.NoError(t, err)
	require.Contains(t, string(readme), quoted(string(golden)))

	failures := runFake(t, func(f *fakeTB) {
		f.name = "TestSignUp"
		srv := redistest.New(f)
		signUp(f.Context(), srv.Client(), "Ada", "team")
		redistest.AssertGolden(f, srv, "signed-up")
	})
	require.Len(t, failures, 1)
	shown, _, _ := strings.Cut(failures[0], "\nwhere CI is set") // which adds a line of its own
	require.Contains(t, string(readme), quoted(shown))
}

// quoted is a block of text as Markdown has it.
func quoted(text string) string {
	return "    " + strings.ReplaceAll(strings.TrimSpace(text), "\n", "\n    ") + "\n"
}

// The README's code is this file's, which compiles and runs.
func TestTheReadmesCodeIsTested(t *testing.T) {
	t.Parallel()
	readme, err := os.ReadFile("../README.md")
	require.NoError(t, err)
	source, err := os.ReadFile("readme_test.go")
	require.NoError(t, err)
	blocks := regexp.MustCompile("(?s)```go\n(.*?)```").FindAllSubmatch(readme, -1)
	require.NotEmpty(t, blocks)
	for _, block := range blocks {
		require.Contains(t, string(source), string(block[1]))
	}
}
