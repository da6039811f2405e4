package surface_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestEverythingExportedIsInAnExample finds what users can call and no Example of its package calls: it is in need of one,
// or of no name in upper case.
func TestEverythingExportedIsInAnExample(t *testing.T) {
	t.Parallel()
	for _, folder := range publicPackages(t) {
		title, err := filepath.Rel(root, folder)
		require.NoError(t, err)
		t.Run(filepath.ToSlash(title), func(t *testing.T) {
			t.Parallel()
			shown := shownInExamples(t, folder)
			var missing []string
			for _, name := range callable(t, folder) {
				if !shown[name[strings.LastIndexByte(name, '.')+1:]] {
					missing = append(missing, name)
				}
			}
			require.Empty(t, missing, "in no Example")
		})
	}
}

// shownInExamples are all names that the Examples of a package mention, or functions of their files.
func shownInExamples(t *testing.T, folder string) map[string]bool {
	t.Helper()
	shown := map[string]bool{}
	for _, file := range parsed(t, folder, func(path string) bool { return strings.HasSuffix(path, "_test.go") }) {
		if !slices.ContainsFunc(file.Decls, isExample) {
			continue
		}
		ast.Inspect(file, func(node ast.Node) bool {
			if name, ok := node.(*ast.Ident); ok {
				shown[name.Name] = true
			}
			return true
		})
	}
	return shown
}

func isExample(decl ast.Decl) bool {
	fn, ok := decl.(*ast.FuncDecl)
	return ok && fn.Recv == nil && strings.HasPrefix(fn.Name.Name, "Example")
}

// ofTheLanguage are methods that are called by others than people.
var ofTheLanguage = []string{"Error", "Unwrap", "Is", "String"}

// callable are the functions, methods, constants and variables that a package exports.
func callable(t *testing.T, folder string) []string {
	t.Helper()
	var names []string
	for _, file := range parsed(t, folder, func(path string) bool { return !strings.HasSuffix(path, "_test.go") }) {
		ast.FileExports(file)
		for _, decl := range file.Decls {
			names = append(names, called(decl)...)
		}
	}
	slices.Sort(names)
	return names
}

func called(decl ast.Decl) []string {
	switch decl := decl.(type) {
	case *ast.FuncDecl:
		receiver := receiverName(decl)
		switch {
		case receiver == "":
			return []string{decl.Name.Name}
		case ast.IsExported(receiver) && !slices.Contains(ofTheLanguage, decl.Name.Name):
			return []string{receiver + "." + decl.Name.Name}
		}
	case *ast.GenDecl:
		var names []string
		for _, spec := range decl.Specs {
			if values, ok := spec.(*ast.ValueSpec); ok {
				for _, name := range values.Names {
					names = append(names, name.Name)
				}
			}
		}
		return names
	}
	return nil
}

// receiverName is the type that a function is a method of, "" if it is none.
func receiverName(fn *ast.FuncDecl) string {
	if fn.Recv == nil {
		return ""
	}
	of := fn.Recv.List[0].Type
	if pointer, ok := of.(*ast.StarExpr); ok {
		of = pointer.X
	}
	name, ok := of.(*ast.Ident)
	if !ok {
		return ""
	}
	return name.Name
}

// parsed are the files of a folder that are wanted.
func parsed(t *testing.T, folder string, wanted func(path string) bool) []*ast.File {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(folder, "*.go"))
	require.NoError(t, err)
	var files []*ast.File
	for _, path := range paths {
		if wanted(path) {
			file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
			require.NoError(t, err)
			files = append(files, file)
		}
	}
	return files
}
