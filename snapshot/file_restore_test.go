package snapshot

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func damage(t *testing.T, folder, name string) {
	t.Helper()
	path := filepath.Join(folder, name)
	require.NoError(t, os.WriteFile(path, []byte(strings.Replace(fileText(t, path), "number", "Number", 1)), 0o600))
}

func TestCorruptFilesAreKeptForEver(t *testing.T) {
	t.Parallel()
	folder := filled(t, 3)
	damage(t, folder, "00000003.redis")
	damage(t, folder, "00000001.redis")
	var found []*CorruptError
	store := opened(t, folder, Keep(1), OnCorrupt(func(c *CorruptError) { found = append(found, c) }))
	s, g, err := store.Latest(t.Context())
	require.NoError(t, err)
	require.Equal(t, 2, g.Number)
	require.Equal(t, 2, requireNumbered(t, s))
	path := filepath.Join(folder, "00000003.redis")
	require.Len(t, found, 1)
	require.EqualError(t, found[0], path+" is corrupt: its contents do not match its checksum; it is kept as "+path+".corrupt")

	// The other one was not looked at, but must not be removed either.
	for n := 4; n <= 9; n++ {
		g, err := store.Save(t.Context(), numbered(n), time.UnixMilli(1))
		require.NoError(t, err)
		require.Equal(t, n, g.Number)
	}
	require.Equal(t, []string{"00000001.redis", "00000003.redis.corrupt", "00000009.redis"}, fileNames(t, folder))
}

func TestCorruptFilesAreNotCounted(t *testing.T) {
	t.Parallel()
	folder := filled(t, 3)
	damage(t, folder, "00000003.redis")
	store := opened(t, folder, Keep(2))
	_, err := store.Save(t.Context(), numbered(4), time.UnixMilli(1))
	require.NoError(t, err)
	require.Equal(t, []string{"00000002.redis", "00000003.redis", "00000004.redis"}, fileNames(t, folder))
}

func TestNoneGood(t *testing.T) {
	t.Parallel()
	folder := filled(t, 2)
	damage(t, folder, "00000001.redis")
	damage(t, folder, "00000002.redis")
	ignore := OnCorrupt(func(*CorruptError) {})
	reading := opened(t, folder, ReadOnly(), ignore)
	_, _, err := reading.Latest(t.Context())
	require.ErrorIs(t, err, ErrNoneGood)
	require.Equal(t, []string{"00000001.redis", "00000002.redis"}, fileNames(t, folder), "reading changes nothing")

	store := opened(t, folder, ignore)
	for range 2 { // the second time they have been moved already
		_, _, err = store.Latest(t.Context())
		require.ErrorIs(t, err, ErrNoneGood)
		require.NotErrorIs(t, err, ErrNoSnapshot)
	}
	require.EqualError(t, err, "latest snapshot in "+folder+
		": no snapshot is left that can be read (see 00000001.redis.corrupt, 00000002.redis.corrupt)")
	g, err := store.Save(t.Context(), numbered(3), time.UnixMilli(1))
	require.NoError(t, err)
	require.Equal(t, 3, g.Number, "a number is never used twice")
	_, _, err = store.Latest(t.Context())
	require.NoError(t, err)
}

func TestACorruptFileNeverReplacesAnother(t *testing.T) {
	t.Parallel()
	folder := filled(t, 2)
	damage(t, folder, "00000002.redis")
	text := fileText(t, filepath.Join(folder, "00000002.redis"))
	require.NoError(t, os.WriteFile(filepath.Join(folder, "00000002.redis.corrupt"), []byte("another one"), 0o600))
	store := opened(t, folder, OnCorrupt(func(*CorruptError) {}))
	_, _, err := store.Latest(t.Context())
	require.NoError(t, err)
	require.Equal(t, "another one", fileText(t, filepath.Join(folder, "00000002.redis.corrupt")))
	require.Equal(t, text, fileText(t, filepath.Join(folder, "00000002.redis.corrupt-2")))
}

func TestSetAside(t *testing.T) {
	t.Parallel()
	folder := filled(t, 2)
	store := opened(t, folder, Keep(1))
	require.NoError(t, store.SetAside(t.Context()))
	_, _, err := store.Latest(t.Context())
	require.ErrorIs(t, err, ErrNoneGood)
	for n := 3; n <= 5; n++ {
		_, err := store.Save(t.Context(), numbered(n), time.UnixMilli(1))
		require.NoError(t, err)
	}
	require.Equal(t, []string{"00000001.redis.aside", "00000002.redis.aside", "00000005.redis"}, fileNames(t, folder))
}

// What cannot be read may be readable tomorrow.
func TestAnUnreadableFileIsNoCorruptOne(t *testing.T) {
	t.Parallel()
	folder := filled(t, 2)
	d := realDisk()
	readFile := d.readFile
	d.readFile = func(path string) ([]byte, error) {
		if strings.HasSuffix(path, "2.redis") {
			return nil, errBroken
		}
		return readFile(path)
	}
	store := opened(t, folder, Keep(1), withDisk(d))
	_, _, err := store.Latest(t.Context())
	require.ErrorIs(t, err, errBroken)
	_, err = store.Save(t.Context(), numbered(3), time.UnixMilli(1))
	require.NoError(t, err)
	require.Equal(t, []string{"00000002.redis", "00000003.redis"}, fileNames(t, folder))
}

func TestAFileOfANewerVersionIsNoCorruptOne(t *testing.T) {
	t.Parallel()
	folder := filled(t, 1)
	text := "# rediskit snapshot 2\n" + string(checksumLine(checksumOf([]byte("# rediskit snapshot 2\nwhatever there is\n")))) +
		"whatever there is\n"
	require.NoError(t, os.WriteFile(filepath.Join(folder, "00000002.redis"), []byte(text), 0o600))
	store := opened(t, folder, Keep(1))
	_, _, err := store.Latest(t.Context())
	require.ErrorIs(t, err, ErrNewerFormat)
	require.ErrorContains(t, err, "00000002.redis: the file has a format that only a newer version can read (rediskit snapshot 2)")
	for n := 3; n <= 4; n++ {
		_, err = store.Save(t.Context(), numbered(n), time.UnixMilli(1))
		require.NoError(t, err)
	}
	require.Equal(t, []string{"00000002.redis", "00000004.redis"}, fileNames(t, folder))
	list, err := store.List(t.Context())
	require.NoError(t, err)
	require.Equal(t, Generation{2, "00000002.redis", time.Time{}, 0, int64(len(text))}, list[1])
}
