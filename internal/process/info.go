package process

import (
	"strings"
)

// info is what INFO answers: its fields by name, without the sections.
type info map[string]string

func parseInfo(text string) info {
	fields := info{}
	for line := range strings.Lines(text) {
		name, value, found := strings.Cut(strings.TrimRight(line, "\r\n"), ":")
		if found {
			fields[name] = value
		}
	}
	return fields
}

// called says whether a command was run since the statistics were reset. One that was only rejected was not.
func (i info) called(command string) bool {
	stats, found := i["cmdstat_"+command]
	return found && !strings.HasPrefix(stats, "calls=0,")
}
