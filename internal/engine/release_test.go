package engine_test

import (
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestACommandSentWhileABlockingOneEndsIsRun has clients send the next command the moment they have the reply to a
// blocking one, when the session is still about to let them go on.
func TestACommandSentWhileABlockingOneEndsIsRun(t *testing.T) {
	t.Parallel()
	const clients, rounds = 8, 200
	e := start(t)
	var waiting sync.WaitGroup
	for range clients {
		conn, err := e.Dial()
		require.NoError(t, err)
		require.NoError(t, conn.SetDeadline(time.Now().Add(20*time.Second)))
		waiting.Go(func() {
			for range rounds {
				if !assert.NoError(t, exchangeOnce(conn, "BLPOP none 0.001", "*-1\r\n")) {
					break
				}
			}
			assert.NoError(t, conn.Close())
		})
	}
	waiting.Wait()
}

func exchangeOnce(conn net.Conn, line, want string) error {
	if _, err := io.WriteString(conn, line+"\r\n"); err != nil {
		return err
	}
	var got strings.Builder
	if _, err := io.CopyN(&got, conn, int64(len(want))); err != nil {
		return err
	}
	if got.String() != want {
		return fmt.Errorf("%s: got %q", line, got.String())
	}
	return nil
}
