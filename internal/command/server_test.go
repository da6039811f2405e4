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
	keysFile    = "redis-7.0-keys.txt"
	keysHeader  = "# name begin keys flags, of the key specifications that COMMAND of redis-server 7.0 reports.\n"
	tableHeader = "# name arity first-key last-key step flags acl-categories tips, as COMMAND of redis-server 7.0 reports them.\n"
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

	specs := readSpecs(t, reply)
	got, gotKeys := tableHeader+format(specs), keysHeader+formatKeys(specs)
	if config.ReadEnv().Update {
		require.NoError(t, os.WriteFile(tableFile, []byte(got), 0o600))
		require.NoError(t, os.WriteFile(keysFile, []byte(gotKeys), 0o600))
		return
	}
	assert.Equal(t, keysText, gotKeys, "accept the server's answer with %s=1", config.EnvUpdate)
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
			Tips:        readTexts(t, fields[7]),
			Subcommands: readSpecs(t, subcommands),
			KeySpecs:    readKeySpecs(t, fields[8]),
		})
	}
	slices.SortFunc(specs, compareNames)
	return specs
}

func readKeySpecs(t *testing.T, value any) []KeySpec {
	t.Helper()
	entries, ok := value.([]any)
	require.True(t, ok, "%v", value)
	var specs []KeySpec
	for _, entry := range entries {
		fields := readPairs(t, entry)
		k := KeySpec{Flags: readTexts(t, fields["flags"])}
		kind, details := readVariant(t, fields["begin_search"])
		switch kind {
		case "index":
			k.Begin.Index = readNumber(t, details["index"])
		case "keyword":
			k.Begin.Keyword, k.Begin.From = readText(t, details["keyword"]), readNumber(t, details["startfrom"])
		default:
			require.Equal(t, "unknown", kind)
		}
		kind, details = readVariant(t, fields["find_keys"])
		switch kind {
		case "range":
			k.Find.Last, k.Find.Limit = readNumber(t, details["lastkey"]), readNumber(t, details["limit"])
			k.Find.Step = readNumber(t, details["keystep"])
		case "keynum":
			k.Find.Counted, k.Find.CountAt = true, readNumber(t, details["keynumidx"])
			k.Find.FirstAt, k.Find.Step = readNumber(t, details["firstkey"]), readNumber(t, details["keystep"])
		default:
			require.Equal(t, "unknown", kind)
		}
		specs = append(specs, k)
	}
	return specs
}

// readVariant reads one of several forms, each with fields of its own.
func readVariant(t *testing.T, value any) (kind string, details map[string]any) {
	t.Helper()
	fields := readPairs(t, value)
	return readText(t, fields["type"]), readPairs(t, fields["spec"])
}

func readPairs(t *testing.T, value any) map[string]any {
	t.Helper()
	flat, ok := value.([]any)
	require.True(t, ok, "%v", value)
	require.Zero(t, len(flat)%2)
	pairs := map[string]any{}
	for i := 0; i < len(flat); i += 2 {
		pairs[readText(t, flat[i])] = flat[i+1]
	}
	return pairs
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
