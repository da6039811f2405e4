package surface_test

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/printer"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/compozy/rediskit/internal/config"
)

const (
	root = "../.."
	list = "testdata/surface.txt"
)

// TestTheSurfaceIsAsListed compares what the packages export with the list.
func TestTheSurfaceIsAsListed(t *testing.T) {
	t.Parallel()
	var lines []string
	for _, folder := range publicPackages(t) {
		lines = append(lines, exported(t, folder)...)
	}
	got := strings.Join(lines, "\n") + "\n"
	if env := config.ReadEnv(); env.Update && !env.CI {
		require.NoError(t, os.WriteFile(list, []byte(got), 0o600))
	}
	want, err := os.ReadFile(list)
	require.NoError(t, err)
	require.Equal(t, string(want), got, "to accept it: REDISTEST_UPDATE=1 go test ./internal/surface")
}

// ofHidden matches methods of types that are not exported.
var ofHidden = regexp.MustCompile(`^func \((\w+ )?\*?[a-z]\w*\)`)

// publicPackages are the folders with packages that others can import.
func publicPackages(t *testing.T) []string {
	t.Helper()
	var folders []string
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && path != root && (entry.Name() == "internal" || entry.Name() == "testdata" || entry.Name()[0] == '.'):
			return fs.SkipDir
		case strings.HasSuffix(path, ".go") && !slices.Contains(folders, filepath.Dir(path)):
			folders = append(folders, filepath.Dir(path))
		}
		return nil
	})
	require.NoError(t, err)
	return folders
}

// exported lists the names of one package, a line each, with what they are.
func exported(t *testing.T, folder string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(folder, "*.go"))
	require.NoError(t, err)
	title, err := filepath.Rel(root, folder)
	require.NoError(t, err)
	var lines []string
	for _, path := range files {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		positions := token.NewFileSet()
		file, err := parser.ParseFile(positions, path, nil, 0)
		require.NoError(t, err)
		ast.FileExports(file)
		for _, decl := range file.Decls {
			for _, line := range declared(t, positions, decl) {
				lines = append(lines, filepath.ToSlash(title)+": "+line)
			}
		}
	}
	slices.Sort(lines)
	return lines
}

// declared is what one declaration exports.
func declared(t *testing.T, positions *token.FileSet, decl ast.Decl) []string {
	t.Helper()
	show := func(node any) string {
		var text bytes.Buffer
		require.NoError(t, printer.Fprint(&text, positions, node))
		return strings.Join(strings.Fields(text.String()), " ")
	}
	switch decl := decl.(type) {
	case *ast.FuncDecl:
		decl.Body = nil
		if line := show(decl); !ofHidden.MatchString(line) {
			return []string{line}
		}
		return nil
	case *ast.GenDecl:
		var lines []string
		for _, spec := range decl.Specs {
			switch spec := spec.(type) {
			case *ast.TypeSpec:
				lines = append(lines, "type "+show(spec))
			case *ast.ValueSpec:
				for _, name := range spec.Names {
					lines = append(lines, decl.Tok.String()+" "+name.Name)
				}
			}
		}
		return lines
	default:
		return nil
	}
}
