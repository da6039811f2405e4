package rdb_test

import (
	"bytes"
	"encoding/binary"
	"maps"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/compozy/rediskit/internal/keyspacetest"
	"github.com/compozy/rediskit/snapshot"
	"github.com/compozy/rediskit/snapshot/rdb"
)

// fuzzLimit keeps the inputs quick that become big.
const fuzzLimit = 4 << 20

// seedFiles are the files of the corpus, whole, cut off and changed, and those built byte by byte.
func seedFiles(f *testing.F) [][]byte {
	f.Helper()
	paths, err := filepath.Glob(filepath.Join(corpusFolder, "*.rdb"))
	require.NoError(f, err)
	files := [][]byte{expiring()}
	random := rand.New(rand.NewPCG(1, 2))
	for _, path := range paths {
		file := readFile(f, path)
		changed := bytes.Clone(file)
		for range 3 {
			changed[random.IntN(len(changed))] ^= byte(1 + random.IntN(255))
		}
		files = append(files, file, file[:random.IntN(len(file))], changed)
	}
	for _, value := range seedValues() {
		files = append(files, fileOf(12, int(value[0]), "key", value[1:]))
	}
	return files
}

func seedValues() [][]byte {
	var values [][]byte
	for _, made := range []map[string]handmade{handmadeValues(), handmadeStreams()} {
		for _, name := range slices.Sorted(maps.Keys(made)) {
			values = append(values, made[name].value)
		}
	}
	hostile := hostileValues()
	for _, name := range slices.Sorted(maps.Keys(hostile)) {
		values = append(values, hostile[name].value)
	}
	return values
}

// FuzzDecode holds Decode to this: it ends, in an [rdb.Error] or in what it reads again from what Encode writes.
func FuzzDecode(f *testing.F) {
	for _, file := range seedFiles(f) {
		f.Add(file)
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		at := rdb.At(time.UnixMilli(moment))
		s, err := rdb.Decode(bytes.NewReader(withoutSum(file)), at, rdb.MemoryLimit(fuzzLimit))
		if err != nil {
			requireLocated(t, err, len(file))
			return
		}
		requireStable(t, s)
	})
}

// withoutSum puts zeros in place of the checksum, which stand for none: else hardly an input got as far as the end.
func withoutSum(file []byte) []byte {
	file = bytes.Clone(file)
	if n := len(file); n > 9+8 && string(file[5:9]) >= "0005" {
		clear(file[n-8:])
	}
	return file
}

// FuzzDecodeValue holds DecodeValue to the same.
func FuzzDecodeValue(f *testing.F) {
	for _, value := range seedValues() {
		f.Add(value)
	}
	f.Fuzz(func(t *testing.T, value []byte) {
		at := rdb.At(time.UnixMilli(moment))
		decoded, err := rdb.DecodeValue(payloadOf(value), at, rdb.MemoryLimit(fuzzLimit))
		if err != nil {
			requireLocated(t, err, len(value)+10)
			return
		}
		requireStable(t, single(decoded))
	})
}

// FuzzRoundTrip holds Encode to this: what it writes is read as the same, whatever there is.
func FuzzRoundTrip(f *testing.F) {
	f.Add(uint64(1), uint8(6), uint8(1), true, true)
	f.Add(uint64(2), uint8(60), uint8(16), false, true)
	f.Add(uint64(3), uint8(0), uint8(0), true, false)
	f.Fuzz(func(t *testing.T, seed uint64, keys, databases uint8, fieldTTLs, counters bool) {
		options := keyspacetest.Options{Databases: int(databases), FieldTTLs: fieldTTLs, Counters: counters}
		s := keyspacetest.Generate(rand.New(rand.NewPCG(seed, 0)), int(keys), options)
		requireStable(t, s)
	})
}

func requireLocated(t *testing.T, err error, length int) {
	t.Helper()
	var located *rdb.Error
	require.ErrorAs(t, err, &located)
	require.GreaterOrEqual(t, located.Offset, int64(0))
	require.LessOrEqual(t, located.Offset, int64(length))
	require.NotEmpty(t, located.Error())
}

// requireStable holds where encoding and decoding change nothing, of the whole and of each value.
func requireStable(t *testing.T, s *snapshot.Snapshot) {
	t.Helper()
	at, version := rdb.At(time.UnixMilli(moment)), rdb.Version(12)
	file := encode(t, s, at, version)
	again := decode(t, file, at, rdb.MemoryLimit(-1))
	require.Empty(t, snapshot.Diff(s, again))
	require.Equal(t, s.Len(), again.Len())
	require.Equal(t, file, encode(t, again, at, version))
	for _, db := range s.Databases() {
		for key := range s.Keys(db) {
			payload, err := rdb.EncodeValue(key.Value, at, version)
			require.NoError(t, err)
			require.Equal(t, uint16(12), binary.LittleEndian.Uint16(payload[len(payload)-10:]))
			value, err := rdb.DecodeValue(payload, at, rdb.MemoryLimit(-1))
			require.NoError(t, err)
			require.Empty(t, diffValues(key.Value, value))
		}
	}
}
