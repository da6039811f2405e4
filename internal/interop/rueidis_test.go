package interop_test

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redis/rueidis"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/compozy/rediskit/redistest"
)

type rueidisClient struct{ rueidis.Client }

// connectRueidis connects without the client-side cache, which needs CLIENT TRACKING.
func connectRueidis(resp2 bool) func(context.Context, *redistest.Server) (client, error) {
	return func(_ context.Context, srv *redistest.Server) (client, error) {
		o, err := rueidis.ParseURL(srv.URL())
		if err != nil {
			return nil, err
		}
		o.DisableCache = true
		o.AlwaysRESP2 = resp2
		o.ForceSingleClient = true
		o.ConnWriteTimeout = time.Minute // a busy machine is no failure
		if tls := srv.Options().TLSConfig; tls != nil {
			o.TLSConfig.RootCAs = tls.RootCAs
		}
		c, err := rueidis.NewClient(o)
		return rueidisClient{c}, err
	}
}

func (c rueidisClient) set(ctx context.Context, key, value string) error {
	return c.Do(ctx, c.B().Set().Key(key).Value(value).Build()).Error()
}

func (c rueidisClient) get(ctx context.Context, key string) (string, error) {
	return c.Do(ctx, c.B().Get().Key(key).Build()).ToString()
}

func (c rueidisClient) increments(ctx context.Context, key string, n int) ([]int64, error) {
	commands := make(rueidis.Commands, n)
	for i := range commands {
		commands[i] = c.B().Incr().Key(key).Build()
	}
	counts := make([]int64, n)
	for i, reply := range c.DoMulti(ctx, commands...) {
		count, err := reply.AsInt64()
		if err != nil {
			return nil, err
		}
		counts[i] = count
	}
	return counts, nil
}

func (c rueidisClient) addWatched(ctx context.Context, key string) error {
	return c.Dedicated(func(conn rueidis.DedicatedClient) error {
		for {
			if err := conn.Do(ctx, conn.B().Watch().Key(key).Build()).Error(); err != nil {
				return err
			}
			n, err := conn.Do(ctx, conn.B().Get().Key(key).Build()).AsInt64()
			if err != nil {
				return err
			}
			replies := conn.DoMulti(ctx,
				conn.B().Multi().Build(),
				conn.B().Set().Key(key).Value(strconv.FormatInt(n+1, 10)).Build(),
				conn.B().Exec().Build(),
			)
			if err := replies[len(replies)-1].Error(); !rueidis.IsRedisNil(err) {
				return err
			}
		}
	})
}

func (c rueidisClient) run(ctx context.Context, source, key, arg string) (string, error) {
	return rueidis.NewLuaScript(source).Exec(ctx, c.Client, []string{key}, []string{arg}).ToString()
}

func (c rueidisClient) subscribe(ctx context.Context, channel string) (subscription, error) {
	s := &rueidisSubscription{client: c.Client, channel: channel, messages: make(chan string, 1), done: make(chan error, 1)}
	confirmed := make(chan struct{})
	ctx = rueidis.WithOnSubscriptionHook(ctx, func(event rueidis.PubSubSubscription) {
		if event.Kind == "subscribe" {
			close(confirmed)
		}
	})
	go func() {
		s.done <- c.Receive(ctx, c.B().Subscribe().Channel(channel).Build(), func(message rueidis.PubSubMessage) {
			s.messages <- message.Message
		})
	}()
	select {
	case <-confirmed:
		return s, nil
	case err := <-s.done:
		return nil, err
	}
}

type rueidisSubscription struct {
	client   rueidis.Client
	channel  string
	messages chan string
	done     chan error
}

