package snapshot

import (
	"bytes"
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"
	"github.com/stretchr/testify/require"
)

func fileText(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	return string(text)
}

func TestAFileIsTextForAPerson(t *testing.T) {
	t.Parallel()
	folder := filled(t, 1)
	require.Equal(t, `# rediskit snapshot 1
# sha256 fae3967c51337001572998043fa79dbd9d3ced3b72ed8833366d851e3218c16a
# captured 1970-01-01T00:00:00.001Z
# keys 2
SELECT 0
SET number 1
PEXPIRE number 3600000
SELECT 3
RPUSH 'some list' a
RPUSH 'some list' b
RPUSH 'some list' "\x00\xff"
`, fileText(t, filepath.Join(folder, "00000001.redis")))
}

func TestACompressedFileIsOneOfZstd(t *testing.T) {
	t.Parallel()
	folder := filled(t, 1, Compressed())
	text := fileText(t, filepath.Join(folder, "00000001.redis.zst"))
	require.Contains(t, text, "# rediskit snapshot 1\n# sha256 ")
	decoder, err := zstd.NewReader(strings.NewReader(text))
	require.NoError(t, err)
	defer decoder.Close()
	s, err := Decode(decoder)
	require.NoError(t, err)
	require.Equal(t, 1, requireNumbered(t, s))

	store := opened(t, folder) // which would not compress
	s, _, err = store.Latest(t.Context())
	require.NoError(t, err)
	require.Equal(t, 1, requireNumbered(t, s))
}

func TestGenerationsAreKeptAndListed(t *testing.T) {
	t.Parallel()
	folder := filled(t, 5)
	require.Equal(t, []string{"00000003.redis", "00000004.redis", "00000005.redis"}, fileNames(t, folder))
	store := opened(t, folder, Keep(2))
	list, err := store.List(t.Context())
	require.NoError(t, err)
	size := int64(len(fileText(t, filepath.Join(folder, "00000005.redis"))))
	require.Equal(t, []Generation{
		{5, "00000005.redis", time.UnixMilli(5).UTC(), 2, size},
		{4, "00000004.redis", time.UnixMilli(4).UTC(), 2, size},
		{3, "00000003.redis", time.UnixMilli(3).UTC(), 2, size},
	}, list)

	s, g, err := store.Open(t.Context(), 4)
	require.NoError(t, err)
	require.Equal(t, list[1], g)
	require.Equal(t, 4, requireNumbered(t, s))
	_, _, err = store.Open(t.Context(), 2)
	require.ErrorIs(t, err, fs.ErrNotExist)
	require.ErrorContains(t, err, "snapshot 2 in "+folder)

	g, err = store.Save(t.Context(), &Snapshot{}, time.UnixMilli(6))
	require.NoError(t, err)
	require.Equal(t, "00000006.redis", g.Name)
	require.Equal(t, []string{"00000005.redis", "00000006.redis"}, fileNames(t, folder))
	s, g, err = store.Latest(t.Context())
	require.NoError(t, err)
	require.Equal(t, 6, g.Number)
	require.Zero(t, s.Len())
}

func TestFilesAreTheirOwnersOnly(t *testing.T) {
	t.Parallel()
	folder := filled(t, 1)
	for path, want := range map[string]fs.FileMode{
		folder: 0o700 | fs.ModeDir, filepath.Join(folder, "00000001.redis"): 0o600, filepath.Join(folder, lockFile): 0o600,
	} {
		info, err := os.Stat(path)
		require.NoError(t, err)
		require.Equal(t, want, info.Mode(), path)
	}
}

func TestOtherFilesAreLeftAlone(t *testing.T) {
	t.Parallel()
	folder := filled(t, 1)
	others := []string{"1.redis", "notes.txt", "00000002.rdb", "00000003.redis~", "x.redis.tmp", "-0000001.redis", "000000004.redis"}
	for _, name := range others {
		require.NoError(t, os.WriteFile(filepath.Join(folder, name), nil, 0o600))
	}
	require.NoError(t, os.Mkdir(filepath.Join(folder, "00000009.redis"), 0o700))
	store := opened(t, folder, Keep(1))
	for n := 2; n <= 3; n++ {
		g, err := store.Save(t.Context(), numbered(n), time.UnixMilli(1))
		require.NoError(t, err)
		require.Equal(t, n, g.Number)
	}
	for _, name := range others {
		require.Contains(t, fileNames(t, folder), name)
	}
}

