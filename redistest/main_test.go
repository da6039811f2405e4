package redistest_test

import (
	"context"
	"fmt"
	"os"
	"testing"

	"github.com/onsi/ginkgo/v2"
	"go.uber.org/goleak"

	"github.com/compozy/rediskit/internal/process"
	"github.com/compozy/rediskit/internal/specs"
	"github.com/compozy/rediskit/redistest"
)

// forAll is a server that all tests of the package share.
var forAll *redistest.Server

func TestMain(m *testing.M) {
	if folder := os.Getenv(loadFolder); folder != "" {
		os.Exit(serveLoad(context.TODO(), folder)) // a program, and no test, so there is no context yet
	}
	goleak.VerifyTestMain(withServer{m}, goleak.IgnoreAnyFunction(specs.InterruptHandler))
}

// withServer runs the tests while the shared server is up.
type withServer struct{ tests *testing.M }

func (w withServer) Run() int {
	ctx := context.TODO() // there is no test yet whose context it could be
	var err error
	if forAll, err = redistest.Start(ctx); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	code := w.tests.Run()
	if err := process.Shared().Close(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	if err := forAll.Close(ctx); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return code
}

// What a Ginkgo node hands out satisfies TB, too.
var _ redistest.TB = ginkgo.FullGinkgoTInterface(nil)
