package process

import (
	"bytes"
	"sync"
)

// output keeps the end of what a server prints, and watches for the line that says it is ready.
type output struct {
	ready chan struct{} // closed when the server accepts connections

	mu      sync.Mutex
	limit   int
	kept    []byte
	printed int    // how many bytes there were in all
	line    []byte // the line that is being written, until the server is ready
	readied bool
}

func newOutput(limit int) *output {
	return &output{ready: make(chan struct{}), limit: limit}
}

// Write takes what the server printed. It never fails.
func (o *output) Write(printed []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if !o.readied {
		o.watch(printed)
	}
	o.kept = append(o.kept, printed...)
	o.printed += len(printed)
	if surplus := len(o.kept) - o.limit; surplus > 0 {
		o.kept = append(o.kept[:0], o.kept[surplus:]...)
	}
	return len(printed), nil
}

// watch looks for the ready line, which may come in pieces. Its wording depends on the version and on what is
// listened on: "Ready to accept connections", "The server is now ready to accept connections at ...".
func (o *output) watch(printed []byte) {
	o.line = append(o.line, printed...)
	if bytes.Contains(o.line, []byte("eady to accept connections")) {
		o.readied = true
		o.line = nil
		close(o.ready)
		return
	}
	if end := bytes.LastIndexByte(o.line, '\n'); end >= 0 {
		o.line = append(o.line[:0], o.line[end+1:]...)
	}
}

func (o *output) isReady() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.readied
}

// String is the output so far, after "..." where its beginning is gone.
func (o *output) String() string { return o.since(0) }

// size is how many bytes were printed so far.
func (o *output) size() int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.printed
}

// since is what was printed after the first so many bytes, after "..." where its beginning is gone.
func (o *output) since(size int) string {
	o.mu.Lock()
	defer o.mu.Unlock()
	gone := o.printed - len(o.kept)
	if size < gone {
		return "..." + string(o.kept)
	}
	return string(o.kept[size-gone:])
}
