package rdb

import "errors"

// maxExpansion is how much longer a text can be than what it is compressed to: three bytes stand for 264 at the most.
const maxExpansion = 264 / 3

var errCompressed = errors.New("the compressed string is damaged")

// decompress undoes LZF, which must fill the text: a control byte is followed by up to 32 literal bytes, or refers to what
// came before.
func decompress(text, packed []byte) error {
	at := 0
	for len(packed) > 0 {
		control := int(packed[0])
		packed = packed[1:]
		if control < 1<<5 {
			n := control + 1
			if n > len(packed) || n > len(text)-at {
				return errCompressed
			}
			at += copy(text[at:], packed[:n])
			packed = packed[n:]
			continue
		}
		n := control>>5 + 2
		if n == 7+2 {
			if len(packed) == 0 {
				return errCompressed
			}
			n += int(packed[0])
			packed = packed[1:]
		}
		if len(packed) == 0 {
			return errCompressed
		}
		from := at - (control&0x1f)<<8 - int(packed[0]) - 1
		packed = packed[1:]
		if from < 0 || n > len(text)-at {
			return errCompressed
		}
		for end := at + n; at < end; { // it may refer to bytes that it is just writing
			at += copy(text[at:end], text[from:at])
		}
	}
	if at < len(text) {
		return errCompressed
	}
	return nil
}
