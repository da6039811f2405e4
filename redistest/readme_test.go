package redistest_test

import (
	"context"
	"os"
	"regexp"
	"testing"

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
