package process

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// ErrTooOld is the error of [Start] for a server that is older than [WithMinVersion] allows.
var ErrTooOld = errors.New("the server is too old")

// compareVersions orders versions such as 7.0.15 by their numbers. A missing number counts as 0, so 7 is 7.0.0; what follows
// a number ("8.0.0-rc1") does not count. Its error names the version that is none.
func compareVersions(a, b string) (int, error) {
	one, err := parseVersion(a)
	if err != nil {
		return 0, err
	}
	other, err := parseVersion(b)
	if err != nil {
		return 0, err
	}
	for len(one) < len(other) {
		one = append(one, 0)
	}
	for len(other) < len(one) {
		other = append(other, 0)
	}
	return slices.CompareFunc(one, other, cmp.Compare), nil
}

func parseVersion(text string) ([]int, error) {
	release, _, _ := strings.Cut(text, "-")
	var numbers []int
	for part := range strings.SplitSeq(release, ".") {
		number, err := strconv.Atoi(part)
		if err != nil || number < 0 {
			return nil, fmt.Errorf("%q is no version", text)
		}
		numbers = append(numbers, number)
	}
	return numbers, nil
}