func TestTemporariesAreRemovedWhenAFolderIsOpened(t *testing.T) {
	t.Parallel()
	folder := filled(t, 1)
	for _, name := range []string{"00000002.redis.tmp", "00000003.redis.zst.tmp", "00000000.redis.tmp"} {
		require.NoError(t, os.WriteFile(filepath.Join(folder, name), []byte("# redis"), 0o600))
	}
	reading := opened(t, folder, ReadOnly())
	_, _, err := reading.Latest(t.Context())
	require.NoError(t, err)
	require.Len(t, fileNames(t, folder), 4)
	opened(t, folder)
	require.Equal(t, []string{"00000001.redis"}, fileNames(t, folder))
}

func TestAnErrorInTheTextNamesFileAndLine(t *testing.T) {
	t.Parallel()
	for _, compressed := range []bool{false, true} {
		content := []byte("SET a b\nINCR c\n")
		want := "file:6:1: INCR c: " + ErrNotDeclarative.Error()
		if compressed {
			encoder, err := zstd.NewWriter(nil)
			require.NoError(t, err)
			content = encoder.EncodeAll(content, nil)
			want = "file:2:1: INCR c: " + ErrNotDeclarative.Error()
		}
		file, err := header{captured: time.UnixMilli(1), keys: 2}.seal(content, compressed)
		require.NoError(t, err)
		_, _, err = decodeFile("file", file)
		require.EqualError(t, err, want)
	}
	file, err := header{captured: time.UnixMilli(1), keys: 2}.seal([]byte("SET a b\n"), false)
	require.NoError(t, err)
	_, _, err = decodeFile("file", file)
	require.EqualError(t, err, "file is corrupt: it has 1 keys, and says 2")
	file, err = header{captured: time.UnixMilli(1), keys: 2}.seal([]byte("no zstd"), true)
	require.NoError(t, err)
	_, _, err = decodeFile("file", file)
	require.ErrorContains(t, err, "file: ")
}

func TestReadOnly(t *testing.T) {
	t.Parallel()
	folder := filled(t, 1)
	using := opened(t, folder)
	reading := opened(t, folder, ReadOnly())
	_, err := using.Save(t.Context(), numbered(2), time.UnixMilli(2))
	require.NoError(t, err)
	s, _, err := reading.Latest(t.Context())
	require.NoError(t, err)
	require.Equal(t, 2, requireNumbered(t, s))
	_, err = reading.Save(t.Context(), numbered(3), time.UnixMilli(3))
	require.ErrorIs(t, err, ErrReadOnly)
	require.ErrorIs(t, reading.SetAside(t.Context()), ErrReadOnly)

	missing := filepath.Join(t.TempDir(), "missing")
	_, err = OpenFileStore(missing, ReadOnly())
	require.ErrorIs(t, err, fs.ErrNotExist)
	require.NoDirExists(t, missing)
}

// A process that reads while another one saves finds something always.
func TestReadingWhileOldFilesAreRemoved(t *testing.T) {
	t.Parallel()
	folder := filled(t, 3)
	using := opened(t, folder, Keep(1))
	d := realDisk()
	removals := 0
	d.readFile = func(path string) ([]byte, error) {
		if removals < 5 {
			removals++
			_, err := using.Save(t.Context(), numbered(10+removals), time.UnixMilli(1))
			require.NoError(t, err)
		}
		return os.ReadFile(path)
	}
	reading := opened(t, folder, ReadOnly(), withDisk(d))
	s, _, err := reading.Latest(t.Context())
	require.NoError(t, err)
	require.Equal(t, 15, requireNumbered(t, s))
}

func TestOpenFileStoreRefuses(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	for name, test := range map[string]struct {
		folder string
		opts   []FileStoreOption
		want   string
	}{
		"no name":       {"", nil, "open snapshot store : the folder has no name"},
		"a file":        {file, nil, "open snapshot store " + file + ": mkdir " + file + ": not a directory"},
		"below a file":  {filepath.Join(file, "data"), nil, "not a directory"},
		"a file (read)": {file, []FileStoreOption{ReadOnly()}, "not a directory"},
		"nothing kept":  {t.TempDir(), []FileStoreOption{Keep(0)}, "0 generations are to be kept, and must be 1 at least"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			store, err := OpenFileStore(test.folder, test.opts...)
			require.Nil(t, store)
			require.ErrorContains(t, err, test.want)
		})
	}
}

