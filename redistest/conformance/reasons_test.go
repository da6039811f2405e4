package conformance_test

import "regexp"

// reason is what people have found out about deviations whose names or outcomes match. The first one that does is given.
type reason struct {
	pattern, why string
}

func reasons() []reason {
	return []reason{
		{`^groups (XACK acknowledges|XAUTOCLAIM tells|XCLAIM drops|XREADGROUP returns)`, "a deleted entry stays pending, unseen"},
		{`^groups XCLAIM JUSTID`, "XCLAIM JUSTID counts as a delivery"},
		{`^streams XDEL removes`, "XADD accepts an id below that of a deleted entry"},
		{`^groups (commands refuse|XGROUP SETID|XPENDING lists)`, "the subcommand or option does not exist"},
		{`^(bits BITCOUNT BIT|geo GEOADD NX|protocol INFO has)`, "the subcommand or option does not exist"},
		{`^(groups XINFO GROUPS|streams XINFO STREAM) tells`, "streams do not count what was added and deleted, nor groups what they have read"},
		{`^scripting (bit|cmsgpack|struct) `, "scripts have no such library"},
		{`^(protocol a script's booleans|scripting redis.setresp)`, "scripts know RESP2 only"},
		{`^scripting scripts have no access`, "scripts have require"},
		{`^(protocol ZRANGE|sorted-sets WEIGHTS|sorted-sets ZINTER keeps)`, "the reply has the form of RESP2"},
		{`^hashes HRANDFIELD WITHVALUES`, "the reply is a map and not an array"},
		{`STORE .*: exists dest`, "an empty result leaves the destination as it was"},
		{`^strings SETRANGE of nothing`, "an empty value creates the key"},
		{`^sorted-sets whole and binary`, "hexadecimal scores are refused"},
		{`: ERR unknown command`, "the command does not exist"},
		{`: ERR unknown subcommand`, "the subcommand or option does not exist"},
		{`Expected an error to have occurred`, "what Redis refuses is accepted"},
		{`to have prefix`, "the error has another text"},
	}
}

// reasonFor is the reason for a deviation, "" where nobody has given one.
func reasonFor(d deviation) string {
	for _, r := range reasons() {
		if regexp.MustCompile(r.pattern).MatchString(d.spec + ": " + d.outcome) {
			return r.why
		}
	}
	return ""
}
