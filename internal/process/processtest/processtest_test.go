package processtest

import (
	"fmt"
	"os"
	"runtime"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/compozy/rediskit/internal/config"
	"github.com/compozy/rediskit/internal/process"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestStartClosesWithItsTest(t *testing.T) {
	t.Parallel()
	servers := make(chan *process.Process, 1)
	t.Cleanup(func() {
		select {
		case server := <-servers:
			<-server.Exited()
			assert.NoFileExists(t, server.Socket())
		default: // the inner test was skipped
		}
	})
	t.Run("inner", func(t *testing.T) {
		t.Parallel()
		server := Start(t)
		servers <- server
		_, err := os.Stat(server.Socket())
		require.NoError(t, err)
	})
}

func TestStartWithoutServer(t *testing.T) {
	t.Setenv("PATH", t.TempDir())

	t.Setenv(config.EnvRequire, "")
	assert.Contains(t, end(t), "SKIP \n    *** no redis-server: this test compares with the real one and did NOT run ***\n")

	t.Setenv(config.EnvRequire, "1")
	assert.Contains(t, end(t), "FATAL find redis-server: redis-server is not installed")
	assert.Contains(t, end(t), "REDISTEST_REQUIRE=1 demands it")
}

// ending is a test that notes how it was ended.
type ending struct {
	testing.TB
	text string
}

func (e *ending) Skip(args ...any) {
	e.text = "SKIP " + fmt.Sprint(args...)
	runtime.Goexit()
}

func (e *ending) Fatalf(format string, args ...any) {
	e.text = "FATAL " + fmt.Sprintf(format, args...)
	runtime.Goexit()
}

// end says how Start ends its test.
func end(t *testing.T) string {
	t.Helper()
	e := &ending{TB: t}
	done := make(chan struct{})
	go func() {
		defer close(done)
		Start(e)
	}()
	<-done
	return e.text
}
