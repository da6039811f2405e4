package snapshot_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/compozy/rediskit/snapshot"
)

// keyspace is a target in memory. Its times to live do not run.
type keyspace struct {
	mu     sync.Mutex
	holds  *snapshot.Snapshot
	before func(context.Context) error // each capture and each restore
}

func holding(t *testing.T, text string) *keyspace {
	t.Helper()
	return &keyspace{holds: decode(t, text)}
}

func (k *keyspace) Capture(ctx context.Context, opts ...snapshot.CaptureOption) (*snapshot.Snapshot, error) {
	if k.before != nil {
		if err := k.before(ctx); err != nil {
			return nil, err
		}
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.holds.Capture(ctx, opts...)
}

func (k *keyspace) Restore(ctx context.Context, s *snapshot.Snapshot, _ ...snapshot.RestoreOption) error {
	if k.before != nil {
		if err := k.before(ctx); err != nil {
			return err
		}
	}
	k.set(s)
	return nil
}

func (k *keyspace) set(s *snapshot.Snapshot) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.holds = s
}

// requireHolds compares what it holds with a text.
func (k *keyspace) requireHolds(t *testing.T, want string) {
	t.Helper()
	k.mu.Lock()
	defer k.mu.Unlock()
	require.Equal(t, want, encode(t, k.holds))
}

// memory is a store that keeps everything, and may be told to fail.
type memory struct {
	mu    sync.Mutex
	saved []snapshot.Generation
	holds map[int]*snapshot.Snapshot
	fail  error
	check func(*snapshot.Snapshot) // each one that is saved
}

func (m *memory) Save(_ context.Context, s *snapshot.Snapshot, captured time.Time) (snapshot.Generation, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.fail != nil {
		return snapshot.Generation{}, m.fail
	}
	if m.check != nil {
		m.check(s)
	}
	if m.holds == nil {
		m.holds = map[int]*snapshot.Snapshot{}
	}
	g := snapshot.Generation{Number: len(m.holds) + 1, Captured: captured, Keys: s.Len(), Size: 1}
	m.holds[g.Number] = s
	m.saved = append([]snapshot.Generation{g}, m.saved...)
	return g, nil
}

func (m *memory) Latest(ctx context.Context) (*snapshot.Snapshot, snapshot.Generation, error) {
	list, err := m.List(ctx)
	if err != nil || len(list) == 0 {
		return nil, snapshot.Generation{}, snapshot.ErrNoSnapshot
	}
	return m.Open(ctx, list[0].Number)
}

func (m *memory) List(context.Context) ([]snapshot.Generation, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.saved, nil
}

func (m *memory) Open(_ context.Context, number int) (*snapshot.Snapshot, snapshot.Generation, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, g := range m.saved {
		if g.Number == number {
			return m.holds[number], g, nil
		}
	}
	return nil, snapshot.Generation{}, snapshot.ErrNoSnapshot
}

func (m *memory) failing(err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.fail = err
}

// forget is somebody who removes everything.
func (m *memory) forget() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.saved = nil
}

func (m *memory) count() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(m.saved)
}

func manage(t *testing.T, source snapshot.Source, store snapshot.Store, opts ...snapshot.ManagerOption) *snapshot.Manager {
	t.Helper()
	m, err := snapshot.NewManager(t.Context(), source, store, opts...)
	require.NoError(t, err)
	return m
}

func openStore(t *testing.T, folder string, opts ...snapshot.FileStoreOption) *snapshot.FileStore {
	t.Helper()
	store, err := snapshot.OpenFileStore(folder, opts...)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, store.Close()) })
	return store
}

// standing is a clock that stands at a moment until it is set.
type standing struct {
	mu sync.Mutex
	at time.Time
}

func clockAt(at time.Time) *standing { return &standing{at: at} }

func (c *standing) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *standing) advance(by time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(by)
}
