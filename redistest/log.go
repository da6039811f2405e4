package redistest

import (
	"io"
	"log/slog"
	"strings"
)

// testLogger writes to the test's output, without the position of a call that would be ours.
func testLogger(t TB) *slog.Logger {
	output, ok := t.(interface{ Output() io.Writer })
	if !ok {
		return slog.New(slog.NewTextHandler(logWriter{t}, nil))
	}
	return slog.New(slog.NewTextHandler(output.Output(), nil))
}

// logWriter logs line by line to what has no Output.
type logWriter struct{ t TB }

func (w logWriter) Write(p []byte) (int, error) {
	w.t.Logf("%s", strings.TrimSuffix(string(p), "\n"))
	return len(p), nil
}
