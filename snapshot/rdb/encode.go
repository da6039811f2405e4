package rdb

import (
	"fmt"
	"io"
	"strconv"
	"time"

	"github.com/compozy/rediskit/internal/words"
	"github.com/compozy/rediskit/snapshot"
)

// Encode writes an .rdb file that Redis 7.0 and later load. The same snapshot gives the same bytes where [At] gives the
// same moment: databases and keys are in order. Consumers of a group are seen last at that moment.
//
// Hash fields with a time to live need [Version], without which they are [ErrFieldTTLs].
func Encode(w io.Writer, s *snapshot.Snapshot, opts ...EncodeOption) error {
	settings, err := encodingAs(opts)
	if err != nil {
		return fmt.Errorf("encode rdb: %w", err)
	}
	e := encoder{output{to: w}, settings}
	if err := e.file(s); err != nil {
		return fmt.Errorf("encode rdb: %w", err)
	}
	return nil
}

type encoder struct {
	output
	encoding
}

func (e *encoder) file(s *snapshot.Snapshot) error {
	e.buf = fmt.Appendf(e.buf, "%s%04d", magic, e.version)
	e.byte(opAux)
	e.text(creationTime)
	e.text(strconv.FormatInt(time.UnixMilli(e.now).Unix(), 10))
	for _, source := range e.functions {
		e.byte(opFunction)
		e.text(source)
	}
	for _, db := range s.Databases() {
		if err := e.database(s, db); err != nil {
			return err
		}
	}
	e.byte(opEnd)
	e.flush()
	e.uint64(e.sum)
	e.flush()
	return e.err
}

func (e *encoder) database(s *snapshot.Snapshot, db int) error {
	e.byte(opDatabase)
	e.length(uint64(db))
	var keys, expiring uint64
	for key := range s.Keys(db) {
		keys++
		if key.TTL > 0 {
			expiring++
		}
	}
	e.byte(opSizes)
	e.length(keys)
	e.length(expiring)
	for key := range s.Keys(db) {
		if err := e.key(key); err != nil {
			return fmt.Errorf("database %d: key %s: %w", db, words.Quote(key.Name), err)
		}
		if e.err != nil {
			return e.err
		}
	}
	return nil
}

func (e *encoder) key(key snapshot.Key) error {
	if key.TTL > 0 {
		e.byte(opExpireMillis)
		e.int64(e.now + key.TTL.Milliseconds())
	}
	kind, err := e.kind(key.Value)
	if err != nil {
		return err
	}
	e.byte(kind)
	e.text(key.Name)
	e.value(kind, key.Value)
	return nil
}