func (s *rueidisSubscription) receive(ctx context.Context) (string, error) {
	select {
	case message := <-s.messages:
		return message, nil
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

func (s *rueidisSubscription) close(ctx context.Context) error {
	err := s.client.Do(ctx, s.client.B().Unsubscribe().Channel(s.channel).Build()).Error()
	return errors.Join(err, <-s.done)
}

func (c rueidisClient) publish(ctx context.Context, channel, message string) error {
	return c.Do(ctx, c.B().Publish().Channel(channel).Message(message).Build()).Error()
}

func (c rueidisClient) push(ctx context.Context, list, value string) error {
	return c.Do(ctx, c.B().Rpush().Key(list).Element(value).Build()).Error()
}

func (c rueidisClient) pop(ctx context.Context, list string, timeout time.Duration) (string, bool, error) {
	reply, err := c.Do(ctx, c.B().Blpop().Key(list).Timeout(timeout.Seconds()).Build()).AsStrSlice()
	if rueidis.IsRedisNil(err) {
		return "", false, nil
	}
	if err != nil {
		return "", false, err
	}
	return reply[1], true, nil
}

func (c rueidisClient) createGroup(ctx context.Context, stream, group string) error {
	return c.Do(ctx, c.B().XgroupCreate().Key(stream).Group(group).Id("0").Mkstream().Build()).Error()
}

func (c rueidisClient) addEntry(ctx context.Context, stream string, fields map[string]string) (string, error) {
	values := c.B().Xadd().Key(stream).Id("*").FieldValue()
	for name, value := range fields {
		values = values.FieldValue(name, value)
	}
	return c.Do(ctx, values.Build()).ToString()
}

func (c rueidisClient) readGroup(ctx context.Context, stream, group, consumer string) (entry, error) {
	command := c.B().Xreadgroup().Group(group, consumer).Count(1).Block(60_000).Streams().Key(stream).Id(">").Build()
	streams, err := c.Do(ctx, command).AsXRead()
	if err != nil {
		return entry{}, err
	}
	first := streams[stream][0]
	return entry{first.ID, first.FieldValues}, nil
}

func (c rueidisClient) acknowledge(ctx context.Context, stream, group, id string) error {
	return c.Do(ctx, c.B().Xack().Key(stream).Group(group).Id(id).Build()).Error()
}

func (c rueidisClient) close() error {
	c.Close()
	return nil
}

// TestRueidisSubscribesOnTheConnectionOfItsCommands has messages and replies come over one RESP3 connection: rueidis sends
// the commands of all goroutines over it, SUBSCRIBE among them.
func TestRueidisSubscribesOnTheConnectionOfItsCommands(t *testing.T) {
	t.Parallel()
	const goroutines, each = 20, 50
	srv := redistest.New(t)
	o, err := rueidis.ParseURL(srv.URL())
	require.NoError(t, err)
	o.DisableCache = true
	o.ForceSingleClient = true
	o.PipelineMultiplex = -1 // one connection
	single, err := rueidis.NewClient(o)
	require.NoError(t, err)
	t.Cleanup(single.Close)
	c := rueidisClient{single}

	before := connections(t, srv)
	news, err := c.subscribe(t.Context(), "news")
	require.NoError(t, err)
	require.Equal(t, before, connections(t, srv), "the subscription was to share the connection")
	var working sync.WaitGroup
	working.Go(func() {
		inParallel(goroutines, func(i int) {
			key := "key:" + strconv.Itoa(i)
			for j := range each {
				assert.NoError(t, c.set(t.Context(), key, strconv.Itoa(j)))
				assert.NoError(t, c.publish(t.Context(), "news", key))
				got, err := c.get(t.Context(), key)
				assert.NoError(t, err)
				assert.Equal(t, strconv.Itoa(j), got)
			}
		})
	})
	for range goroutines * each {
		message, err := news.receive(t.Context())
		require.NoError(t, err)
		require.Contains(t, message, "key:")
	}
	working.Wait()
	require.Equal(t, before, connections(t, srv))
	require.NoError(t, news.close(t.Context()))
	require.Empty(t, srv.Client().PubSubChannels(t.Context(), "*").Val())
}

// connections is how many the server has, but for those of its own client.
func connections(t *testing.T, srv *redistest.Server) int {
	t.Helper()
	list, err := srv.Client().ClientList(t.Context()).Result()
	require.NoError(t, err)
	n := 0
	for line := range strings.Lines(list) {
		if !strings.Contains(line, "addr=memory") {
			n++
		}
	}
	return n
}
