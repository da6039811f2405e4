package redistest_test

import (
	"context"
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"
	"strings"

	"github.com/compozy/rediskit/redistest"
)

// runTest runs a test inside an Example as go test does, and prints what it logs and how it fails. The test finds an environment
// in which it says the same everywhere: no backend is chosen, and no golden is written.
func runTest(name string, test func(t redistest.TB)) {
	defer withEnv(map[string]string{"REDISTEST_BACKEND": "", "REDISTEST_URL": "", "CI": "1"})()
	ctx, cancel := context.WithCancel(context.TODO())
	t := &exampleTB{fakeTB{ctx: ctx, name: name}}
	inGoroutine(func() { test(t) })
	cancel()
	for _, cleanup := range slices.Backward(t.cleanups) {
		inGoroutine(cleanup)
	}
}

// withEnv sets variables, and returns what undoes that. No test runs beside an Example.
func withEnv(vars map[string]string) (restore func()) {
	var undo []func() error
	for key, value := range vars {
		before, was := os.LookupEnv(key)
		undo = append(undo, func() error {
			if !was {
				return os.Unsetenv(key)
			}
			return os.Setenv(key, before)
		})
		if err := os.Setenv(key, value); err != nil {
			fmt.Println(err)
		}
	}
	return func() {
		for _, undoOne := range undo {
			if err := undoOne(); err != nil {
				fmt.Println(err)
			}
		}
	}
}

// tempDir is t.TempDir of those that have it.
func tempDir(t redistest.TB) string {
	folder, err := os.MkdirTemp("", "example")
	if err != nil {
		t.Fatalf("%v", err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(folder); err != nil {
			t.Errorf("%v", err)
		}
	})
	return folder
}

// exampleTB prints at once.
type exampleTB struct{ fakeTB }

// Output is where the log of a server goes, which shows the time of day.
func (*exampleTB) Output() io.Writer { return os.Stderr }

func (t *exampleTB) Errorf(format string, args ...any) {
	failure, _, _ := strings.Cut(fmt.Sprintf(format, args...), "\nwhere CI is set") // which it is not for those who read the Example
	fmt.Println(failure)
}

func (*exampleTB) Logf(format string, args ...any) { fmt.Printf(format+"\n", args...) }

func (t *exampleTB) Fatalf(format string, args ...any) {
	t.Errorf(format, args...)
	runtime.Goexit()
}
