// Package processtest gives a test a real redis-server in one call.
package processtest

import (
	"errors"
	"testing"

	"github.com/compozy/rediskit/internal/config"
	"github.com/compozy/rediskit/internal/process"
)

const missing = `
    *** no redis-server: this test compares with the real one and did NOT run ***
    install it:
        Debian, Ubuntu:  apt-get install redis-server
        Fedora:          dnf install redis
        Alpine:          apk add redis
        macOS:           brew install redis
    (with ` + config.EnvRequire + `=1 this is a failure instead of a skip)`

// Start runs a redis-server that is closed when the test and its subtests end. Where none is installed the test is skipped with a
// text that cannot be overlooked, or fails with REDISTEST_REQUIRE=1.
func Start(t testing.TB, opts ...process.Option) *process.Process {
	t.Helper()
	server, err := process.Start(t.Context(), opts...)
	switch {
	case errors.Is(err, process.ErrNotFound) && !config.ReadEnv().Require:
		t.Skip(missing)
	case errors.Is(err, process.ErrNotFound):
		t.Fatalf("%v: %s=1 demands it", err, config.EnvRequire)
	case err != nil:
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := server.Close(); err != nil {
			t.Error(err)
		}
	})
	return server
}
