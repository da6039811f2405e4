package engine_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/compozy/rediskit/internal/engine"
)

func TestInterceptorsSeeEveryCommandAndCanAnswerIt(t *testing.T) {
	t.Parallel()
	e := start(t)
	var seen []string
	e.Intercept(func(next engine.Handler) engine.Handler {
		return func(c *engine.Command) {
			seen = append(seen, "inner "+c.Name())
			next(c)
		}
	})
	e.Intercept(func(next engine.Handler) engine.Handler {
		return func(c *engine.Command) {
			seen = append(seen, "outer "+c.Name())
			if c.Name() == "FLUSHALL" {
				c.WriteError("ERR not today")
				return
			}
			next(c)
		}
	})
	c := dial(t, e)
	c.ask("set k v", "+OK\r\n")
	c.ask("flushall", "-ERR not today\r\n")
	c.ask("GET k", "$1\r\nv\r\n")
	require.Equal(t, []string{"outer SET", "inner SET", "outer FLUSHALL", "outer GET", "inner GET"}, seen)
}

func TestAnInterceptorMayUseTheServer(t *testing.T) {
	t.Parallel()
	e := start(t)
	var other *wire
	e.Intercept(func(next engine.Handler) engine.Handler {
		return func(c *engine.Command) {
			if c.Name() == "GET" {
				other.ask("SET k changed", "+OK\r\n")
			}
			next(c)
		}
	})
	other = dial(t, e)
	c := dial(t, e)
	c.ask("SET k v", "+OK\r\n")
	c.ask("GET k", "$7\r\nchanged\r\n")
}
