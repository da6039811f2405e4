package rdb

import (
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"time"

	"github.com/compozy/rediskit/snapshot"
)

const (
	newestVersion = 12
	firstWithSum  = 5 // version that ends with a checksum
	magic         = "REDIS"
	subjectFile   = "rdb"
)

// File is all that an .rdb file says.
type File struct {
	// Version is that of the format, 1 to 12.
	Version int
	// Snapshot is the keyspace.
	Snapshot *snapshot.Snapshot
	// Aux are the notes that the server made about itself, such as its version ("redis-ver"), in their order.
	Aux []Aux
	// Functions are the sources of libraries, as FUNCTION LOAD takes them.
	Functions []string
	// Skipped is what the file has and the snapshot has not. Keys that have expired are not among it, nor those that the
	// options leave out.
	Skipped []Skipped
}

// Aux is a note in a file.
type Aux struct{ Name, Value string }

// Skipped is a part of a file that no snapshot can hold.
type Skipped struct {
	// Offset is where the part begins in bytes.
	Offset int64
	// Database and Key are the key's whose value it was. Key is meaningless where HasKey is false: it was no key.
	Database int
	Key      string
	HasKey   bool
	// Reason is [ErrModule] with the name of the module, or that a collection has no elements, which no Redis writes.
	Reason error
}

// Decode reads the keyspace of an .rdb file. It leaves out collections without elements, as Redis does. What follows the end
// of the file is ignored, and some of it may have been taken from the reader. Every error is an *[Error].
//
// Data of modules cannot be held by a snapshot. Decode refuses a file that has some, with an *[Error] that is [ErrModule];
// [Read] leaves it out and says so, and [Only] can leave out the keys beforehand.
func Decode(r io.Reader, opts ...DecodeOption) (*snapshot.Snapshot, error) {
	file, err := Read(r, opts...)
	if err != nil {
		return nil, err
	}
	for _, s := range file.Skipped {
		if errors.Is(s.Reason, ErrModule) {
			return nil, &Error{s.Offset, s.Database, s.Key, s.HasKey, s.Reason, subjectFile}
		}
	}
	return file.Snapshot, nil
}

// Read reads an .rdb file. Data of modules is left out and listed, with one exception: values that modules wrote under the
// release candidates of Redis 4.0 have no end that could be found, which is an *[Error] that is [ErrModule].
func Read(r io.Reader, opts ...DecodeOption) (*File, error) {
	settings := decodingAs(opts)
	d := &decoder{
		values:   values{input: newInput(r, settings.limit), moment: settings.moment},
		settings: settings,
		loaded:   map[int][]loadedKey{},
		file:     &File{},
	}
	if err := d.read(); err != nil {
		return nil, about(err, subjectFile)
	}
	return d.file, nil
}

type decoder struct {
	values
	settings decoding
	file     *File
	made     snapshot.Builder
	loaded   map[int][]loadedKey // by database
	db       int
	expiry   expiry
}

// expiry is the time to live that was read ahead of its key.
type expiry struct {
	until int64
	set   bool
}

func (d *decoder) read() error {
	if err := d.header(); err != nil {
		return err
	}
	for {
		start := d.offset()
		kind, err := d.byte()
		if err != nil {
			return err
		}
		switch {
		case kind == opEnd:
			return d.finish()
		case kind >= opSlotInfo:
			err = d.operation(kind, start)
		default:
			err = d.key(kind, start)
		}
		if err != nil {
			return err
		}
	}
}

func (d *decoder) header() error {
	b, err := d.take(len(magic) + 4)
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return corrupt(0, "%w: %w", ErrFormat, io.ErrUnexpectedEOF)
	}
	if err != nil {
		return err
	}
	version, err := strconv.ParseUint(string(b[len(magic):]), 10, 16)
	if err != nil || string(b[:len(magic)]) != magic || version < 1 || version > newestVersion {
		return corrupt(0, "%w: it begins with %q", ErrFormat, b)
	}
	d.file.Version = int(version)
	return nil
}

// operation reads what is no key.
func (d *decoder) operation(kind byte, start int64) error {
	switch kind {
	case opAux:
		return d.aux()
	case opDatabase:
		n, err := d.number()
		if err == nil && n > math.MaxInt32 {
			err = d.fail("%d is no database", n)
		}
		d.db = int(n)
		return err
	case opExpireSeconds:
		b, err := d.take(4)
		if err != nil {
			return err
		}
		d.expiresAt(int64(int32(little(string(b), 4))) * 1000)
		return nil
	case opExpireMillis:
		until, err := d.int64()
		d.expiresAt(until)
		return err
	case opFunction, opFunctionEarly:
		return d.function(kind)
	case opModuleAux:
		return d.skip(d.moduleAux(), Skipped{Offset: start})
	case opFrequency:
		_, err := d.byte()
		return err
	case opIdle:
		return d.numbers(1)
	case opSizes:
		return d.numbers(2)
	default: // opSlotInfo
		return d.numbers(3)
	}
}

// expiresAt notes when the next key expires; -1 is never.
func (d *decoder) expiresAt(until int64) { d.expiry = expiry{until: until, set: until != -1} }

// numbers reads what is of no interest.
func (d *decoder) numbers(n int) error {
	for range n {
		if _, err := d.number(); err != nil {
			return err
		}
	}
	return nil
}

// skip lists what was left out.
func (d *decoder) skip(err error, s Skipped) error {
	var u unheld
	if !errors.As(err, &u) {
		return err
	}
	s.Reason = u.reason
	d.file.Skipped = append(d.file.Skipped, s)
	return d.charge(sizeOfKey)
}

const creationTime = "ctime"

func (d *decoder) aux() error {
	name, err := d.text()
	if err != nil {
		return err
	}
	value, err := d.text()
	if err != nil {
		return err
	}
	d.file.Aux = append(d.file.Aux, Aux{name, value})
	if name == creationTime && d.settings.atCreation {
		seconds, err := strconv.ParseInt(value, 10, 64)
		if err != nil || seconds < 0 || seconds > math.MaxInt64/1000 {
			return d.fail("%q is no time of creation", value)
		}
		d.now, d.unknown = time.Unix(seconds, 0).UnixMilli(), false
	}
	return d.charge(2 * sizeOfText)
}

func (d *decoder) function(kind byte) error {
	source, err := d.library(kind)
	if err != nil {
		return wrap("function", err)
	}
	d.file.Functions = append(d.file.Functions, source)
	return d.charge(sizeOfText)
}

// library reads a library's source. Where name, engine and a description lie beside it, it gets the first line of today.
func (d *decoder) library(kind byte) (string, error) {
	if kind == opFunction {
		return d.text()
	}
	name, err := d.text()
	if err != nil {
		return "", err
	}
	engine, err := d.text()
	if err != nil {
		return "", err
	}
	described, err := d.number()
	if err != nil {
		return "", err
	}
	if described != 0 {
		if err := d.discard(); err != nil {
			return "", err
		}
	}
	source, err := d.text()
	return fmt.Sprintf("#!%s name=%s\n%s", engine, name, source), err
}

// finish checks the sum and puts everything together.
func (d *decoder) finish() error {
	if d.file.Version >= firstWithSum {
		d.addUp()
		sum, at := d.sum, d.offset()
		written, err := d.uint64()
		if err != nil {
			return err
		}
		if written != sum && written != 0 { // 0 is written where sums are switched off
			return corrupt(at, "%w: it is %016x, and %016x is written", ErrChecksum, sum, written)
		}
	}
	d.file.Snapshot = d.made.Snapshot()
	return d.twice()
}
