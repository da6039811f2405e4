package engine

import (
	"github.com/alicebob/miniredis/v2/server"

	"github.com/compozy/rediskit/internal/command"
)

// listKeys answers COMMAND GETKEYS and, with flags, COMMAND GETKEYSANDFLAGS.
func (s *session) listKeys(call []string, flags bool) {
	keys, err := command.KeysOf(call)
	if err != nil {
		s.peer.WriteError("ERR " + err.Error())
		return
	}
	s.peer.WriteLen(len(keys))
	for _, key := range keys {
		if flags {
			s.peer.WriteLen(2)
		}
		s.peer.WriteBulk(call[key.Position])
		if flags {
			writeStatuses(s.peer, key.Flags)
		}
	}
}

func writeKeySpecs(p *server.Peer, specs []command.KeySpec) {
	p.WriteSetLen(len(specs))
	for _, spec := range specs {
		p.WriteMapLen(3)
		p.WriteBulk("flags")
		writeStatuses(p, spec.Flags)
		p.WriteBulk("begin_search")
		switch begin := spec.Begin; {
		case begin.Keyword != "":
			writeVariant(p, "keyword", "keyword", begin.Keyword, "startfrom", begin.From)
		case begin.Index > 0:
			writeVariant(p, "index", "index", begin.Index)
		default:
			writeVariant(p, "unknown")
		}
		p.WriteBulk("find_keys")
		switch find := spec.Find; {
		case find.Step == 0:
			writeVariant(p, "unknown")
		case find.Counted:
			writeVariant(p, "keynum", "keynumidx", find.CountAt, "firstkey", find.FirstAt, "keystep", find.Step)
		default:
			writeVariant(p, "range", "lastkey", find.Last, "keystep", find.Step, "limit", find.Limit)
		}
	}
}

// writeVariant writes one of several forms of a thing, which has fields of its own.
func writeVariant(p *server.Peer, kind string, fields ...any) {
	p.WriteMapLen(2)
	p.WriteBulk("type")
	p.WriteBulk(kind)
	p.WriteBulk("spec")
	p.WriteMapLen(len(fields) / 2)
	for _, field := range fields {
		switch field := field.(type) {
		case string:
			p.WriteBulk(field)
		case int:
			p.WriteInt(field)
		}
	}
}
