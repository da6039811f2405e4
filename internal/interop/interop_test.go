package interop_test

import (
	"context"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/compozy/rediskit/redistest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestValuesOfAnyBytes(t *testing.T) {
	t.Parallel()
	var all strings.Builder
	for i := range 256 {
		all.WriteByte(byte(i))
	}
	for _, pair := range pairs(variants()) {
		t.Run(pair.name, func(t *testing.T) {
			t.Parallel()
			_, c := pair.start(t)
			for _, value := range []string{"", "plain", "\r\n", "$-1\r\n", "été", all.String(), strings.Repeat(all.String(), 1000)} {
				require.NoError(t, c.set(t.Context(), "key\x00\r\n"+value, value))
				got, err := c.get(t.Context(), "key\x00\r\n"+value)
				require.NoError(t, err)
				require.Equal(t, value, got)
			}
		})
	}
}

func TestValuesOf16MiB(t *testing.T) {
	t.Parallel()
	value := strings.Repeat("0123456789abcde\n", 1<<20)
	for _, pair := range pairs(transports()) {
		t.Run(pair.name, func(t *testing.T) {
			t.Parallel()
			_, c := pair.start(t)
			require.NoError(t, c.set(t.Context(), "large", value))
			got, err := c.get(t.Context(), "large")
			require.NoError(t, err)
			require.True(t, got == value, "got %d bytes", len(got)) //nolint:testifylint // a difference would be printed
		})
	}
}

func TestPipelineOf10000Commands(t *testing.T) {
	t.Parallel()
	const n = 10_000
	for _, pair := range pairs(variants()) {
		t.Run(pair.name, func(t *testing.T) {
			t.Parallel()
			_, c := pair.start(t)
			counts, err := c.increments(t.Context(), "counter", n)
			require.NoError(t, err)
			require.Len(t, counts, n)
			for i, count := range counts {
				require.Equal(t, int64(i+1), count)
			}
		})
	}
}

func TestWatchedTransactionsLoseNothing(t *testing.T) {
	t.Parallel()
	const goroutines, each = 8, 10
	for _, pair := range pairs(variants()) {
		t.Run(pair.name, func(t *testing.T) {
			t.Parallel()
			_, c := pair.start(t)
			require.NoError(t, c.set(t.Context(), "sum", "0"))
			inParallel(goroutines, func(int) {
				for range each {
					assert.NoError(t, c.addWatched(t.Context(), "sum"))
				}
			})
			sum, err := c.get(t.Context(), "sum")
			require.NoError(t, err)
			require.Equal(t, strconv.Itoa(goroutines*each), sum)
		})
	}
}

func TestScriptsFallBackToTheirSource(t *testing.T) {
	t.Parallel()
	const source = `redis.call("APPEND", KEYS[1], ARGV[1]) return redis.call("GET", KEYS[1])`
	for _, pair := range pairs(variants()) {
		t.Run(pair.name, func(t *testing.T) {
			t.Parallel()
			srv, c := pair.start(t)
			want := ""
			run := func() {
				t.Helper()
				want += "\x00a"
				got, err := c.run(t.Context(), source, "key", "\x00a")
				require.NoError(t, err)
				require.Equal(t, want, got)
			}
			run() // unknown
			run() // known
			require.NoError(t, srv.Client().ScriptFlush(t.Context()).Err())
			run() // unknown again
		})
	}
}

func TestMessagesArriveInOrder(t *testing.T) {
	t.Parallel()
	const n = 1000
	for _, pair := range pairs(variants()) {
		t.Run(pair.name, func(t *testing.T) {
			t.Parallel()
			_, c := pair.start(t)
			news, err := c.subscribe(t.Context(), "news")
			require.NoError(t, err)
			var publishing sync.WaitGroup
			publishing.Go(func() {
				for i := range n {
					assert.NoError(t, c.publish(t.Context(), "news", "\r\n"+strconv.Itoa(i)))
				}
			})
			for i := range n {
				message, err := news.receive(t.Context())
				require.NoError(t, err)
				require.Equal(t, "\r\n"+strconv.Itoa(i), message)
			}
			publishing.Wait()
			require.NoError(t, news.close(t.Context()))
			require.NoError(t, c.set(t.Context(), "key", "value")) // the client is as good as before
		})
	}
}

func TestBlockingPopsAreHandedOver(t *testing.T) {
	t.Parallel()
	for _, pair := range pairs(variants()) {
		t.Run(pair.name, func(t *testing.T) {
			t.Parallel()
			srv, c := pair.start(t)
			_, found, err := c.pop(t.Context(), "jobs", 10*time.Millisecond)
			require.NoError(t, err)
			require.False(t, found)

			var popping sync.WaitGroup
			popping.Go(func() {
				value, found, err := c.pop(t.Context(), "jobs", time.Minute)
				assert.NoError(t, err)
				assert.True(t, found)
				assert.Equal(t, "job\x00", value)
			})
			waitUntilBlocked(t, srv)
			require.NoError(t, c.push(t.Context(), "jobs", "job\x00"))
			popping.Wait()
		})
	}
}

func TestGroupsReadStreams(t *testing.T) {
	t.Parallel()
	for _, pair := range pairs(variants()) {
		t.Run(pair.name, func(t *testing.T) {
			t.Parallel()
			srv, c := pair.start(t)
			require.NoError(t, c.createGroup(t.Context(), "orders", "workers"))
			want := entry{fields: map[string]string{"sku": "42\x00", "qty": "1"}}
			read := func() {
				got, err := c.readGroup(t.Context(), "orders", "workers", "w1")
				assert.NoError(t, err)
				assert.Equal(t, want.fields, got.fields)
				want.id = got.id
			}
			var reading sync.WaitGroup
			reading.Go(read)
			waitUntilBlocked(t, srv)
			id, err := c.addEntry(t.Context(), "orders", want.fields)
			require.NoError(t, err)
			reading.Wait()
			require.Equal(t, want.id, id)

			_, err = c.addEntry(t.Context(), "orders", want.fields)
			require.NoError(t, err)
			read()
			require.Equal(t, int64(2), srv.Client().XPending(t.Context(), "orders", "workers").Val().Count)
			require.NoError(t, c.acknowledge(t.Context(), "orders", "workers", id))
			require.Equal(t, int64(1), srv.Client().XPending(t.Context(), "orders", "workers").Val().Count)
		})
	}
}

func TestManyGoroutinesShareAClient(t *testing.T) {
	t.Parallel()
	const goroutines, each = 20, 20
	for _, pair := range pairs(variants()) {
		t.Run(pair.name, func(t *testing.T) {
			t.Parallel()
			_, c := pair.start(t)
			inParallel(goroutines, func(i int) {
				key := "key:" + strconv.Itoa(i)
				for j := range each {
					value := strings.Repeat(strconv.Itoa(j), 100)
					assert.NoError(t, c.set(t.Context(), key, value))
					got, err := c.get(t.Context(), key)
					assert.NoError(t, err)
					assert.Equal(t, value, got)
					_, err = c.increments(t.Context(), "sum", 5)
					assert.NoError(t, err)
				}
			})
			sum, err := c.get(t.Context(), "sum")
			require.NoError(t, err)
			require.Equal(t, strconv.Itoa(goroutines*each*5), sum)
		})
	}
}

// inParallel calls run in n goroutines, and waits for them.
func inParallel(n int, run func(i int)) {
	var running sync.WaitGroup
	for i := range n {
		running.Go(func() { run(i) })
	}
	running.Wait()
}

// waitUntilBlocked returns when a client of the server is inside a blocking command.
func waitUntilBlocked(t *testing.T, srv *redistest.Server) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for {
		clients, err := srv.Client().ClientList(ctx).Result()
		require.NoError(t, err)
		if strings.Contains(clients, "flags=b") {
			return
		}
	}
}
