package rdb_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/compozy/rediskit/snapshot"
	"github.com/compozy/rediskit/snapshot/rdb"
)

// corpusEnv names a folder of real files, X.rdb, and of what a redis-server of version 7.0 holds once it has loaded one,
// X.truth.json.
const corpusEnv = "RDB_CORPUS"

// corpus returns the files of that folder.
func corpus(t *testing.T) []string {
	t.Helper()
	folder := os.Getenv(corpusEnv)
	if folder == "" {
		t.Log(corpusEnv + " is not set: only the corpus in testdata/rdb is tested")
		return nil
	}
	if !filepath.IsAbs(folder) { // it is meant relative to the module
		folder = filepath.Join("..", "..", folder)
	}
	files, err := filepath.Glob(filepath.Join(folder, "*.rdb"))
	require.NoError(t, err)
	require.NotEmpty(t, files, "%s=%s", corpusEnv, folder)
	return files
}

func TestRealFilesAreReadAsRedisReadsThem(t *testing.T) {
	t.Parallel()
	for _, path := range corpus(t) {
		t.Run(filepath.Base(path), func(t *testing.T) {
			t.Parallel()
			content, err := os.ReadFile(path)
			require.NoError(t, err)
			at := rdb.At(time.Now())
			file, err := rdb.Read(bytes.NewReader(content), at)
			truth, noTruth := os.ReadFile(strings.TrimSuffix(path, ".rdb") + ".truth.json")
			if errors.Is(noTruth, os.ErrNotExist) {
				requireClear(t, file, err)
				return
			}
			require.NoError(t, noTruth)
			require.NoError(t, err)
			var want facts
			require.NoError(t, json.Unmarshal(truth, &want))
			require.Equal(t, want.normal(t), factsOf(file, time.Now()).normal(t))

			var again bytes.Buffer
			require.NoError(t, rdb.Encode(&again, file.Snapshot, at))
			decoded, err := rdb.Decode(&again, at)
			require.NoError(t, err)
			require.Empty(t, snapshot.Diff(file.Snapshot, decoded))
		})
	}
}

// requireClear holds for a file that a redis-server of version 7.0 does not load.
func requireClear(t *testing.T, file *rdb.File, err error) {
	t.Helper()
	if err != nil {
		var located *rdb.Error
		require.ErrorAs(t, err, &located)
		t.Log(err)
		return
	}
	t.Logf("version %d: %d keys, skipped %v", file.Version, file.Snapshot.Len(), file.Skipped)
}

// facts is what a truth file tells.
type facts struct {
	Databases map[string]map[string]fact `json:"dbs"`
	Functions [][]any                    `json:"functions"`
}

type fact struct {
	Type    string `json:"type"`
	Expires int64  `json:"pexpireat"` // in milliseconds of Unix time, -1 for never
	Value   any    `json:"value"`
}

// normal makes facts comparable: it keeps what a snapshot knows, too.
func (f facts) normal(t *testing.T) facts {
	t.Helper()
	if f.Databases == nil {
		f.Databases = map[string]map[string]fact{}
	}
	var libraries [][]any
	for _, library := range f.Functions {
		libraries = append(libraries, library[:2]) // its name
	}
	slices.SortFunc(libraries, func(a, b []any) int { return strings.Compare(a[1].(string), b[1].(string)) }) //nolint:forcetypeassert,errcheck // a test
	f.Functions = libraries
	for _, keys := range f.Databases {
		for name, key := range keys {
			switch key.Type {
			case "set", "hash":
				key.Value = sorted(t, key.Value)
			case "zset":
				key.Value = scored(t, key.Value)
			case "stream":
				key.Value = normalStream(t, key.Value)
			}
			keys[name] = key
		}
	}
	return f
}

func sorted(t *testing.T, value any) any {
	t.Helper()
	elements := slices.Clone(slice(t, value))
	slices.SortFunc(elements, func(a, b any) int { return strings.Compare(asJSON(t, a), asJSON(t, b)) })
	return elements
}

func scored(t *testing.T, value any) any {
	t.Helper()
	elements := slices.Clone(slice(t, value))
	for i := 1; i < len(elements); i += 2 {
		score, err := strconv.ParseFloat(elements[i].(string), 64) //nolint:forcetypeassert,errcheck // a test
		require.NoError(t, err)
		elements[i] = score
	}
	return elements
}

