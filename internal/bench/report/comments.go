package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"
)

// readComments returns what the benchmarks in a folder say of themselves, by their names without "Benchmark".
func readComments(folder string) (map[string]string, error) {
	paths, err := filepath.Glob(filepath.Join(folder, "*_test.go"))
	if err != nil {
		return nil, fmt.Errorf("read comments: %w", err)
	}
	comments := map[string]string{}
	for _, path := range paths {
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ParseComments)
		if err != nil {
			return nil, fmt.Errorf("read comments: %w", err)
		}
		for _, declaration := range file.Decls {
			function, ok := declaration.(*ast.FuncDecl)
			if !ok || function.Doc == nil {
				continue
			}
			if name, ok := strings.CutPrefix(function.Name.Name, "Benchmark"); ok {
				comments[name] = strings.TrimPrefix(strings.Join(strings.Fields(function.Doc.Text()), " "), "Benchmark")
			}
		}
	}
	return comments, nil
}
