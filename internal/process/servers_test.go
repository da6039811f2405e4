package process

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/compozy/rediskit/internal/config"
)

// serve is [Start] with the skip of package processtest, which this package cannot import.
func serve(t testing.TB, opts ...Option) *Process {
	t.Helper()
	find(t)
	server, err := Start(t.Context(), opts...)
	require.NoError(t, err)
	t.Cleanup(func() { _ = server.Close() })
	return server
}

func find(t testing.TB) string {
	t.Helper()
	path, err := Find()
	if err != nil && !config.ReadEnv().Require {
		t.Skipf("*** NOT RUN: %v; apt-get install redis-server ***", err)
	}
	require.NoError(t, err)
	return path
}

// ask sends one command over a connection of its own.
func ask(t testing.TB, network, addr, password string, words ...string) error {
	t.Helper()
	c, err := dial(t.Context(), network, addr, password)
	if err != nil {
		return err
	}
	defer c.close()
	_, err = c.call(t.Context(), words...)
	return err
}

// connect opens a connection that lasts as long as the test.
func connect(t testing.TB, socket string) *conn {
	t.Helper()
	c, err := dial(t.Context(), "unix", socket, "")
	require.NoError(t, err)
	t.Cleanup(c.close)
	return c
}

// say sends one command, which must not be refused, and returns its reply.
func (c *conn) say(t testing.TB, words ...string) reply {
	t.Helper()
	r, err := c.call(t.Context(), words...)
	require.NoError(t, err, "%q", words)
	return r
}
