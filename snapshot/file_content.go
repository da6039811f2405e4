package snapshot

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"github.com/klauspost/compress/zstd"
)

// skippableMagic is one of those that zstd gives to frames which are none of its business, in their byte order.
const skippableMagic = 0x184D2A52

// frameHead is how long the head of a skippable frame is: the magic and the length of what is to be skipped.
const frameHead = 8

func skippableFrame(length int) []byte {
	head := binary.LittleEndian.AppendUint32(make([]byte, 0, frameHead), skippableMagic)
	return binary.LittleEndian.AppendUint32(head, uint32(length)) //nolint:gosec // a header is short
}

// cutFrame cuts off the head of a skippable frame, if the file begins with one.
func cutFrame(file []byte) (frame, rest []byte) {
	if len(file) < frameHead || binary.LittleEndian.Uint32(file) != skippableMagic {
		return nil, file
	}
	return file[:frameHead], file[frameHead:]
}

// encodeFile makes the whole contents of a file.
func encodeFile(s *Snapshot, captured time.Time, compressed bool) ([]byte, error) {
	var text bytes.Buffer
	if err := Encode(&text, s); err != nil {
		return nil, err
	}
	content := text.Bytes()
	if compressed {
		encoder, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1))
		if err != nil {
			return nil, fmt.Errorf("compress: %w", err)
		}
		content = encoder.EncodeAll(content, nil)
	}
	return header{captured: captured, keys: s.Len()}.seal(content, compressed)
}

// decodeFile reads what encodeFile has made. The error is a *[CorruptError] where the file is not as it was written.
func decodeFile(path string, file []byte) (*Snapshot, header, error) {
	h, content, compressed, err := unseal(file)
	switch {
	case errors.Is(err, ErrNewerFormat):
		return nil, h, fmt.Errorf("%s: %w", path, err)
	case err != nil:
		return nil, h, &CorruptError{File: path, Reason: err}
	}
	s, err := decodeContent(content, compressed)
	var syntax *SyntaxError
	switch {
	case errors.As(err, &syntax):
		syntax.File = path
		if !compressed {
			syntax.Line += headerLines
		}
		return nil, h, err
	case err != nil:
		return nil, h, fmt.Errorf("%s: %w", path, err)
	case s.Len() != h.keys:
		return nil, h, &CorruptError{File: path, Reason: fmt.Errorf("it has %d keys, and says %d", s.Len(), h.keys)}
	}
	return s, h, nil
}

func decodeContent(content []byte, compressed bool) (*Snapshot, error) {
	if !compressed {
		return Decode(bytes.NewReader(content))
	}
	decoder, err := zstd.NewReader(bytes.NewReader(content), zstd.WithDecoderConcurrency(1))
	if err != nil {
		return nil, fmt.Errorf("decompress: %w", err)
	}
	defer decoder.Close()
	return Decode(decoder)
}
