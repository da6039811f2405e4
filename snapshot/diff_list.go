package snapshot

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
				d.say("element %d: want %s, got %s", first+j, brief(want[i]), brief(got[j]))
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

// commonSubsequence returns the positions of a longest common subsequence. Where that would take too long it returns none,
// and elements are compared place by place.
func commonSubsequence(a, b []string) [][2]int {
	const most = 4_000_000 // cells of the table
	if len(a) == 0 || len(b) == 0 || len(a) > most/len(b) {
		return nil
	}
	width := len(b) + 1
	longest := make([]int32, (len(a)+1)*width) // of a[i:] and b[j:]
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if a[i] == b[j] {
				longest[i*width+j] = longest[(i+1)*width+j+1] + 1
				continue
			}
			longest[i*width+j] = max(longest[(i+1)*width+j], longest[i*width+j+1])
		}
	}
	var pairs [][2]int
	for i, j := 0, 0; i < len(a) && j < len(b); {
		switch {
		case a[i] == b[j]:
			pairs = append(pairs, [2]int{i, j})
			i, j = i+1, j+1
		case longest[(i+1)*width+j] >= longest[i*width+j+1]:
			i++
		default:
			j++
		}
	}
	return pairs
}
