package snapshot

import (
	"fmt"
	"slices"
)

// lists tells the fewest elements that are missing, unexpected or other ones, by their positions. A missing one and an
// unexpected one in the same place are one change.
func (d *differ) lists(want, got []string) {
	first := 0
	for first < min(len(want), len(got)) && want[first] == got[first] {
		first++
	}
	tail := 0
	for tail < min(len(want), len(got))-first && want[len(want)-1-tail] == got[len(got)-1-tail] {
		tail++
	}
	d.elements(want[first:len(want)-tail], got[first:len(got)-tail], first)
}

// elements compares what lies between a common beginning and a common end.
func (d *differ) elements(want, got []string, first int) {
	keep := commonSubsequence(want, got)
	i, j := 0, 0
	for _, pair := range append(keep, [2]int{len(want), len(got)}) {
		for i < pair[0] || j < pair[1] {
			switch {
			case i < pair[0] && j < pair[1]:
				d.change(fmt.Sprintf("element %d: ", first+j), want[i], got[j])
				i, j = i+1, j+1
			case i < pair[0]:
				d.say("missing element %d: %s", first+i, brief(want[i]))
				i++
			default:
				d.say("unexpected element %d: %s", first+j, brief(got[j]))
				j++
			}
		}
		i, j = pair[0]+1, pair[1]+1
	}
}

// commonSubsequence returns the positions of a longest common subsequence. Where the two are so different that it would
// take too long it returns none, and elements are compared place by place.
//
// It is Myers' greedy search: the fewest insertions and deletions are looked for by trying one more at a time, and noting
// for each diagonal i-j how far one gets.
func commonSubsequence(a, b []string) [][2]int {
	const mostEdits = 2000
	var trail [][]int32 // of each number of edits: how far in a one had come, by diagonal
	reached := []int32{0}
	for edits := 0; edits <= min(mostEdits, len(a)+len(b)); edits++ {
		next := make([]int32, 2*edits+1) // diagonals from -edits to edits; every other one is used
		for k := -edits; k <= edits; k += 2 {
			i := int32(0)
			if edits > 0 {
				i = step(reached, edits, k)
			}
			for int(i) < len(a) && int(i)-k < len(b) && a[i] == b[int(i)-k] {
				i++
			}
			next[k+edits] = i
			if int(i) >= len(a) && int(i)-k >= len(b) {
				return matches(append(trail, next), a, b)
			}
		}
		trail, reached = append(trail, next), next
	}
	return nil
}

// step goes on from what one edit less has reached, to diagonal k: downwards, an element of b is new; or to the right, one
// of a is gone.
func step(reached []int32, edits, k int) int32 {
	at := func(k int) int32 { return reached[k+edits-1] }
	if k == -edits || k != edits && at(k-1) < at(k+1) {
		return at(k + 1)
	}
	return at(k-1) + 1
}

// matches goes the trail backwards and collects what was common.
func matches(trail [][]int32, a, b []string) [][2]int {
	var pairs [][2]int
	i, j := len(a), len(b)
	for edits := len(trail) - 1; edits >= 0; edits-- {
		k := i - j
		from := 0 // where the run of common elements began
		if edits > 0 {
			from = int(step(trail[edits-1], edits, k))
		}
		for ; i > from; i-- {
			pairs = append(pairs, [2]int{i - 1, i - 1 - k})
		}
		if edits == 0 {
			break
		}
		j = i - k
		if previous := trail[edits-1]; k == -edits || k != edits && previous[k-1+edits-1] < previous[k+1+edits-1] {
			j--
		} else {
			i--
		}
	}
	slices.Reverse(pairs)
	return pairs
}
