package interop_test

import (
	"context"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"github.com/compozy/rediskit/redistest"
)

// The page for those who come from miniredis shows this code.

// upgrade is what the tests on that page test.
func upgrade(ctx context.Context, client redis.Cmdable, user string) error {
	_, err := client.TxPipelined(ctx, func(p redis.Pipeliner) error {
		p.HSet(ctx, "user:"+user, "plan", "team")
		p.RPush(ctx, "queue:mail", "welcome to the team")
		p.Set(ctx, "offer:"+user, "a mug", time.Hour)
		return nil
	})
	return err
}

func newRedis(t *testing.T) (*miniredis.Miniredis, *redis.Client) {
	t.Helper()
	mr := miniredis.RunT(t)
	client := redis.NewClient(&redis.Options{Addr: mr.Addr()})
	t.Cleanup(func() { _ = client.Close() })
	return mr, client
}

func seedUsers(mr *miniredis.Miniredis) {
	mr.HSet("user:1", "name", "Ada", "plan", "free")
	mr.HSet("user:2", "name", "Grace", "plan", "team")
}

func requireHash(t *testing.T, mr *miniredis.Miniredis, key string, want map[string]string) {
	t.Helper()
	fields, err := mr.HKeys(key)
	require.NoError(t, err)
	got := map[string]string{}
	for _, field := range fields {
		got[field] = mr.HGet(key, field)
	}
	require.Equal(t, want, got)
}

func TestUpgradeOnMiniredis(t *testing.T) {
	t.Parallel()
	mr, client := newRedis(t)
	seedUsers(mr)
	require.NoError(t, upgrade(t.Context(), client, "1"))
	requireHash(t, mr, "user:1", map[string]string{"name": "Ada", "plan": "team"})
	requireHash(t, mr, "user:2", map[string]string{"name": "Grace", "plan": "team"})
	mr.CheckList(t, "queue:mail", "welcome to the team")
	require.Equal(t, time.Hour, mr.TTL("offer:1"))
	mr.FastForward(time.Hour)
	require.False(t, mr.Exists("offer:1"))
}

func TestUpgrade(t *testing.T) {
	t.Parallel()
	srv := redistest.New(t, redistest.WithFixture("testdata/users.redis"))
	require.NoError(t, upgrade(t.Context(), srv.Client(), "1"))
	redistest.AssertGolden(t, srv, "upgraded")
	srv.Advance(time.Hour)
	redistest.AssertGolden(t, srv, "offer-expired")
}

func TestThePageForThoseFromMiniredisIsTested(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../../docs/from-miniredis.md")
	require.NoError(t, err)
	source, err := os.ReadFile("from_miniredis_test.go")
	require.NoError(t, err)
	blocks := strings.Split(string(page), "```go\n")
	require.Len(t, blocks, 4)
	for _, block := range blocks[1:3] {
		code, _, _ := strings.Cut(block, "```")
		require.Contains(t, string(source), code)
	}
}
