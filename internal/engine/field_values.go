package engine

import (
	"bytes"
	"strconv"
)

// A field that is written anew, or deleted, loses its time to live. miniredis would keep that for the next value.

// overwriteFields runs HSET key field value [field value …] and HMSET.
func overwriteFields(command string) keyspaceCommand {
	return func(k keyspace, args []string) []byte {
		reply := bytes.Clone(k.call(append([]string{command}, args[1:]...)...))
		if k.engine.deadlines.fields && !isError(reply, "") {
			for i := 2; i < len(args); i += 2 {
				k.call("HPERSIST", args[1], "FIELDS", "1", args[i])
			}
		}
		return reply
	}
}

// deleteFields runs HDEL key field [field …].
func deleteFields(k keyspace, args []string) []byte {
	if k.engine.deadlines.fields {
		k.call(append([]string{"HPERSIST", args[1], "FIELDS", strconv.Itoa(len(args) - 2)}, args[2:]...)...)
	}
	return k.call(args...)
}

func (k keyspace) deleteField(key, field string) { deleteFields(k, []string{"HDEL", key, field}) }
