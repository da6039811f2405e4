package redistest

import (
	"bytes"
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/compozy/rediskit/snapshot"
	"github.com/compozy/rediskit/snapshot/rdb"
)

// WithFixture fills the server with a file before it is handed out. It can be given several times; the files are loaded in
// that order. See [Server.Load].
func WithFixture(path string, filters ...Filter) Option {
	return func(s *settings) {
		s.fixtures = append(s.fixtures, func(srv *Server) error { return srv.Load(path, filters...) })
	}
}

// Load adds the keys of a fixture to the server: all of them, or none and an error that names the file, the line, the
// column and the command. A fixture is a file of Redis commands, one a line, such as [AssertGolden] writes or a person would:
//
//	# two users and their queue
//	HSET user:1 name Ada email ada@example.com
//	HSET user:2 name Bob
//	EXPIRE user:2 60
//	RPUSH queue:mail 'welcome 1' 'welcome 2'
//
// Keys that the server has already become as the fixture has them. Such a file is parsed once in a process, for as long as
// it does not change.
//
// A fixture may use any other command that writes as well, INCR, GEOADD or EVAL for example. Then its commands are run one
// by one on what the server holds, and clients see the outcome of all of them at once.
//
// Or the fixture is an .rdb file, what a real server saves: see redis-cli --rdb. Keys have then the time to live that is
// left by the server's clock, and those that have expired are not loaded. Functions are loaded where the server has them.
// Keys of modules are an error, unless filters leave them out.
//
// Filters choose keys of the file, and change them, before anything is loaded: [Match], [Except], [Scrub], [WithoutTTL]. A
// fixture of other commands than those that describe keys has no keys to be chosen.
func (s *Server) Load(path string, filters ...Filter) error {
	thisRun.askFor(path)
	absolute, err := filepath.Abs(path)
	if err != nil {
		return fmt.Errorf("load %s: %w", path, err)
	}
	return s.load(os.DirFS(filepath.Dir(absolute)), filepath.Base(absolute), path, shelfMark{path: absolute}, filters)
}

// LoadFS is [Server.Load] of a file in a file system, an [embed.FS] for example.
func (s *Server) LoadFS(files fs.FS, path string, filters ...Filter) error {
	thisRun.askFor(filepath.FromSlash(path))
	thisRun.askFor(filepath.Join(goldenFolder, filepath.FromSlash(path)))
	var mark shelfMark
	if embedded, ok := files.(embed.FS); ok { // another one's files could change without showing it
		mark = shelfMark{embedded, path}
	}
	return s.load(files, path, path, mark, filters)
}

// load loads a file that errors call by title.
func (s *Server) load(files fs.FS, path, title string, mark shelfMark, filters []Filter) error {
	fail := func(err error) error {
		if err = inFile(reason(err), title); malformed(err) { // which names the file
			return fmt.Errorf("load %w", err)
		}
		return fmt.Errorf("load %s: %w", title, err)
	}
	f, err := fixtures.read(files, path, mark)
	if err != nil {
		return fail(err)
	}
	// Loading takes no time that would be worth breaking off, and may happen in a Cleanup.
	ctx := context.WithoutCancel(s.ctx)
	if err := s.take(ctx, f, filters); err != nil {
		return fail(err)
	}
	return nil
}

// take puts a fixture into the server.
func (s *Server) take(ctx context.Context, f fixture, filters []Filter) error {
	switch {
	case f.dump != nil:
		return s.takeDump(ctx, f.dump, filters)
	case f.data != nil:
		data, err := viewOf(filters).of(ctx, f.data)
		if err != nil {
			return err
		}
		return s.Restore(ctx, data, snapshot.Merge())
	case len(filters) > 0:
		return f.notData
	default:
		return s.on.run(ctx, f)
	}
}

// fixture is a file that was read: a dump, or data, or else commands that only a server can run.
type fixture struct {
	dump    *rdb.File
	data    *snapshot.Snapshot
	text    []byte
	notData *snapshot.SyntaxError
}

func parseFixture(text []byte) (fixture, error) {
	if isDump(text) {
		dump, err := readDump(text)
		return fixture{dump: dump}, err
	}
	data, err := snapshot.Decode(bytes.NewReader(text))
	if err == nil {
		return fixture{data: data}, nil
	}
	f := fixture{text: text}
	if !errors.As(err, &f.notData) || f.notData.Command == "" { // a line that is no command
		return fixture{}, err
	}
	return f, nil
}

// shelf keeps fixtures for all tests of a process. It is safe for concurrent use.
type shelf struct {
	mu    sync.Mutex
	known map[shelfMark]*shelved
}

// shelfMark says where on the shelf a file belongs; the zero value means nowhere.
type shelfMark struct {
	files embed.FS // the zero value for the operating system's
	path  string
}

// shelved is a file and when it was read.
type shelved struct {
	mu      sync.Mutex // held while the file is being read
	read    bool
	changed time.Time
	size    int64
	fixture fixture
}

// fixtures are the process's.
var fixtures shelf

func (s *shelf) at(mark shelfMark) *shelved {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.known == nil {
		s.known = map[shelfMark]*shelved{}
	}
	known := s.known[mark]
	if known == nil {
		known = &shelved{}
		s.known[mark] = known
	}
	return known
}

// read returns a file's fixture, and parses the file only if it was not seen before as it is now.
func (s *shelf) read(files fs.FS, path string, mark shelfMark) (fixture, error) {
	kept := &shelved{}
	if mark != (shelfMark{}) {
		kept = s.at(mark)
	}
	kept.mu.Lock()
	defer kept.mu.Unlock()
	info, err := fs.Stat(files, path)
	if err != nil {
		return fixture{}, err
	}
	if kept.read && kept.changed.Equal(info.ModTime()) && kept.size == info.Size() {
		return kept.fixture, nil
	}
	text, err := fs.ReadFile(files, path)
	if err != nil {
		return fixture{}, err
	}
	f, err := parseFixture(text)
	if err != nil {
		return fixture{}, err
	}
	kept.read, kept.changed, kept.size, kept.fixture = true, info.ModTime(), info.Size(), f
	return f, nil
}
