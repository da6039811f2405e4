package process

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestCompareVersions(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		a, b string
		want int
	}{
		{"7.0.15", "7.0.15", 0},
		{"7.0.15", "7.0.9", 1},
		{"7.0", "7.0.0", 0},
		{"7", "7.0.1", -1},
		{"8.0.0-rc1", "7.4", 1},
		{"6.2.14", "10", -1},
	} {
		got, err := compareVersions(c.a, c.b)
		require.NoError(t, err)
		assert.Equal(t, c.want, got, "%s %s", c.a, c.b)
	}
	_, err := compareVersions("7.0", "latest")
	require.EqualError(t, err, `"latest" is no version`)
	_, err = compareVersions("", "7")
	require.EqualError(t, err, `"" is no version`)
}

func TestWithMinVersion(t *testing.T) {
	t.Parallel()
	server := serve(t, WithMinVersion("6.2"))
	assert.Regexp(t, `^\d+\.\d+\.\d+$`, server.Version())
	_, err := Start(t.Context(), WithMinVersion("99"))
	require.ErrorIs(t, err, ErrTooOld)
	require.ErrorContains(t, err, "the server is too old: version "+server.Version()+", and 99 is asked for")
}
