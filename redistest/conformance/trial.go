package conformance

import (
	"context"
	"crypto/rand"
	"errors"
	"io"
	"sync"
	"time"

	"github.com/onsi/ginkgo/v2"
	"github.com/onsi/gomega"
	"github.com/redis/go-redis/v9"
)

// patience bounds one wait within a spec: far above what a healthy server needs, below the limit of the spec.
const patience = 5 * time.Second

// trial is one run of one spec: assertions, a client, keys of its own. Its methods belong to the spec's goroutine.
type trial struct {
	gomega.Gomega
	redis.UniversalClient

	newClient func() redis.UniversalClient
	prefix    string
	keys      map[string]bool

	skipped bool

	mu      sync.Mutex
	closers []io.Closer
}

func newTrial(newClient func() redis.UniversalClient) *trial {
	t := &trial{
		newClient: newClient,
		// The braces keep the keys of a spec in one slot of a cluster.
		prefix: "conformance:{" + rand.Text() + "}:",
		keys:   map[string]bool{},
	}
	t.UniversalClient = t.anotherClient()
	return t
}

// skip ends the spec, which does not apply to this server or client.
func (t *trial) skip(reason string) {
	t.skipped = true
	ginkgo.Skip(reason, 2)
}

// key returns a key that no other spec uses, the same for the same name.
func (t *trial) key(name string) string {
	key := t.prefix + name
	t.keys[key] = true
	return key
}

// anotherClient returns a client besides that of the trial.
func (t *trial) anotherClient() redis.UniversalClient {
	client := t.newClient()
	t.closeLater(client)
	return client
}

// closeLater closes c at the end of the spec, or at its time limit.
func (t *trial) closeLater(c io.Closer) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.closers = append(t.closers, c)
}

// finish removes the keys of the spec as well as that is possible, and disconnects.
func (t *trial) finish(spec ginkgo.SpecContext) {
	if len(t.keys) > 0 {
		ctx, cancel := context.WithTimeout(spec, patience)
		defer cancel()
		defer context.AfterFunc(ctx, t.disconnect)()
		pipe := t.Pipeline()
		for key := range t.keys {
			pipe.Del(ctx, key)
		}
		if _, err := pipe.Exec(ctx); err != nil && !errors.Is(err, redis.ErrClosed) {
			ginkgo.GinkgoLogr.Info("keys of the spec may be left", "prefix", t.prefix, "reason", err.Error())
		}
	}
	t.disconnect()
}

// disconnect closes all connections, from any goroutine and any number of times. Errors of closing say nothing about
// the server.
func (t *trial) disconnect() {
	t.mu.Lock()
	closers := t.closers
	t.closers = nil
	t.mu.Unlock()
	for i := len(closers) - 1; i >= 0; i-- {
		_ = closers[i].Close()
	}
}

// eventually polls the given function until it passes, for as long as the trial has patience.
func (t *trial) eventually(ctx context.Context, poll any) gomega.AsyncAssertion {
	return t.Eventually(poll).WithContext(ctx).WithTimeout(patience).WithPolling(2 * time.Millisecond)
}
