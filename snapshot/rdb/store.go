package rdb

import "strings"

// store keeps small texts side by side, which is quicker than one by one. A text keeps those beside it in memory; a file's
// texts are kept and given up together anyway.
type store struct{ chunk strings.Builder }

const (
	chunkSize = 16 << 10
	smallText = chunkSize / 16
)

// text is a copy of b.
func (s *store) text(b []byte) string {
	if len(b) > smallText {
		return string(b)
	}
	if s.chunk.Cap()-s.chunk.Len() < len(b) { // it must not move what it holds
		s.chunk = strings.Builder{}
		s.chunk.Grow(chunkSize)
	}
	start := s.chunk.Len()
	s.chunk.Write(b)
	return s.chunk.String()[start:]
}
