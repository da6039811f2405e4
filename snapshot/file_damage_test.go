package snapshot

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// damaged walks a file with every bit flipped, every byte made another, and cut at every length.
func damaged(file []byte) func(yield func(string, []byte) bool) {
	return func(yield func(string, []byte) bool) {
		for i := range file {
			for _, flip := range []byte{1, 2, 4, 8, 16, 32, 64, 128, 255} {
				other := slices.Clone(file)
				other[i] ^= flip
				if !yield("flipped", other) {
					return
				}
			}
			if !yield("cut", file[:i]) || !yield("without one", slices.Delete(slices.Clone(file), i, i+1)) {
				return
			}
		}
		_ = yield("longer", append(slices.Clone(file), '\n')) && yield("twice", append(slices.Clone(file), file...))
	}
}

func TestAllDamageIsFound(t *testing.T) {
	t.Parallel()
	for name, opts := range map[string][]FileStoreOption{"plain": nil, "compressed": {Compressed()}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var found []*CorruptError
			folder := filled(t, 2, opts...)
			path := filepath.Join(folder, fileNames(t, folder)[1])
			file, err := os.ReadFile(path)
			require.NoError(t, err)
			store := opened(t, folder, OnCorrupt(func(c *CorruptError) { found = append(found, c) }))
			tried := 0
			for what, other := range damaged(file) {
				tried++
				require.NoError(t, os.WriteFile(path, other, privateFile))
				s, _, err := store.Open(t.Context(), 2)
				var corrupt *CorruptError
				require.ErrorAs(t, err, &corrupt, what)
				require.Nil(t, s)
				if tried%7 != 0 { // looking for the latest one renames files, which takes its time
					continue
				}
				found = nil
				s, g, err := store.Latest(t.Context())
				require.NoError(t, err)
				require.Equal(t, 1, g.Number)
				require.Equal(t, 1, requireNumbered(t, s))
				require.Len(t, found, 1)
				require.Equal(t, path, found[0].File)
				kept, err := os.ReadFile(found[0].MovedTo)
				require.NoError(t, err)
				require.Equal(t, other, kept)
				require.NoError(t, os.Remove(found[0].MovedTo))
			}
			t.Logf("%d bytes, damaged in %d ways, found every time", len(file), tried)

			require.NoError(t, os.WriteFile(path, file, privateFile))
			s, _, err := store.Latest(t.Context())
			require.NoError(t, err)
			require.Equal(t, 2, requireNumbered(t, s))
		})
	}
}

// FuzzStoreFile holds the reading of files to this: whatever there is, it ends, and only what a store has written is a
// snapshot. To come further than the checksum, one half of the files get a right one.
func FuzzStoreFile(f *testing.F) {
	for _, compressed := range []bool{false, true} {
		file, err := encodeFile(numbered(1), time.UnixMilli(1), compressed)
		require.NoError(f, err)
		_, content, _, err := unseal(file)
		require.NoError(f, err)
		f.Add(file, false, compressed)
		f.Add(content, true, compressed)
	}
	f.Fuzz(func(t *testing.T, file []byte, content, compressed bool) {
		if content {
			var err error
			file, err = header{captured: time.UnixMilli(1), keys: 2}.seal(file, compressed)
			require.NoError(t, err)
		}
		s, h, err := decodeFile("file", file)
		if err != nil {
			require.Nil(t, s)
			return
		}
		require.Equal(t, s.Len(), h.keys)
		again, err := encodeFile(s, h.captured, false)
		require.NoError(t, err)
		same, other, err := decodeFile("file", again)
		require.NoError(t, err)
		require.Equal(t, h, other)
		require.Empty(t, Diff(s, same))
		require.Equal(t, h, peek(again[:min(len(again), longestHeader)]))
	})
}
