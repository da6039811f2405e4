package rdb_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/compozy/rediskit/snapshot"
	"github.com/compozy/rediskit/snapshot/rdb"
)

// expiring was written at moment - 10 s. It has keys that expire 5 s before moment, at it and 5 s after it.
func expiring() []byte {
	return fileOf(12, 250, "ctime", "1699999990",
		252, little(8, moment-5000), 0, "before", "v",
		252, little(8, moment), 0, "at", "v",
		253, little(4, moment/1000+5), 0, "after", "v",
		252, little(8, -1), 0, "never", "v",
		24, "hash", little(8, moment-5000), 2, 1, "f", "v", 10_001>>8|0x40, 10_001&0xff, "g", "v",
		24, "gone", little(8, moment-5000), 1, 1, "f", "v",
	)
}

func describe(t *testing.T, s *snapshot.Snapshot) string {
	t.Helper()
	var text strings.Builder
	require.NoError(t, snapshot.Encode(&text, s))
	return text.String()
}

func TestTimesToLive(t *testing.T) {
	t.Parallel()
	now := rdb.At(time.UnixMilli(moment))
	for name, test := range map[string]struct {
		opts []rdb.DecodeOption
		want string
	}{
		"at a moment": {[]rdb.DecodeOption{now}, `
SELECT 0
SET after v
PEXPIRE after 5000
SET at v
PEXPIRE at 1
HSET hash g v
HPEXPIRE hash 5000 FIELDS 1 g
SET never v
`},
		"at a moment, with what has expired": {[]rdb.DecodeOption{now, rdb.KeepExpired(time.Minute)}, `
SELECT 0
SET after v
PEXPIRE after 5000
SET at v
PEXPIRE at 1
SET before v
PEXPIRE before 60000
HSET gone f v
HPEXPIRE gone 60000 FIELDS 1 f
HSET hash f v
HSET hash g v
HPEXPIRE hash 60000 FIELDS 1 f
HPEXPIRE hash 5000 FIELDS 1 g
SET never v
`},
		"at its creation": {[]rdb.DecodeOption{rdb.AtCreation(), rdb.Only(snapshot.Except("hash"), snapshot.Except("gone"))}, `
SELECT 0
SET after v
PEXPIRE after 15000
SET at v
PEXPIRE at 10000
SET before v
PEXPIRE before 5000
SET never v
`},
		"today, with what has expired, for ever": {[]rdb.DecodeOption{rdb.KeepExpired(0), rdb.Only(snapshot.Match("a*"))}, `
SELECT 0
SET after v
SET at v
`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, strings.TrimPrefix(test.want, "\n"), describe(t, decode(t, expiring(), test.opts...)))
		})
	}
}

func TestFilesWithoutATimeOfCreation(t *testing.T) {
	t.Parallel()
	lasting := fileOf(3, 0, "k", "v")
	assert.Equal(t, 1, decode(t, lasting, rdb.AtCreation()).Len())

	_, err := rdb.Decode(bytes.NewReader(fileOf(3, 253, 0, 0, 0, 1, 0, "k", "v")), rdb.AtCreation())
	require.ErrorIs(t, err, rdb.ErrNoCreationTime)
	_, err = rdb.Decode(bytes.NewReader(fileOf(12, 24, "k", little(8, moment), 1, 1, "f", "v")), rdb.AtCreation())
	require.ErrorIs(t, err, rdb.ErrNoCreationTime)
}

func TestOnly(t *testing.T) {
	t.Parallel()
	file := fileOf(3, 254, 0, 0, "user:1", "v", 0, "cache:1", "v", 254, 3, 0, "user:2", "v", 0, "other", "v")
	assert.Equal(t, "SELECT 0\nSET user:1 v\nSELECT 3\nSET user:2 v\n", describe(t, decode(t, file, rdb.Only(snapshot.Match("user:*")))))
	assert.Equal(t, "SELECT 3\nSET user:2 v\n",
		describe(t, decode(t, file, rdb.Only(snapshot.Except("other")), rdb.Only(snapshot.Databases(3)))))
}

