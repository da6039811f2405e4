package engine_test

import "testing"

func TestGetExOfAMomentInThePastRemovesTheKey(t *testing.T) {
	t.Parallel()
	c := dial(t, start(t))
	for _, option := range []string{"EXAT 1", "pxat 1000", "EXAT 1700000000"} {
		c.ask("SET k v", "+OK\r\n")
		c.ask("GETEX k "+option, "$1\r\nv\r\n")
		c.ask("EXISTS k", ":0\r\n")
		c.ask("GETEX k "+option, "$-1\r\n")
	}
	c.ask("SET k v", "+OK\r\n")
	c.ask("GETEX k EXAT 99999999999", "$1\r\nv\r\n")
	c.ask("GETEX k PERSIST", "$1\r\nv\r\n")
	c.ask("GETEX k", "$1\r\nv\r\n")
	c.ask("TTL k", ":-1\r\n")
	c.ask("RPUSH l x", ":1\r\n")
	c.ask("GETEX l EXAT 1", "-WRONGTYPE Operation against a key holding the wrong kind of value\r\n")
	c.ask("EXISTS l", ":1\r\n")
}
