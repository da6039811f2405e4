package engine

import (
	"crypto/sha1" //nolint:gosec // Redis names scripts by it
	"encoding/hex"
	"fmt"
	"regexp"
	"strings"
)

var (
	// failedScript is what miniredis says of a script that fails while it runs: the line, the reason, and what was called, the
	// last first. Of one that is no Lua it says no line.
	failedScript = regexp.MustCompile(`^-ERR Error compiling script \(new function\): :(\d+): (.*?)\s+stack traceback:\s+(.*)\r\n$`)
	// goFunction is a function of a library that has failed.
	goFunction = regexp.MustCompile(`^\[G\]: in function '([^']*)'`)
	// guarded is the place, behind the guard of the global variables, that has tried to use one.
	guarded = regexp.MustCompile(`^\[G\]: in function 'error'\s+:\d+: in function \S+\s+:(\d+):`)
	// coded is an error of a command: it begins with a code.
	coded = regexp.MustCompile(`^[A-Z]+ `)
	// named is what miniredis adds to some reasons.
	named = regexp.MustCompile(` script: [0-9a-f]+, &c\.?$`)
)

// scriptError puts the error of a script that has failed as Redis does: with the code of the command that has failed in it,
// which applications look for. Any other reply stays as it is.
func scriptError(reply []byte, sha string) []byte {
	failed := failedScript.FindSubmatch(reply)
	if failed == nil {
		return reply
	}
	line, reason, calls := string(failed[1]), string(failed[2]), failed[3]
	if outside := guarded.FindSubmatch(calls); outside != nil && strings.HasPrefix(reason, "Script attempted to ") {
		line = string(outside[1])
	}
	return fmt.Appendf(nil, "-%s script: %s, on @user_script:%s.\r\n", scriptReason(reason, line, calls), sha, line)
}

// scriptReason is the error itself: of a command, or else of Lua.
func scriptReason(reason, line string, calls []byte) string {
	function := goFunction.FindSubmatch(calls)
	switch {
	case strings.HasPrefix(reason, "Script attempted to create global variable "):
		return "ERR user_script:" + line + ": Attempt to modify a readonly table"
	case function == nil, string(function[1]) == "error":
		return "ERR user_script:" + line + ": " + reason
	case coded.MatchString(reason):
		return reason
	case named.MatchString(reason):
		return "ERR " + named.ReplaceAllString(reason, "")
	case reason == "Write commands are not allowed in read-only scripts":
		return "ERR Write commands are not allowed from read-only scripts."
	default:
		return "ERR user_script:" + line + ": " + reason
	}
}

// scriptFlaw puts what is wrong with a command as a script is told.
func scriptFlaw(flaw string) string {
	if strings.HasPrefix(flaw, "ERR unknown subcommand") {
		return "ERR Unknown Redis command called from script"
	}
	return "ERR Wrong number of args calling Redis command from script"
}

// nameOfScript is what EVALSHA calls it.
func nameOfScript(script string) string {
	sum := sha1.Sum([]byte(script)) //nolint:gosec // Redis names scripts by it
	return hex.EncodeToString(sum[:])
}
