package redistest

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestScansAreMerged(t *testing.T) {
	t.Parallel()
	step := func(cursor, next string, found ...any) *call {
		return &call{words: []string{"scan", cursor, "count", "2"}, reply: list{next, list(found)}, ended: true}
	}
	typed := &call{words: []string{"sscan", "k", "0"}, reply: list{list{"m"}, uint64(0)}, ended: true}
	failed := &call{words: []string{"scan", "0", "count", "2"}, reply: failure("ERR syntax error"), ended: true}
	pairs := &call{words: []string{"zscan", "z", "0"}, reply: list{"0", list{"a", "1", "b", "1"}}, ended: true}
	ping := &call{words: []string{"ping"}, reply: status("PONG"), ended: true}

	merged := mergeScans([]*call{step("0", "7", "a", "b"), ping, typed, step("7", "0", "b", "c"), pairs, step("0", "3", "d"), failed})
	require.Len(t, merged, 6)
	assert.Equal(t, list{"a", "b", "c"}, merged[0].reply)
	assert.True(t, merged[0].ended)
	assert.Same(t, ping, merged[1])
	assert.Equal(t, list{"m"}, merged[2].reply)
	assert.Equal(t, list{"a", "1", "b", "1"}, merged[3].reply)
	assert.False(t, merged[4].ended, "nobody has asked for the rest")
	assert.Same(t, failed, merged[5])
}