func normalStream(t *testing.T, value any) any {
	t.Helper()
	info := record(t, slice(t, value)[1])
	normal := map[string]any{"entries": slice(t, value)[0]}
	for _, name := range []string{"last-generated-id", "max-deleted-entry-id", "entries-added"} {
		normal[name] = info[name]
	}
	groups := map[string]any{}
	for _, pairs := range slice(t, info["groups"]) {
		group := record(t, pairs)
		var consumers []any
		for _, pairs := range slice(t, group["consumers"]) {
			consumers = append(consumers, record(t, pairs)["name"])
		}
		groups[group["name"].(string)] = map[string]any{ //nolint:forcetypeassert,errcheck // a test
			"last": group["last-delivered-id"], "read": group["entries-read"], "pending": group["pending"],
			"consumers": sorted(t, consumers),
		}
	}
	normal["groups"] = groups
	return asJSON(t, normal)
}

func slice(t *testing.T, value any) []any {
	t.Helper()
	if value == nil {
		return nil
	}
	elements, ok := value.([]any)
	require.True(t, ok, "%T", value)
	return elements
}

func record(t *testing.T, value any) map[string]any {
	t.Helper()
	pairs, fields := slice(t, value), map[string]any{}
	for i := 0; i+1 < len(pairs); i += 2 {
		fields[pairs[i].(string)] = pairs[i+1] //nolint:forcetypeassert,errcheck // a test
	}
	return fields
}

func asJSON(t *testing.T, value any) string {
	t.Helper()
	text, err := json.Marshal(value)
	require.NoError(t, err)
	return string(text)
}

// factsOf says of a file what a truth file says.
func factsOf(file *rdb.File, now time.Time) facts {
	f := facts{Databases: map[string]map[string]fact{}}
	name := regexp.MustCompile(`^#!\S+ name=(\S+)`)
	for _, source := range file.Functions {
		f.Functions = append(f.Functions, []any{"library_name", name.FindStringSubmatch(source)[1]})
	}
	for _, db := range file.Snapshot.Databases() {
		keys := map[string]fact{}
		for key := range file.Snapshot.Keys(db) {
			told := fact{Type: key.Value.Type(), Expires: -1, Value: valueFacts(key.Value)}
			if key.TTL > 0 {
				told.Expires = now.Add(key.TTL).UnixMilli()
			}
			keys[pythonText(key.Name)] = told
		}
		f.Databases[strconv.Itoa(db)] = keys
	}
	return f
}

func valueFacts(value snapshot.Value) any {
	var told []any
	switch value := value.(type) {
	case snapshot.String:
		return pythonText(string(value))
	case snapshot.List:
		for element := range value.All() {
			told = append(told, pythonText(element))
		}
	case snapshot.Set:
		for member := range value.All() {
			told = append(told, pythonText(member))
		}
	case snapshot.Hash:
		for field := range value.All() {
			told = append(told, []any{pythonText(field.Name), pythonText(field.Value)})
		}
	case snapshot.SortedSet:
		for m := range value.All() {
			told = append(told, pythonText(m.Name), strconv.FormatFloat(m.Score, 'g', -1, 64))
		}
	case *snapshot.Stream:
		return streamFacts(value)
	}
	return told
}

func streamFacts(s *snapshot.Stream) any {
	entries := []any{}
	for entry := range s.Entries() {
		words := []any{}
		for field, value := range entry.Fields() {
			words = append(words, pythonText(field), pythonText(value))
		}
		entries = append(entries, []any{entry.ID.String(), words})
	}
	groups := []any{}
	for g := range s.Groups() {
		pending, consumers := []any{}, []any{}
		for p := range g.Pending() {
			pending = append(pending, []any{p.ID.String(), pythonText(p.Consumer), p.Delivered.UnixMilli(), p.Count})
		}
		for consumer := range g.Consumers() {
			consumers = append(consumers, []any{"name", pythonText(consumer)})
		}
		group := []any{"name", pythonText(g.Name), "last-delivered-id", g.LastID.String(), "pending", pending, "consumers", consumers}
		if read, ok := g.EntriesRead(); ok {
			group = append(group, "entries-read", read)
		}
		groups = append(groups, group)
	}
	counters, _ := s.Counters()
	return []any{entries, []any{
		"last-generated-id", s.LastID().String(), "max-deleted-entry-id", counters.MaxDeletedID.String(),
		"entries-added", counters.EntriesAdded, "groups", groups,
	}}
}

// pythonText is what Python makes of bytes with the error handler backslashreplace.
func pythonText(s string) string {
	var text strings.Builder
	for i, r := range s {
		if r == utf8.RuneError && !strings.HasPrefix(s[i:], string(utf8.RuneError)) {
			text.WriteString(`\x` + strconv.FormatUint(uint64(s[i])|0x100, 16)[1:])
			continue
		}
		text.WriteRune(r)
	}
	return text.String()
}
