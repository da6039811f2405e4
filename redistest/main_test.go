package redistest_test

import (
	"testing"

	"github.com/onsi/ginkgo/v2"
	"go.uber.org/goleak"

	"github.com/compozy/rediskit/internal/specs"
	"github.com/compozy/rediskit/redistest"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m, goleak.IgnoreAnyFunction(specs.InterruptHandler))
}

// What a Ginkgo node hands out satisfies TB, too.
var _ redistest.TB = ginkgo.FullGinkgoTInterface(nil)
