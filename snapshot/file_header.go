package snapshot

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"time"
)

// A file begins with four comments, and goes on with the text of [Encode] as it is or compressed:
//
//	# rediskit snapshot 1
//	# sha256 0f3c…
//	# captured 2026-01-02T15:04:05.678Z
//	# keys 2
//	SELECT 0
//	SET greeting hello
//
// The checksum is that of everything but its own line, so that a person can check it: sed 2d FILE | sha256sum. It stands in
// the same place in every version of the format, lest a damaged file be taken for one of another version.
//
// A compressed file is one of zstd, in which the comments are a frame that is skipped, so that zstdcat FILE writes the
// commands. There the first line begins with that frame's eight bytes.
// headerLines is how many lines a file of text has before its first command.
const headerLines = 4

const (
	titleBegin    = "# rediskit snapshot "
	checksumBegin = "# sha256 "
	capturedBegin = "# captured "
	keysBegin     = "# keys "

	formatVersion = 1
)

// header is what a file says of itself.
type header struct {
	captured time.Time
	keys     int
}

var (
	errNoHeader     = errors.New("it does not begin as a snapshot does")
	errOtherContent = errors.New("its contents do not match its checksum")
	errOtherHeader  = errors.New("its header is not one that was ever written")
	errUnwritable   = errors.New("the moment of the capture is not between the years 0 and 9999")
)

// seal makes a file of content, which was made by deflate where it is compressed.
func (h header) seal(content []byte, compressed bool) ([]byte, error) {
	if year := h.captured.UTC().Year(); year < 0 || year > 9999 {
		return nil, errUnwritable
	}
	title, rest := h.lines()
	checksum := checksumLine(nil)
	head := append(append(title, checksum...), rest...)
	var frame []byte
	if compressed {
		frame = skippableFrame(len(head))
	}
	title, rest = head[:len(title)], head[len(title)+len(checksum):]
	copy(head[len(title):], checksumLine(checksumOf(frame, title, rest, content)))
	return bytes.Join([][]byte{frame, head, content}, nil), nil
}

// lines are those before and after the checksum.
func (h header) lines() (title, rest []byte) {
	title = fmt.Appendf(nil, "%s%d\n", titleBegin, formatVersion)
	rest = fmt.Appendf(nil, "%s%s\n%s%d\n", capturedBegin, h.captured.UTC().Format(time.RFC3339Nano), keysBegin, h.keys)
	return title, rest
}

func checksumOf(parts ...[]byte) []byte {
	hash := sha256.New()
	for _, part := range parts {
		_, _ = hash.Write(part) // of a hash it cannot fail
	}
	return hash.Sum(nil)
}

// checksumLine is as long for every checksum, and for none.
func checksumLine(sum []byte) []byte {
	text := bytes.Repeat([]byte("0"), hex.EncodedLen(sha256.Size))
	hex.Encode(text, sum)
	return fmt.Appendf(nil, "%s%s\n", checksumBegin, text)
}

// unseal is the way back: it fails unless the file is, byte for byte, as seal has made it.
func unseal(file []byte) (h header, content []byte, compressed bool, err error) {
	frame, text := cutFrame(file)
	title, text, ok := cutLine(text)
	if !ok || !bytes.HasPrefix(title, []byte(titleBegin)) {
		return h, nil, false, errNoHeader
	}
	checksum, text, ok := cutLine(text)
	if !ok || !bytes.HasPrefix(checksum, []byte(checksumBegin)) {
		return h, nil, false, errNoHeader
	}
	if !bytes.Equal(checksum, checksumLine(checksumOf(frame, title, text))) {
		return h, nil, false, errOtherContent
	}
	if version, err := strconv.Atoi(string(title[len(titleBegin) : len(title)-1])); err != nil || version > formatVersion {
		return h, nil, false, fmt.Errorf("%w (%s)", ErrNewerFormat, title[len("# "):len(title)-1])
	}
	h, content, err = readHeader(text)
	if err != nil {
		return h, nil, false, err
	}
	// What is written in other words has not been written by seal.
	wantTitle, wantRest := h.lines()
	length := len(title) + len(checksum) + len(text) - len(content)
	if !bytes.Equal(title, wantTitle) || !bytes.HasPrefix(text, wantRest) ||
		frame != nil && !bytes.Equal(frame, skippableFrame(length)) {
		return h, nil, false, errOtherHeader
	}
	return h, content, frame != nil, nil
}

// readHeader reads the lines after the checksum.
func readHeader(text []byte) (h header, content []byte, err error) {
	captured, text, ok := cutLine(text)
	if !ok || !bytes.HasPrefix(captured, []byte(capturedBegin)) {
		return h, nil, errOtherHeader
	}
	if h.captured, err = time.Parse(time.RFC3339Nano, string(captured[len(capturedBegin):len(captured)-1])); err != nil {
		return h, nil, errOtherHeader
	}
	keys, text, ok := cutLine(text)
	if !ok || !bytes.HasPrefix(keys, []byte(keysBegin)) {
		return h, nil, errOtherHeader
	}
	if h.keys, err = strconv.Atoi(string(keys[len(keysBegin) : len(keys)-1])); err != nil {
		return h, nil, errOtherHeader
	}
	return h, text, nil
}

// longestHeader is more than any header has.
const longestHeader = 512

// peek is what the beginning of a file says, unchecked; the zero header if it says nothing.
func peek(head []byte) header {
	_, text := cutFrame(head)
	_, text, _ = cutLine(text)
	_, text, _ = cutLine(text)
	h, _, err := readHeader(text)
	if err != nil {
		return header{}
	}
	return h
}

// cutLine cuts the first line off, its end included.
func cutLine(text []byte) (line, rest []byte, ok bool) {
	end := bytes.IndexByte(text, '\n') + 1
	return text[:end], text[end:], end > 0
}
