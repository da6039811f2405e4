package redistest

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/compozy/rediskit/snapshot"
)

const (
	goldenFolder    = "testdata"
	goldenExtension = ".redis"
)

// golden is a file's contents.
type golden struct {
	*snapshot.Snapshot
	text []byte
}

// load reads a golden file. Line ends that git has made CRLF read like any others. What is written just as it was
// received, as most is, needs no decoding, which would take as long as all the rest.
func (g goldens) load(path string, received golden) (golden, error) {
	text, err := os.ReadFile(filepath.Join(g.root, path))
	if err != nil {
		return golden{}, reason(err)
	}
	if bytes.Equal(text, received.text) {
		return received, nil
	}
	want, err := snapshot.Decode(bytes.NewReader(text))
	return golden{want, text}, inFile(err, path)
}

// write writes a golden file.
func (g goldens) write(path string, text []byte) error {
	path = filepath.Join(g.root, path)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil { //nolint:gosec // sources are for everybody
		return err
	}
	return os.WriteFile(path, text, 0o644) //nolint:gosec // sources are for everybody
}

// accept makes got the golden, unless it is that already, but not over what another assertion of this run has written.
func (g goldens) accept(path string, want, got golden, overlook []snapshot.DiffOption) error {
	g.run.mu.Lock()
	defer g.run.mu.Unlock()
	claim := g.run.claims[claimKey(g.root, path)]
	if claim.accepted != nil {
		if diff := snapshot.Diff(claim.accepted, got.Snapshot, overlook...); diff != "" {
			return fmt.Errorf("this run has written it with other contents already; give one of the two another name:\n%s", indent(diff))
		}
		return nil
	}
	// What would be overlooked in a comparison is no reason to change a file, but lines end in LF alone.
	same := want.Snapshot != nil && !bytes.Contains(want.text, []byte("\r")) &&
		snapshot.Diff(want.Snapshot, got.Snapshot, overlook...) == ""
	if !same {
		if err := g.write(path, got.text); err != nil {
			return reason(err)
		}
	}
	claim.accepted = got.Snapshot
	return nil
}

// keepArtifact writes what was received into the test's artifact folder, if there is to be one, and says so.
func (g goldens) keepArtifact(t TB, name string, got golden) (note string, err error) {
	keeper, ok := t.(interface{ ArtifactDir() string })
	if !ok || !g.told.artifacts {
		return "", nil
	}
	path := filepath.Join(keeper.ArtifactDir(), name+goldenExtension)
	if err := os.WriteFile(path, got.text, 0o600); err != nil {
		return "", fmt.Errorf("keep what was received: %w", err)
	}
	return "\nwhat was received is in " + path, nil
}

// goldenPath is where the golden of a test is kept, from the package's folder.
func goldenPath(test, name string) (string, error) {
	if safeName(name) != name {
		return "", fmt.Errorf("golden %q: a name is made of up to %d letters, digits, '-', '_' and '.', without a '.' at either end, "+
			"and is no device of Windows", name, longestName)
	}
	elements := []string{goldenFolder}
	for element := range strings.SplitSeq(test, "/") {
		elements = append(elements, safeName(element))
	}
	return filepath.Join(append(elements, name+goldenExtension)...), nil
}

const longestName = 100

var unsafeCharacters = regexp.MustCompile(`[^A-Za-z0-9._-]`)

// safeName turns one element of a test's name into one that every file system can hold, and two that differ into two that
// differ. It leaves alone what is safe already.
func safeName(name string) string {
	safe := strings.TrimLeft(unsafeCharacters.ReplaceAllString(name, "_"), ".")
	safe = strings.TrimRight(safe[:min(len(safe), longestName)], ".")
	if reservedOnWindows(safe) {
		safe = "_" + safe
	}
	if safe == name && name != "" {
		return name
	}
	sum := sha256.Sum256([]byte(name))
	return safe + "-" + hex.EncodeToString(sum[:4])
}

// reservedOnWindows tells whether a name, with whatever extension, is that of a device.
func reservedOnWindows(name string) bool {
	base, _, _ := strings.Cut(strings.ToUpper(name), ".")
	if slices.Contains([]string{"CON", "PRN", "AUX", "NUL"}, base) {
		return true
	}
	return len(base) == 4 && (strings.HasPrefix(base, "COM") || strings.HasPrefix(base, "LPT")) && base[3] >= '0' && base[3] <= '9'
}

// inFile names the file in a syntax error.
func inFile(err error, file string) error {
	var syntax *snapshot.SyntaxError
	if !errors.As(err, &syntax) {
		return err
	}
	located := *syntax // the original may be shared
	located.File = file
	return &located
}

// malformed tells whether err is about what is written in a file.
func malformed(err error) bool {
	var syntax *snapshot.SyntaxError
	return errors.As(err, &syntax)
}

// reason leaves out the path, which whoever reports the error names in the user's words.
func reason(err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	return err
}
