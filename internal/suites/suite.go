package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"time"

	// The tests of what is imported here are run. Nothing else is done with it.
	_ "github.com/alexedwards/scs/goredisstore"
	_ "github.com/bsm/redislock"
	_ "github.com/throttled/throttled/v2/store/goredisstore"
	_ "github.com/throttled/throttled/v2/store/goredisstore.v8"
	_ "github.com/throttled/throttled/v2/store/goredisstore.v9"
	_ "github.com/throttled/throttled/v2/store/redigostore"
)

// packages are those whose tests are run.
var packages = []string{
	"github.com/alexedwards/scs/goredisstore",
	"github.com/bsm/redislock",
	"github.com/throttled/throttled/v2/store/goredisstore",
	"github.com/throttled/throttled/v2/store/goredisstore.v8",
	"github.com/throttled/throttled/v2/store/goredisstore.v9",
	"github.com/throttled/throttled/v2/store/redigostore",
}

// environment says where the server is to those that ask. The others know.
var environment = []string{"SCS_REDIS_TEST_DSN=redis://" + addr + "/0"}

// runTests runs the tests of all packages, one package after the other.
func runTests(ctx context.Context, count int) (*result, error) {
	args := append([]string{"test", "-json", "-p=1", "-count=" + strconv.Itoa(count)}, packages...)
	var stdout, stderr bytes.Buffer
	command := exec.CommandContext(ctx, "go", args...)
	command.Env = append(os.Environ(), environment...)
	command.Stdout, command.Stderr = &stdout, &stderr
	err := command.Run()
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
		return nil, err
	}
	r, parseErr := parse(&stdout)
	if parseErr == nil && len(r.outcomes) > 0 {
		return r, nil // that tests have failed is no error here
	}
	return nil, fmt.Errorf("go test: %w\n%s", errors.Join(err, parseErr), stderr.Bytes())
}

// outcome is how a test ended, in the words of go test.
type outcome string

const (
	passed  outcome = "pass"
	failed  outcome = "fail"
	skipped outcome = "skip"
)

// test is one of a package. The package itself has no name.
type test struct{ Package, Test string }

// result is what a run of all tests has brought.
type result struct {
	outcomes map[test]outcome
	output   map[test]string
	took     map[string]time.Duration // by package
}

// number is how many tests of a package ended in a way.
func (r *result) number(name string, how outcome) (n int) {
	for test, o := range r.outcomes {
		if test.Package == name && o == how {
			n++
		}
	}
	return n
}

// parse reads what go test -json has printed. A test that was run more than once has passed if it did so each time.
func parse(reader io.Reader) (*result, error) {
	r := &result{outcomes: map[test]outcome{}, output: map[test]string{}, took: map[string]time.Duration{}}
	for events := json.NewDecoder(reader); ; {
		var event struct {
			test
			Action, Output string
			Elapsed        float64 // in seconds
		}
		switch err := events.Decode(&event); {
		case errors.Is(err, io.EOF):
			return r, nil
		case err != nil:
			return nil, err
		}
		how := outcome(event.Action)
		switch {
		case how == "output" || how == "build-output":
			r.output[event.test] += event.Output
		case how != passed && how != failed && how != skipped:
		case event.Test == "":
			r.took[event.Package] = time.Duration(event.Elapsed * float64(time.Second))
		case r.outcomes[event.test] == "" || r.outcomes[event.test] == passed:
			r.outcomes[event.test] = how
		}
	}
}
