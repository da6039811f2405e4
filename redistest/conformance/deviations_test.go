package conformance_test

// embeddedDeviations lists the specs that the embedded server fails, by name, with the reason. The suite enforces it
// both ways: what is not listed passes, and what is listed fails.
func embeddedDeviations() map[string]string {
	table := map[string]string{}
	for reason, names := range deviationsByReason() {
		for _, name := range names {
			table[name] = reason
		}
	}
	return table
}

func deviationsByReason() map[string][]string {
	return map[string][]string{
		"the command does not exist": {
			"bits BITFIELD OVERFLOW wraps, saturates or fails",
			"bits BITFIELD sets, reads and increments integers of any width",
			"bits BITFIELD_RO reads only",
			"geo GEOHASH returns standard geohashes",
			"geo GEOSEARCHSTORE writes the places found",
			"keys SORT BY and GET look up other keys",
			"keys SORT STORE writes a list",
			"keys SORT refuses text, unless ALPHA",
			"keys SORT sorts numbers by value, either way, and limits",
			"protocol CONFIG GET is a map in RESP3, a flat array in RESP2",
			"protocol an unknown subcommand is refused",
			"sorted-sets ZDIFF keeps what only the first has",
			"sorted-sets ZINTERCARD counts what is shared, up to a limit",
			"sorted-sets ZRANGESTORE writes a range with its scores and returns its size",
			"streams XSETID moves the last id",
			"strings BITFIELD answers WRONGTYPE for a list",
			"strings LCS IDX returns where the common parts are, the last one first",
			"strings LCS returns the longest common subsequence of two values",
		},
		"the subcommand or option does not exist": {
			"bits BITCOUNT BIT counts in a range of bits",
			"geo GEOADD NX, XX and CH work as those of ZADD",
			"groups XGROUP SETID chooses what is new",
			"groups XPENDING lists entries by range, count, consumer and idle time",
			"groups commands refuse a group that is missing",
			"keys OBJECT ENCODING tells integers, short and long strings apart",
			"keys OBJECT of a missing key returns nil",
			"protocol COMMAND GETKEYS finds the keys of a command",
			"protocol INFO has sections of lines, name and value",
		},
		"streams do not count what was added and deleted, nor groups what they have read": {
			"groups XINFO GROUPS tells how many entries were read and how many lag",
			"streams XINFO STREAM tells how many entries were added and the greatest id deleted",
			"streams XINFO STREAM tells length, last id, groups and the ends",
		},
		"a deleted entry stays pending, unseen": {
			"groups XACK acknowledges an entry that was deleted from the stream",
			"groups XAUTOCLAIM tells the ids of deleted entries and drops them",
			"groups XCLAIM drops a pending entry that was deleted from the stream",
			"groups XREADGROUP returns pending entries that were deleted without fields",
		},
		"XCLAIM JUSTID counts as a delivery": {
			"groups XCLAIM JUSTID returns ids and counts no delivery",
		},
		"XADD accepts an id below that of a deleted entry": {
			"streams XDEL removes entries, keeps the stream and never reuses its last id",
		},
		"scripts have no such library": {
			"scripting bit works on 32 bits",
			"scripting cmsgpack packs and unpacks",
			"scripting struct packs bytes",
		},
		"scripts know RESP2 only": {
			"protocol a script's booleans, doubles and maps arrive as such in RESP3",
			"scripting redis.setresp(3) gives a script maps and doubles",
		},
		"an error of a script is wrapped in one about compiling": {
			"scripting EVAL_RO runs scripts that read and refuses those that write",
			"scripting a script refuses commands that change its connection",
			"scripting a script refuses unknown commands and wrong numbers of words",
			"scripting an error of redis.call ends the script with the error of the command",
		},
		"scripts have require": {
			"scripting scripts have no access to files and processes",
		},
		"the reply has the form of RESP2": {
			"protocol ZRANGE WITHSCORES is an array of pairs in RESP3, flat in RESP2",
			"sorted-sets WEIGHTS multiply scores, AGGREGATE chooses sum, min or max",
			"sorted-sets ZINTER keeps what all share",
		},
		"the reply is a map and not an array": {
			"hashes HRANDFIELD WITHVALUES returns fields with their values",
		},
		"an empty result leaves the destination as it was": {
			"sets SINTERSTORE of an empty result removes the destination",
			"sorted-sets ZUNIONSTORE and ZINTERSTORE replace the destination and return its size",
		},
		"an empty value creates the key": {
			"strings SETRANGE of nothing does not create a key",
		},
		"what Redis refuses is accepted": {
			"sorted-sets ZADD refuses NaN and text as a score, and adds nothing then",
			"sorted-sets ZINCRBY refuses a sum that is not a number",
			"sorted-sets ZRANGE refuses LIMIT by rank, WITHSCORES by lex, and malformed ends",
			"strings DECRBY refuses the one number that has no opposite",
			"strings INCR refuses what is not a plain 64-bit integer",
			"strings INCRBYFLOAT refuses text, NaN and infinity",
			"strings SETRANGE refuses offsets below zero and beyond 512 MiB",
		},
		"hexadecimal scores are refused": {
			"sorted-sets whole and binary fractional scores are written without trailing zeros",
		},
		"the error has another text": {
			"hashes HINCRBY refuses text and overflow",
			"hashes HINCRBYFLOAT refuses text",
			"lists LPOP refuses a count below zero",
			"sorted-sets ZUNION refuses a number of keys that is not so",
			"streams XADD refuses fields without values",
			"strings MSET refuses a key without a value",
		},
	}
}
