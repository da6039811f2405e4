package redistest_test

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"testing"
)

// fakeTB is a test inside a test: it notes what it is told, aborts as a test does, and cleans up last in, first out.
type fakeTB struct {
	ctx      context.Context
	log      []string
	name     string
	mu       sync.Mutex
	failures []string
	cleanups []func()
}

func (f *fakeTB) Helper()                  {}
func (f *fakeTB) Name() string             { return f.name }
func (f *fakeTB) Context() context.Context { return f.ctx }
func (f *fakeTB) Cleanup(fn func())        { f.cleanups = append(f.cleanups, fn) }

func (f *fakeTB) Errorf(format string, args ...any) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.failures = append(f.failures, fmt.Sprintf(format, args...))
}

func (f *fakeTB) Logf(format string, args ...any) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.log = append(f.log, fmt.Sprintf(format, args...))
}

func (f *fakeTB) Fatalf(format string, args ...any) {
	f.Errorf(format, args...)
	runtime.Goexit()
}

// runFake runs a test to its end, with its cleanups, and returns how it failed.
func runFake(t *testing.T, test func(*fakeTB)) []string {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	f := &fakeTB{ctx: ctx, name: t.Name()}
	inGoroutine(func() { test(f) })
	cancel() // as testing does before it cleans up
	for _, cleanup := range slices.Backward(f.cleanups) {
		inGoroutine(cleanup)
	}
	return f.failures
}

// inGoroutine survives a Goexit.
func inGoroutine(fn func()) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		fn()
	}()
	<-done
}
