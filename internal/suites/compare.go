package main

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
)

// errNothingPassed is what there is to say of a comparison with nothing.
var errNothingPassed = errors.New("no test has passed on redis-server")

// compare fails where a test does not do on ours what it does on theirs.
func compare(theirs, ours *result) error {
	var errs []error
	compared := 0
	for _, test := range slices.SortedFunc(maps.Keys(theirs.outcomes), byName) {
		if theirs.outcomes[test] != passed {
			continue
		}
		compared++
		if how := ours.outcomes[test]; how != passed {
			errs = append(errs, fmt.Errorf("%s of %s: pass on redis-server, %s on redistest:\n%s",
				test.Test, test.Package, cmp.Or(how, "no end"), ours.output[test]))
		}
	}
	if compared == 0 {
		return errNothingPassed
	}
	return errors.Join(errs...)
}

func byName(a, b test) int {
	return cmp.Or(cmp.Compare(a.Package, b.Package), cmp.Compare(a.Test, b.Test))
}
