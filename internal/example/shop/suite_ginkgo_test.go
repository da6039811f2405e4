package shop_test

import (
	"testing"
	"time"

	"github.com/onsi/ginkgo/v2"

	"github.com/compozy/rediskit/internal/specs"
)

// TestSpecs runs the specs of all *_ginkgo_test.go files.
func TestSpecs(t *testing.T) {
	t.Parallel()
	suite, reporter := ginkgo.GinkgoConfiguration()
	suite.Timeout = time.Minute                           // ends the context of a spec that waits in vain
	reporter.NoColor, reporter.ForceNewlines = true, true // other tests print at the same time
	specs.Run(t, "shop", func() {
		// Ginkgo prints a dot for each spec that passes. With go test -v, say which.
		ginkgo.ReportAfterEach(func(spec ginkgo.SpecReport) {
			t.Logf("%s: %s (%v)", spec.State, spec.FullText(), spec.RunTime.Round(time.Millisecond))
		})
	}, suite, reporter)
}
