package engine

import (
	"bytes"
	"strconv"
	"strings"
)

// getEx runs GETEX. Where the moment of expiry has passed already Redis removes the key at once; miniredis would leave it
// until its clock ticks.
func getEx(call caller, args []string) []byte {
	if len(args) == 4 && hasPassed(call, args[2], args[3]) {
		reply := bytes.Clone(call("GET", args[1]))
		if !isError(reply, "") {
			call("DEL", args[1])
		}
		return reply
	}
	return call(args...)
}

// hasPassed tells whether EXAT seconds or PXAT milliseconds is not in the future of the server's clock.
func hasPassed(call caller, option, moment string) bool {
	at, ok := parseInteger(moment)
	if !ok || at <= 0 {
		return false // which miniredis refuses
	}
	seconds, milliseconds := serverTime(call)
	switch strings.ToUpper(option) {
	case "EXAT":
		return at <= seconds
	case "PXAT":
		return at <= milliseconds
	default:
		return false
	}
}

// serverTime reads the reply of TIME: two bulk strings.
func serverTime(call caller) (seconds, milliseconds int64) {
	lines := bytes.Split(call("TIME"), []byte("\r\n"))
	if len(lines) < 5 {
		return 0, 0
	}
	seconds, _ = strconv.ParseInt(string(lines[2]), 10, 64) // miniredis writes nothing but digits
	microseconds, _ := strconv.ParseInt(string(lines[4]), 10, 64)
	return seconds, seconds*1000 + microseconds/1000
}
