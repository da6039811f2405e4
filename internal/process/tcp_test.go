package process

import (
	"context"
	"net"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestListenOnceForAll(t *testing.T) {
	t.Parallel()
	server := serve(t)
	addresses := make([]string, 8)
	var group sync.WaitGroup
	for i := range addresses {
		group.Go(func() {
			addr, err := server.Listen(t.Context())
			assert.NoError(t, err)
			addresses[i] = addr
		})
	}
	group.Wait()
	for _, addr := range addresses {
		assert.Equal(t, server.Addr(), addr)
	}
	require.NoError(t, ask(t, "tcp", server.Addr(), "", "PING"))
}

func TestListenTriesAnotherPortWhenOneIsTaken(t *testing.T) {
	t.Parallel()
	server := serve(t)
	taken, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp4", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = taken.Close() })
	tries := 0
	pick := func(ctx context.Context) (int, error) {
		if tries++; tries < 3 {
			return taken.Addr().(*net.TCPAddr).Port, nil //nolint:errcheck // it can be nothing else
		}
		return freePort(ctx)
	}
	addr, err := server.listen(t.Context(), nil, pick)
	require.NoError(t, err)
	assert.Equal(t, 3, tries)
	require.NoError(t, ask(t, "tcp", addr, "", "PING"))

	tries = -100
	_, err = server.listen(t.Context(), nil, pick)
	require.ErrorContains(t, err, "no port in 16 attempts: CONFIG SET: refused by the server: ")
}

func TestFreePortsAreDifferent(t *testing.T) {
	t.Parallel()
	ports, err := freePorts(t.Context(), 50)
	require.NoError(t, err)
	seen := map[int]bool{}
	for _, port := range ports {
		assert.False(t, seen[port])
		seen[port] = true
	}
}
