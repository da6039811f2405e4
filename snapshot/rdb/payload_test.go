package rdb_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/compozy/rediskit/internal/keyspacetest"
	"github.com/compozy/rediskit/snapshot"
	"github.com/compozy/rediskit/snapshot/rdb"
)

// generated is a keyspace of one database with all that a redis-server of version 7.0 can hold.
func generated(seed uint64, keys int) *snapshot.Snapshot {
	return keyspacetest.Generate(rand.New(rand.NewPCG(seed, 0)), keys, keyspacetest.Options{Databases: 1, Counters: true})
}

func TestRestoreTakesPayloads(t *testing.T) {
	t.Parallel()
	want, client := generated(1, 600), realServer(t)
	_, err := client.Pipelined(t.Context(), func(p redis.Pipeliner) error {
		for key := range want.Keys(0) {
			payload, err := rdb.EncodeValue(key.Value)
			if err != nil {
				return err
			}
			p.Restore(t.Context(), key.Name, key.TTL, string(payload))
		}
		return nil
	})
	require.NoError(t, err)
	requireSame(t, want, capture(t, snapshot.Of(client)))
}

func TestDumpMakesPayloads(t *testing.T) {
	t.Parallel()
	client := realServer(t)
	require.NoError(t, snapshot.Restore(t.Context(), snapshot.Of(client), generated(2, 600)))
	want := capture(t, snapshot.Of(client))
	var got snapshot.Builder
	for key := range want.Keys(0) {
		payload, err := client.Dump(t.Context(), key.Name).Bytes()
		require.NoError(t, err)
		key.Value, err = rdb.DecodeValue(payload)
		require.NoError(t, err)
		got.Set(0, key)
	}
	require.Empty(t, snapshot.Diff(want, got.Snapshot()))
}

func TestPayloadsAreReadAgain(t *testing.T) {
	t.Parallel()
	at := rdb.At(time.UnixMilli(1_700_000_000_000))
	want := keyspacetest.Generate(rand.New(rand.NewPCG(3, 0)), 600, keyspacetest.Options{Counters: true, FieldTTLs: true})
	var got snapshot.Builder
	for key := range want.Keys(0) {
		payload, err := rdb.EncodeValue(key.Value, at, rdb.Version(12))
		require.NoError(t, err)
		key.Value, err = rdb.DecodeValue(payload, at)
		require.NoError(t, err)
		got.Set(0, key)
	}
	require.Empty(t, snapshot.Diff(want, got.Snapshot()))
}

func TestBadPayloads(t *testing.T) {
	t.Parallel()
	good, err := rdb.EncodeValue(snapshot.NewList("a", "b"))
	require.NoError(t, err)
	requireReason := func(reason error, payload []byte) {
		t.Helper()
		_, err := rdb.DecodeValue(payload)
		var located *rdb.Error
		require.ErrorAs(t, err, &located)
		require.ErrorIs(t, err, reason)
	}
	requireReason(rdb.ErrFormat, nil)
	requireReason(rdb.ErrFormat, good[:len(good)/2])
	for i := range good {
		changed := append([]byte(nil), good...)
		changed[i] ^= 0x40
		_, err := rdb.DecodeValue(changed)
		assert.Error(t, err, "byte %d", i)
	}
	requireReason(rdb.ErrModule, payloadOf(7, 0x81, 0, 0, 0, 0, 0, 0, 0, 1, 0))
	_, err = rdb.DecodeValue(payloadOf(1, 0))
	require.ErrorContains(t, err, "a collection without elements")
	_, err = rdb.DecodeValue(payloadOf(1, 1, 1, 'a', 'b'))
	require.ErrorContains(t, err, "decode payload: byte 4: 1 bytes are left over")
}

func TestWhatCannotBeEncoded(t *testing.T) {
	t.Parallel()
	_, err := rdb.EncodeValue(snapshot.NewHash(snapshot.Field{Name: "f", TTL: time.Second}))
	require.ErrorIs(t, err, rdb.ErrFieldTTLs)
	_, err = rdb.EncodeValue(snapshot.NewList())
	require.EqualError(t, err, "encode payload: a collection without elements")
	_, err = rdb.EncodeValue(snapshot.String(""), rdb.Version(9))
	require.EqualError(t, err, "encode payload: only the versions 10 to 12 can be written")
	_, err = rdb.EncodeValue(nil)
	require.EqualError(t, err, "encode payload: <nil> is no value")
	_, err = rdb.EncodeValue((*snapshot.Stream)(nil))
	require.EqualError(t, err, "encode payload: *snapshot.Stream is no value")
}