func TestSaveRefuses(t *testing.T) {
	t.Parallel()
	folder := filled(t, 1)
	store := opened(t, folder)
	_, err := store.Save(t.Context(), numbered(2), time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC))
	require.EqualError(t, err, "save snapshot in "+folder+": the moment of the capture is not between the years 0 and 9999")
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = store.Save(ended, numbered(2), time.UnixMilli(2))
	require.ErrorIs(t, err, context.Canceled)
	require.Equal(t, []string{"00000001.redis"}, fileNames(t, folder))
}

// The end of a context while a file is being written leaves nothing behind.
func TestSaveGivesUpBeforeItIsTooLate(t *testing.T) {
	t.Parallel()
	folder := filled(t, 1)
	ctx, cancel := context.WithCancel(t.Context())
	d := realDisk()
	d.create = func(path string) (output, error) {
		if strings.Contains(path, "00000002") {
			cancel()
		}
		return realDisk().create(path)
	}
	store := opened(t, folder, withDisk(d))
	_, err := store.Save(ctx, numbered(2), time.UnixMilli(2))
	require.ErrorIs(t, err, context.Canceled)
	require.Equal(t, []string{"00000001.redis"}, fileNames(t, folder))
}

func TestAClosedStoreDoesNothing(t *testing.T) {
	t.Parallel()
	store := opened(t, filled(t, 1))
	require.NoError(t, store.Close())
	require.NoError(t, store.Close())
	_, errSave := store.Save(t.Context(), numbered(2), time.UnixMilli(2))
	_, _, errLatest := store.Latest(t.Context())
	_, _, errOpen := store.Open(t.Context(), 1)
	_, errList := store.List(t.Context())
	for _, err := range []error{errSave, errLatest, errOpen, errList, store.SetAside(t.Context())} {
		require.ErrorIs(t, err, os.ErrClosed)
	}
}

func TestAnEmptyStore(t *testing.T) {
	t.Parallel()
	store := opened(t, filepath.Join(t.TempDir(), "a", "b", "c"))
	_, _, err := store.Latest(t.Context())
	require.ErrorIs(t, err, ErrNoSnapshot)
	list, err := store.List(t.Context())
	require.NoError(t, err)
	require.Empty(t, list)
}

func TestOneAtATime(t *testing.T) {
	t.Parallel()
	folder := filled(t, 1)
	store := opened(t, folder)
	_, err := OpenFileStore(folder)
	var locked *LockedError
	require.ErrorAs(t, err, &locked)
	require.Equal(t, LockedError{Folder: folder, Holder: self()}, *locked)
	require.NoError(t, store.Close())
	opened(t, folder)
}

// The name of a holder that is gone is of no use.
func TestALockThatNamesNobody(t *testing.T) {
	t.Parallel()
	folder := filled(t, 1)
	opened(t, folder)
	require.NoError(t, os.Truncate(filepath.Join(folder, lockFile), 0))
	_, err := OpenFileStore(folder)
	require.EqualError(t, err, "open snapshot store "+folder+": "+folder+" is in use by another process")
}

func TestAHeaderIsWrittenInOneWayOnly(t *testing.T) {
	t.Parallel()
	h := header{captured: time.Date(2026, 1, 2, 3, 4, 5, 678_000_000, time.UTC), keys: 1}
	file, err := h.seal([]byte("SET a b\n"), false)
	require.NoError(t, err)
	_, _, _, err = unseal(file)
	require.NoError(t, err)
	for from, to := range map[string]string{
		"keys 1":         "keys 01",
		"05.678Z":        "05.6780Z",
		"snapshot 1\n":   "snapshot 01\n",
		"# captured":     "#captured",
		"# keys 1\n":     "",
		"03:04:05.678Z":  "05:04:05.678+02:00",
		"2026-01-02T03:": "yesterday, ",
		"# keys 1":       "# keys +1",
	} {
		title, rest, _ := bytes.Cut(bytes.Replace(file, []byte(from), []byte(to), 1), []byte("\n"))
		_, rest, _ = bytes.Cut(rest, []byte("\n"))
		title = append(title, '\n')
		resealed := bytes.Join([][]byte{title, checksumLine(checksumOf(title, rest)), rest}, nil)
		_, _, _, err = unseal(resealed)
		require.ErrorIs(t, err, errOtherHeader, to)
	}
}
