package glob

import (
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/compozy/rediskit/internal/process/processtest"
)

// alphabet has every byte that means something to a pattern, letters of both cases, and bytes that are no text.
func alphabet() string {
	const everywhere = "**??[[]]^^--\\\\aaabbbcdzAZ\x00:"
	if runtime.GOOS == "linux" && runtime.GOARCH != "amd64" {
		return everywhere // where a C char may be unsigned, and the server then orders the other half differently
	}
	return everywhere + "\x80\xff"
}

func TestMatchAgreesWithKeys(t *testing.T) {
	t.Parallel()
	client := connect(t)
	random := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // the same cases in every run
	names := randomStrings(random, 300, 5)
	for _, name := range names {
		require.NoError(t, client.Set(t.Context(), name, "", 0).Err())
	}
	for _, pattern := range append(randomStrings(random, 1500, 8), randomSets(random, 500)...) {
		if pattern == "*" {
			continue // KEYS * does not ask the matcher
		}
		want, err := client.Keys(t.Context(), pattern).Result()
		require.NoError(t, err)
		slices.Sort(want)
		assert.Equal(t, want, matching(pattern, names), "%q", pattern)
	}
}

func TestLoneStarOfKeysAndScan(t *testing.T) {
	t.Parallel()
	client := connect(t)
	require.NoError(t, client.Set(t.Context(), "", "", 0).Err())

	keys, err := client.Keys(t.Context(), "*").Result()
	require.NoError(t, err)
	assert.Equal(t, []string{""}, keys)
	keys, err = client.Keys(t.Context(), "**").Result()
	require.NoError(t, err)
	assert.Empty(t, keys)
	keys, _, err = client.Scan(t.Context(), 0, "*", 10).Result()
	require.NoError(t, err)
	assert.Equal(t, []string{""}, keys)
	keys, _, err = client.Scan(t.Context(), 0, "**", 10).Result()
	require.NoError(t, err)
	assert.Empty(t, keys)
}

func TestMatchAgreesWithPatternSubscriptions(t *testing.T) {
	t.Parallel()
	client := connect(t)
	random := rand.New(rand.NewPCG(3, 4)) //nolint:gosec // the same cases in every run
	patterns := append(randomStrings(random, 300, 6), randomSets(random, 200)...)
	patterns = append(patterns, "*", "**", "")
	slices.Sort(patterns)
	patterns = slices.Compact(patterns)

	subscription := client.PSubscribe(t.Context(), patterns...)
	t.Cleanup(func() { assert.NoError(t, subscription.Close()) })
	for range patterns {
		_, err := subscription.Receive(t.Context())
		require.NoError(t, err)
	}
	for _, channel := range append(randomStrings(random, 100, 5), "") {
		count, err := client.Publish(t.Context(), channel, "").Result()
		require.NoError(t, err)
		var got []string
		for range count {
			message, err := subscription.ReceiveMessage(t.Context())
			require.NoError(t, err)
			require.Equal(t, channel, message.Channel)
			got = append(got, message.Pattern)
		}
		slices.Sort(got)
		var want []string
		for _, pattern := range patterns {
			if Match(pattern, channel) {
				want = append(want, pattern)
			}
		}
		assert.Equal(t, want, got, "%q", channel)
	}
}

func TestMatchFoldAgreesWithConfigGet(t *testing.T) {
	t.Parallel()
	client := connect(t)
	settings, err := client.ConfigGet(t.Context(), "*").Result()
	require.NoError(t, err)
	var names []string
	for name := range settings {
		names = append(names, name)
	}
	slices.Sort(names)
	random := rand.New(rand.NewPCG(5, 6)) //nolint:gosec // the same cases in every run
	for range 1500 {
		pattern := spoil(random, names[random.IntN(len(names))])
		if !strings.ContainsAny(pattern, "[*?") || strings.Contains(pattern, "\x00") {
			continue // CONFIG GET takes it for a name, or reads it up to the zero byte
		}
		got, err := client.ConfigGet(t.Context(), pattern).Result()
		require.NoError(t, err)
		for _, name := range names {
			_, listed := got[name]
			require.Equal(t, listed, MatchFold(pattern, name), "%q %q", pattern, name)
		}
	}
}

func connect(t *testing.T) *redis.Client {
	t.Helper()
	server := processtest.Start(t)
	client := redis.NewClient(&redis.Options{Network: "unix", Addr: server.Socket(), Protocol: 2, DisableIdentity: true})
	t.Cleanup(func() { assert.NoError(t, client.Close()) })
	return client
}

func matching(pattern string, names []string) []string {
	found := []string{}
	for _, name := range names {
		if Match(pattern, name) {
			found = append(found, name)
		}
	}
	return found
}

// randomStrings are up to n different strings, sorted.
func randomStrings(random *rand.Rand, n, maxLen int) []string {
	found := make([]string, n)
	for i := range found {
		found[i] = randomString(random, random.IntN(maxLen+1))
	}
	slices.Sort(found)
	return slices.Compact(found)
}

// randomSets are patterns around one set, which are rare among the random strings.
func randomSets(random *rand.Rand, n int) []string {
	found := make([]string, n)
	for i := range found {
		found[i] = randomString(random, random.IntN(2)) + "[" + randomString(random, random.IntN(6)) + "]" + randomString(random, random.IntN(3))
	}
	return found
}

func randomString(random *rand.Rand, length int) string {
	letters := alphabet()
	bytes := make([]byte, length)
	for i := range bytes {
		bytes[i] = letters[random.IntN(len(letters))]
	}
	return string(bytes)
}

// spoil makes a pattern of a name: cases change, and bytes become wildcards, sets and escapes.
func spoil(random *rand.Rand, name string) string {
	var b strings.Builder
	for i := range len(name) {
		letter := name[i : i+1]
		if random.IntN(3) == 0 {
			letter = strings.ToUpper(letter)
		}
		switch random.IntN(12) {
		case 0:
			letter = "*"
		case 1:
			letter = "?"
		case 2:
			letter = "[" + letter + randomString(random, random.IntN(3)) + "]"
		case 3:
			letter = "[A-" + letter + "]"
		case 4:
			letter = "[" + letter + "-a]"
		case 5:
			letter = "[\\" + letter + "]"
		case 6:
			letter = "\\" + letter
		}
		b.WriteString(letter)
	}
	return b.String()
}
