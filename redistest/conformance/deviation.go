package conformance

import (
	"errors"
	"fmt"
	"slices"
)

// deviations maps the name of a spec to the reason why it is expected to fail.
type deviations map[string]string

// complaints tells what is wrong with the table itself, sorted by name.
func (d deviations) complaints(names []string) []string {
	var found []string
	for name, reason := range d {
		if !slices.Contains(names, name) {
			found = append(found, fmt.Sprintf("%q is listed as a deviation, but no spec has this name", name))
		}
		if reason == "" {
			found = append(found, fmt.Sprintf("%q is listed as a deviation without a reason", name))
		}
	}
	slices.Sort(found)
	return found
}

// judge turns the outcome of a listed spec round: it is nil if it failed, an error if it passed.
func judge(reason string, outcome error) error {
	if outcome == nil {
		return fmt.Errorf("listed as a deviation, but passes: remove it (the reason given was: %s)", reason)
	}
	return nil
}

// failHandler has the form of ginkgo.Fail.
type failHandler = func(message string, callerSkip ...int)

// abortion ends a spec body at its first failed assertion, as ginkgo.Fail does, but can be caught.
type abortion struct{ message string }

// attempt runs a body that reports failed assertions to the handler it is given, and returns the first one as an
// error. The handler does not return; it must be called on the body's own goroutine.
func attempt(body func(failHandler)) (outcome error) {
	finished := false
	defer func() {
		switch thrown := recover().(type) {
		case abortion:
			outcome = errors.New(thrown.message)
		case nil:
			if !finished {
				outcome = errors.New("the spec body ended its goroutine")
			}
		default:
			outcome = fmt.Errorf("the spec body panicked: %v", thrown)
		}
	}()
	body(func(message string, _ ...int) { panic(abortion{message: message}) })
	finished = true
	return nil
}