func TestMemoryLimit(t *testing.T) {
	t.Parallel()
	file := fileOf(3, 0, "k", 0x80, big(4, 100_000), make([]byte, 100_000))
	_, err := rdb.Decode(bytes.NewReader(file), rdb.MemoryLimit(100_000))
	require.ErrorIs(t, err, rdb.ErrMemoryLimit)
	assert.Equal(t, 1, decode(t, file, rdb.MemoryLimit(101_000)).Len())
	assert.Zero(t, decode(t, file, rdb.MemoryLimit(100_001), rdb.Only(snapshot.Match("other"))).Len())
	_, err = rdb.DecodeValue(payloadOf(0, 0x80, big(4, 100_000), make([]byte, 100_000)), rdb.MemoryLimit(10_000))
	require.ErrorIs(t, err, rdb.ErrMemoryLimit)

	// Zeros that take 88 times as much memory as in the file, 44 MiB, have to be asked for.
	packed := append([]byte{0, 0}, bytes.Repeat([]byte{0xe0, 0xff, 0}, 175_000)...)
	bomb := fileOf(3, 0, "k", 0xc3, 0x80, big(4, int64(len(packed))), 0x80, big(4, 1+264*175_000), packed)
	_, err = rdb.Decode(bytes.NewReader(bomb))
	require.ErrorIs(t, err, rdb.ErrMemoryLimit)
	assert.Equal(t, 1, decode(t, bomb, rdb.MemoryLimit(-1)).Len())
}

func TestModulesAreSkipped(t *testing.T) {
	t.Parallel()
	const id = 0x8123_4567_89ab_cc03 - 1<<64
	parts := bytesOf(1, 5, 2, 0x81, big(8, -1), 3, little(4, 0), 4, little(8, 0), 5, "text", 5, 0xc0, 1, 0)
	file := fileOf(9,
		247, 0x81, big(8, id), parts,
		254, 2, 0, "before", "v",
		7, "module:1", 0x81, big(8, id), parts,
		0, "after", "v",
		252, little(8, 1), 7, "module:expired", 0x81, big(8, id), parts,
		1, "empty", 0,
	)
	got, err := rdb.Read(bytes.NewReader(file))
	require.NoError(t, err)
	assert.Equal(t, "SELECT 2\nSET after v\nSET before v\n", describe(t, got.Snapshot))
	require.Len(t, got.Skipped, 3)
	require.ErrorIs(t, got.Skipped[0].Reason, rdb.ErrModule)
	require.ErrorIs(t, got.Skipped[1].Reason, rdb.ErrModule)
	require.EqualError(t, got.Skipped[2].Reason, "a collection without elements")
	assert.False(t, got.Skipped[0].HasKey)
	assert.Equal(t, "module:1", got.Skipped[1].Key)
	assert.Equal(t, 2, got.Skipped[1].Database)
	assert.Equal(t, "empty", got.Skipped[2].Key)

	_, err = rdb.Decode(bytes.NewReader(file))
	require.ErrorIs(t, err, rdb.ErrModule)
	withoutAux := fileOf(9, 7, "module:1", 0x81, big(8, id), parts)
	_, err = rdb.Decode(bytes.NewReader(withoutAux))
	require.EqualError(t, err, "decode rdb: database 0: key module:1: byte 9: data of a module gSNFZ4mrz, version 3")
	assert.Zero(t, decode(t, withoutAux, rdb.Only(snapshot.Except("module:*"))).Len())
}

func TestEarlyFunctionsBecomeLoadable(t *testing.T) {
	t.Parallel()
	file, err := rdb.Read(bytes.NewReader(fileOf(10,
		246, "lib1", "LUA", 0, "redis.register_function('f', function() return 1 end)",
		246, "lib2", "LUA", 1, "what it is for", "redis.register_function('g', function() return 2 end)",
	)))
	require.NoError(t, err)
	client := realServer(t)
	for _, source := range file.Functions {
		require.NoError(t, client.FunctionLoad(t.Context(), source).Err())
	}
	answer, err := client.FCall(t.Context(), "g", nil).Int()
	require.NoError(t, err)
	assert.Equal(t, 2, answer)
}

func TestChecksums(t *testing.T) {
	t.Parallel()
	file := fileOf(5, 0, "k", "v")
	copy(file[len(file)-8:], make([]byte, 8))
	assert.Equal(t, 1, decode(t, file).Len(), "0 stands for none")
	file[len(file)-1] = 1
	_, err := rdb.Decode(bytes.NewReader(file))
	require.ErrorIs(t, err, rdb.ErrChecksum)
	assert.Equal(t, 1, decode(t, fileOf(4, 0, "k", "v")).Len(), "version 4 has none")
}

func TestWhatSurroundsKeysIsRead(t *testing.T) {
	t.Parallel()
	file := fileOf(12,
		250, "redis-ver", "8.0.2", 250, "redis-bits", 0xc0, 64,
		254, 0, 251, 2, 1, 244, 0x40, 100, 2, 0,
		249, 255, 0, "k", "v",
		248, 0x80, big(4, 1<<20), 0, "l", "w",
	)
	got, err := rdb.Read(bytes.NewReader(file))
	require.NoError(t, err)
	assert.Equal(t, []rdb.Aux{{Name: "redis-ver", Value: "8.0.2"}, {Name: "redis-bits", Value: "64"}}, got.Aux)
	assert.Equal(t, "SELECT 0\nSET k v\nSET l w\n", describe(t, got.Snapshot))
}
