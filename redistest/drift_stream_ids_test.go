package redistest

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestStreamIDsAreNumbered(t *testing.T) {
	t.Parallel()
	const first, second = "1700000000000-0", "1700000000000-1"
	ids := streamIDs{}
	rename := func(reply any, words ...string) *call {
		c := &call{words: words, reply: reply}
		ids.rename(c)
		return c
	}
	assert.Equal(t, "<id 1>", rename(first, "xadd", "s", "*", "f", "v").reply)
	assert.Equal(t, "<id 2>", rename(first, "xadd", "t", "*", "f", "v").reply, "another stream's")
	assert.Equal(t, "5-1", rename("5-1", "xadd", "s", "5-1", "f", "v").reply, "no clock has made it")
	c := rename(list{table{{"ID", second}, {"Values", table{{"ref", first}}}}}, "xrange", "s", first, "+")
	assert.Equal(t, []string{"xrange", "s", "<id 1>", "+"}, c.words)
	assert.Equal(t, list{table{{"ID", "<id 3>"}, {"Values", table{{"ref", someID}}}}}, c.reply)
	c = rename(list{list{"s", list{list{second, list{"ref", first}}}}}, "XREAD", "COUNT", "1", "STREAMS", "s", "t", first, first)
	assert.Equal(t, []string{"XREAD", "COUNT", "1", "STREAMS", "s", "t", "<id 1>", "<id 2>"}, c.words)
	assert.Equal(t, list{list{"s", list{list{"<id 3>", list{"ref", someID}}}}}, c.reply)
	c = rename(table{{"t", list{list{first, list{"f", "v"}}}}}, "xread", "streams", "t", "$")
	assert.Equal(t, table{{"t", list{list{"<id 2>", list{"f", "v"}}}}}, c.reply)
	c = rename(status("OK"), "xgroup", "create", "s", "g", first)
	assert.Equal(t, []string{"xgroup", "create", "s", "g", "<id 1>"}, c.words)
	c = rename("at "+first, "get", "last:"+first)
	assert.Equal(t, []string{"get", "last:" + someID}, c.words)
	assert.Equal(t, "at "+someID, c.reply)
}
