package rdb

import (
	"time"

	"github.com/compozy/rediskit/snapshot"
)

// DecodeOption changes what [Decode], [Read] and [DecodeValue] do.
type DecodeOption interface{ decoding(*decoding) }

// EncodeOption changes what [Encode] and [EncodeValue] write.
type EncodeOption interface{ encoding(*encoding) }

// decoding is what the options say.
type decoding struct {
	moment
	atCreation bool
	only       []snapshot.CaptureOption
	selects    func(db int, name string) bool // what is left
	limit      int64
}

func decodingAs(opts []DecodeOption) decoding {
	d := decoding{moment: moment{now: time.Now().UnixMilli()}}
	for _, opt := range opts {
		opt.decoding(&d)
	}
	d.unknown = d.atCreation
	d.selects = snapshot.Selects(d.only...)
	return d
}

type encoding struct {
	now       int64 // in milliseconds of Unix time
	version   int
	functions []string
}

const defaultVersion = 10

func encodingAs(opts []EncodeOption) (encoding, error) {
	e := encoding{now: time.Now().UnixMilli(), version: defaultVersion}
	for _, opt := range opts {
		opt.encoding(&e)
	}
	if e.version < 10 || e.version > newestVersion {
		return e, errVersion
	}
	return e, nil
}

type decodeOption func(*decoding)

func (o decodeOption) decoding(d *decoding) { o(d) }

type encodeOption func(*encoding)

func (o encodeOption) encoding(e *encoding) { o(e) }

// Moment is an option for decoding and for encoding, made by [At].
type Moment struct{ at time.Time }

func (m Moment) decoding(d *decoding) { d.now, d.atCreation = m.at.UnixMilli(), false }
func (m Moment) encoding(e *encoding) { e.now = m.at.UnixMilli() }

// At says when now is: a time to live in a snapshot is counted from then. Without it that is the time of the call, as it is
// for a server that loads a file. A fixed moment makes what is decoded or encoded the same each time.
func At(now time.Time) Moment { return Moment{now} }

// AtCreation takes the moment at which the file was written, to the second: keys have as long to live as they had then, and
// none has expired since. The file must say it, as those of Redis 3.2 and later do; else a time to live is an error,
// [ErrNoCreationTime]. The payload of a DUMP never says it.
func AtCreation() DecodeOption { return decodeOption(func(d *decoding) { d.atCreation = true }) }

// KeepExpired keeps keys and hash fields that have expired, and gives them this time to live; 0 is for ever. Without it they
// are left out, as a server does.
func KeepExpired(ttl time.Duration) DecodeOption {
	return decodeOption(func(d *decoding) { d.keep, d.grace = true, max(0, ttl) })
}

// Only leaves out the keys that a capture with these options would leave out. They do not count for the memory limit, and
// may be of modules; they must be readable nevertheless. It has no effect on [DecodeValue].
func Only(opts ...snapshot.CaptureOption) DecodeOption {
	return decodeOption(func(d *decoding) { d.only = append(d.only, opts...) })
}

// MemoryLimit bounds the memory that the contents take, in bytes, by an estimate that counts texts and what holds them. 0
// is the default: 16 MiB, and 32 bytes for each byte of the file. A negative limit is none, for files that can be trusted:
// a string of zeros takes 88 times as much memory as its compressed form.
func MemoryLimit(bytes int64) DecodeOption {
	return decodeOption(func(d *decoding) { d.limit = max(unlimited, bytes) })
}

// Version chooses the version of the format that is written, 10 to 12; any other is an error. Without it that is 10, which
// Redis 7.0 loads. Only 12, of Redis 7.4, has a place for the times to live of hash fields.
func Version(number int) EncodeOption { return encodeOption(func(e *encoding) { e.version = number }) }

// Functions writes libraries of functions, too: the source of each, with the line "#!lua name=…" at its top, as in
// [File]. It has no effect on [EncodeValue].
func Functions(libraries ...string) EncodeOption {
	return encodeOption(func(e *encoding) { e.functions = append(e.functions, libraries...) })
}
