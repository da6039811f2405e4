package snapshot

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Generation is one snapshot in a [Store].
type Generation struct {
	// Number counts from 1. A store never uses one twice. 0 is that of no generation.
	Number int
	// Name is what the store calls it: a file's name, for example.
	Name string
	// Captured is when the snapshot was taken, by the clock of the server that it was taken of.
	Captured time.Time
	// Keys is how many keys it has.
	Keys int
	// Size is how many bytes it takes.
	Size int64
}

const (
	plainExtension      = ".redis"
	compressedExtension = ".redis.zst"

	temporarySuffix = ".tmp"     // it is being written
	corruptSuffix   = ".corrupt" // it was not as it was saved
	asideSuffix     = ".aside"   // it could not be restored
)

func generationName(number int, extension string) string {
	return fmt.Sprintf("%08d%s", number, extension)
}

// generationNumber reads the number that a name begins with, and returns what follows after the extension. Names that
// [generationName] would not give are none of ours.
func generationNumber(name string) (number int, suffix string, ok bool) {
	digits, _, _ := strings.Cut(name, ".")
	number, err := strconv.Atoi(digits)
	if err != nil || number < 0 {
		return 0, "", false
	}
	for _, extension := range []string{compressedExtension, plainExtension} {
		if suffix, ok := strings.CutPrefix(name, generationName(number, extension)); ok && (suffix == "" || suffix[0] == '.') {
			return number, suffix, true
		}
	}
	return 0, "", false
}
