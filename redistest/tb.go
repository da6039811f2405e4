package redistest

import (
	"context"
	"testing"
)

// TB is the part of [testing.TB] that the fixtures use. *testing.T, *testing.B, *testing.F, testing.TB itself and
// Ginkgo's GinkgoT() satisfy it.
type TB interface {
	Cleanup(func())
	Context() context.Context
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any)
	Helper()
	Logf(format string, args ...any)
	Name() string
}

var (
	_ TB = (*testing.T)(nil)
	_ TB = (*testing.B)(nil)
	_ TB = (*testing.F)(nil)
	_ TB = testing.TB(nil)
)
