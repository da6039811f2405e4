package command

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/compozy/rediskit/internal/config"
	"github.com/compozy/rediskit/internal/process/processtest"
)

const (
	tableFile   = "redis-7.0.txt"
	tableHeader = "# name arity first-key last-key step flags acl-categories, as COMMAND of redis-server 7.0 reports them.\n"
)

// TestTableAgreesWithServer compares the embedded file with a redis-server 7.0, and writes it with REDISTEST_UPDATE=1.
func TestTableAgreesWithServer(t *testing.T) {
	t.Parallel()
	server := processtest.Start(t)
	client := redis.NewClient(&redis.Options{Network: "unix", Addr: server.Socket(), Protocol: 2, DisableIdentity: true})
	t.Cleanup(func() { assert.NoError(t, client.Close()) })

	info, err := client.Info(t.Context(), "server").Result()
	require.NoError(t, err)
	if !strings.Contains(info, "redis_version:7.0.") {
		require.False(t, config.ReadEnv().Require, "%s=1 demands a Redis 7.0:\n%s", config.EnvRequire, info)
		t.Skipf("*** NOT RUN: the table describes Redis 7.0 and this server is another one ***\n%s", info)
	}
	reply, err := client.Do(t.Context(), "COMMAND").Slice()
	require.NoError(t, err)

	got := tableHeader + format(readSpecs(t, reply))
	if config.ReadEnv().Update {
		require.NoError(t, os.WriteFile(tableFile, []byte(got), 0o600))
		return
	}
	assert.Equal(t, text, got, "accept the server's answer with %s=1", config.EnvUpdate)
}

// readSpecs reads the entries of a COMMAND reply, sorted by name.
func readSpecs(t *testing.T, entries []any) []*Spec {
	t.Helper()
	specs := make([]*Spec, 0, len(entries))
	for _, entry := range entries {
		fields, ok := entry.([]any)
		require.True(t, ok, "%v", entry)
		require.GreaterOrEqual(t, len(fields), 10)
		subcommands, ok := fields[9].([]any)
		require.True(t, ok, "%v", fields[9])
		specs = append(specs, &Spec{
			Name:        readText(t, fields[0]),
			Arity:       readNumber(t, fields[1]),
			Flags:       readTexts(t, fields[2]),
			FirstKey:    readNumber(t, fields[3]),
			LastKey:     readNumber(t, fields[4]),
			Step:        readNumber(t, fields[5]),
			Categories:  readTexts(t, fields[6]),
			Subcommands: readSpecs(t, subcommands),
		})
	}
	slices.SortFunc(specs, compareNames)
	return specs
}

func readText(t *testing.T, value any) string {
	t.Helper()
	text, ok := value.(string)
	require.True(t, ok, "%v", value)
	return text
}

func readNumber(t *testing.T, value any) int {
	t.Helper()
	number, ok := value.(int64)
	require.True(t, ok, "%v", value)
	return int(number)
}

func readTexts(t *testing.T, value any) []string {
	t.Helper()
	values, ok := value.([]any)
	require.True(t, ok, "%v", value)
	var texts []string
	for _, value := range values {
		texts = append(texts, readText(t, value))
	}
	return texts
}
