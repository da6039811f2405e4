package surface_test

import (
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var (
	codeBlock = regexp.MustCompile("(?s)```go\n(.*?)```")
	// mention is "redistest.New" or "srv.Client".
	mention = regexp.MustCompile(`\b(redistest|snapshot|rdb|conformance|srv|cluster)\.([A-Z]\w*)`)
)

// TestThePagesNameWhatThereIs reads all pages: their code is Go, and what it calls exists.
func TestThePagesNameWhatThereIs(t *testing.T) {
	t.Parallel()
	known := known(t)
	pages, err := filepath.Glob(filepath.Join(root, "docs", "*.md"))
	require.NoError(t, err)
	mentioned := 0
	for _, path := range append(pages, filepath.Join(root, "README.md"), filepath.Join(root, "CHANGELOG.md")) {
		page, err := os.ReadFile(path)
		require.NoError(t, err)
		for _, block := range codeBlock.FindAllStringSubmatch(string(page), -1) {
			assert.NoError(t, parses(block[1]), "%s:\n%s", path, block[1])
		}
		for _, match := range mention.FindAllStringSubmatch(string(page), -1) {
			mentioned++
			assert.Contains(t, known[match[1]], match[2], "%s: there is no %s", path, match[0])
		}
	}
	require.Greater(t, mentioned, 50)
}

// parses tells whether code is a file's declarations or a function's statements.
func parses(code string) error {
	_, err := parser.ParseFile(token.NewFileSet(), "", "package p\n"+code, 0)
	if err != nil {
		_, err = parser.ParseFile(token.NewFileSet(), "", "package p\nfunc _() {\n"+code+"\n}", 0)
	}
	return err
}

// known are the names that can follow a package, or a variable as the pages call it.
func known(t *testing.T) map[string][]string {
	t.Helper()
	names := map[string][]string{}
	for _, folder := range publicPackages(t) {
		of := filepath.Base(folder)
		for _, line := range exported(t, folder) {
			names[of] = append(names[of], nameIn(line))
		}
		for _, name := range callable(t, folder) {
			receiver, method, isMethod := strings.Cut(name, ".")
			if variable := map[string]string{"Server": "srv", "Cluster": "cluster"}[receiver]; isMethod && of == "redistest" && variable != "" {
				names[variable] = append(names[variable], method)
			}
		}
	}
	return names
}

// nameIn is the name that a line of the list is about.
func nameIn(line string) string {
	_, declared, _ := strings.Cut(line, ": ")
	words := strings.FieldsFunc(declared, func(r rune) bool { return strings.ContainsRune(" (", r) })
	return words[min(1, len(words)-1)]
}

func TestNameIn(t *testing.T) {
	t.Parallel()
	lines := []string{
		"redistest: func New(t TB, opts ...Option) *Server", "redistest: type Option func(*settings)", "snapshot: type StreamID struct{ A uint64 }",
		"redistest: var ErrUnsupported",
	}
	var names []string
	for _, line := range lines {
		names = append(names, nameIn(line))
	}
	require.True(t, slices.Equal([]string{"New", "Option", "StreamID", "ErrUnsupported"}, names), names)
}
