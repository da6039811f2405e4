package hyperloglog

// Error is an error as Redis replies it, its code first.
type Error string

const (
	// ErrWrongType is the reply to a string that is no HyperLogLog: too short, without the magic word, of an unknown encoding,
	// or dense and not of the one length that this has.
	ErrWrongType Error = "WRONGTYPE Key is not a valid HyperLogLog string value."
	// ErrCorrupted is the reply to a sparse HyperLogLog whose runs do not add up to its registers.
	ErrCorrupted Error = "INVALIDOBJ Corrupted HLL object detected"
)

func (e Error) Error() string { return string(e) }
