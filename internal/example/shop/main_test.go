package shop_test

import (
	"testing"

	"go.uber.org/goleak"

	"github.com/compozy/rediskit/internal/specs"
	"github.com/compozy/rediskit/redistest"
)

// movable is for tests that move the time which scripts and streams go by. A real server's cannot be moved, so with
// REDISTEST_BACKEND=redis-server these tests stay where they are.
var movable = redistest.WithBackend(redistest.Embedded())

// TestMain fails the run if a goroutine outlives the tests: a worker that does not stop, a subscription left open.
func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m,
		// Ginkgo listens for signals, and goes on to do so after its last spec.
		goleak.IgnoreAnyFunction(specs.InterruptHandler),
		// A redis-server is kept for the next test that wants one.
		goleak.IgnoreAnyFunction("github.com/compozy/rediskit/internal/process.(*Process).attend"),
		goleak.IgnoreAnyFunction("github.com/compozy/rediskit/internal/process.(*Process).collect"),
	)
}
