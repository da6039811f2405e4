// Package specs runs a test binary's Ginkgo specs so that `go test -count` works, which Ginkgo refuses within one process.
// It is for tests.
package specs

import (
	"flag"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/onsi/ginkgo/v2"
	"github.com/onsi/gomega"
)

// InterruptHandler is the goroutine that Ginkgo leaves behind; a check for leaks has to overlook it.
const InterruptHandler = "github.com/onsi/ginkgo/v2/internal/interrupt_handler.(*InterruptHandler).registerForInterrupts.func2"

// Run runs the specs as a part of test t; prepare, which may be nil, is called before, to register some. With a -count
// above one each round has a process of its own. Configurations are those of ginkgo.RunSpecs.
func Run(t *testing.T, description string, prepare func(), configurations ...any) {
	t.Helper()
	if flag.Lookup("test.count").Value.String() != "1" {
		runInOwnProcess(t)
		return
	}
	gomega.RegisterFailHandler(ginkgo.Fail)
	if prepare != nil {
		prepare()
	}
	ginkgo.RunSpecs(t, description, configurations...)
}

func runInOwnProcess(t *testing.T) {
	t.Helper()
	args := []string{"-test.run=^" + t.Name() + "$", "-test.count=1"}
	for _, arg := range os.Args[1:] {
		if strings.HasPrefix(strings.TrimLeft(arg, "-"), "ginkgo.") {
			args = append(args, arg)
		}
	}
	output, err := exec.CommandContext(t.Context(), os.Args[0], args...).CombinedOutput() //nolint:gosec // this very binary
	if err != nil {
		t.Fatalf("%s: %v\n%s", t.Name(), err, output)
	}
}
