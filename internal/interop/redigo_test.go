package interop_test

import (
	"context"
	"errors"
	"net/url"
	"time"

	"github.com/gomodule/redigo/redis"

	"github.com/compozy/rediskit/redistest"
)

type redigo struct{ pool *redis.Pool }

func connectRedigo(ctx context.Context, srv *redistest.Server) (client, error) {
	location, err := url.Parse(srv.URL())
	if err != nil {
		return nil, err
	}
	options := []redis.DialOption{redis.DialReadTimeout(time.Minute)}
	if tls := srv.Options().TLSConfig; tls != nil {
		options = append(options, redis.DialTLSConfig(tls))
	}
	dial := func(ctx context.Context) (redis.Conn, error) { return redis.DialURLContext(ctx, srv.URL(), options...) }
	if location.Scheme == "unix" { // which DialURL does not know
		password, _ := location.User.Password()
		options = append(options, redis.DialUsername(location.User.Username()), redis.DialPassword(password))
		dial = func(ctx context.Context) (redis.Conn, error) {
			return redis.DialContext(ctx, "unix", location.Path, options...)
		}
	}
	c := redigo{&redis.Pool{DialContext: dial, MaxActive: 20, MaxIdle: 20, Wait: true}}
	_, err = c.do(ctx, "PING")
	return c, err
}

// do runs one command on a connection of its own.
func (c redigo) do(ctx context.Context, command string, args ...any) (reply any, err error) {
	err = c.borrow(ctx, func(conn redis.Conn) error {
		reply, err = redis.DoContext(conn, ctx, command, args...)
		return err
	})
	return reply, err
}

func (c redigo) borrow(ctx context.Context, use func(redis.Conn) error) error {
	conn, err := c.pool.GetContext(ctx)
	if err != nil {
		return err
	}
	return errors.Join(use(conn), conn.Close())
}

func (c redigo) set(ctx context.Context, key, value string) error {
	_, err := c.do(ctx, "SET", key, value)
	return err
}

func (c redigo) get(ctx context.Context, key string) (string, error) {
	return redis.String(c.do(ctx, "GET", key))
}

func (c redigo) increments(ctx context.Context, key string, n int) ([]int64, error) {
	counts := make([]int64, n)
	err := c.borrow(ctx, func(conn redis.Conn) error {
		for range n {
			if err := conn.Send("INCR", key); err != nil {
				return err
			}
		}
		if err := conn.Flush(); err != nil {
			return err
		}
		for i := range counts {
			count, err := redis.Int64(redis.ReceiveContext(conn, ctx))
			if err != nil {
				return err
			}
			counts[i] = count
		}
		return nil
	})
	return counts, err
}

func (c redigo) addWatched(ctx context.Context, key string) error {
	return c.borrow(ctx, func(conn redis.Conn) error {
		for {
			if _, err := conn.Do("WATCH", key); err != nil {
				return err
			}
			n, err := redis.Int(conn.Do("GET", key))
			if err != nil {
				return err
			}
			if err := errors.Join(conn.Send("MULTI"), conn.Send("SET", key, n+1)); err != nil {
				return err
			}
			results, err := conn.Do("EXEC")
			if err != nil || results != nil {
				return err
			}
		}
	})
}

func (c redigo) run(ctx context.Context, source, key, arg string) (result string, err error) {
	err = c.borrow(ctx, func(conn redis.Conn) error {
		result, err = redis.String(redis.NewScript(1, source).DoContext(ctx, conn, key, arg))
		return err
	})
	return result, err
}

func (c redigo) subscribe(ctx context.Context, channel string) (subscription, error) {
	conn, err := c.pool.GetContext(ctx)
	if err != nil {
		return nil, err
	}
	pubsub := redis.PubSubConn{Conn: conn}
	if err := pubsub.Subscribe(channel); err != nil {
		return nil, err
	}
	_, ok := pubsub.ReceiveContext(ctx).(redis.Subscription)
	if !ok {
		return nil, errors.New("the subscription was not confirmed")
	}
	return redigoSubscription{pubsub}, nil
}

type redigoSubscription struct{ pubsub redis.PubSubConn }

func (s redigoSubscription) receive(ctx context.Context) (string, error) {
	switch received := s.pubsub.ReceiveContext(ctx).(type) {
	case redis.Message:
		return string(received.Data), nil
	case error:
		return "", received
	}
	return "", errors.New("no message")
}

func (s redigoSubscription) close(context.Context) error { return s.pubsub.Close() }

func (c redigo) publish(ctx context.Context, channel, message string) error {
	_, err := c.do(ctx, "PUBLISH", channel, message)
	return err
}

func (c redigo) push(ctx context.Context, list, value string) error {
	_, err := c.do(ctx, "RPUSH", list, value)
	return err
}

func (c redigo) pop(ctx context.Context, list string, timeout time.Duration) (string, bool, error) {
	reply, err := redis.Strings(c.do(ctx, "BLPOP", list, timeout.Seconds()))
	if errors.Is(err, redis.ErrNil) {
		return "", false, nil
	}
	if err != nil {
		return "", false, err
	}
	return reply[1], true, nil
}

func (c redigo) createGroup(ctx context.Context, stream, group string) error {
	_, err := c.do(ctx, "XGROUP", "CREATE", stream, group, "0", "MKSTREAM")
	return err
}

func (c redigo) addEntry(ctx context.Context, stream string, fields map[string]string) (string, error) {
	return redis.String(c.do(ctx, "XADD", redis.Args{}.Add(stream, "*").AddFlat(fields)...))
}

func (c redigo) readGroup(ctx context.Context, stream, group, consumer string) (entry, error) {
	streams, err := redis.Values(c.do(ctx, "XREADGROUP", "GROUP", group, consumer, "COUNT", 1, "BLOCK", 60_000, "STREAMS", stream, ">"))
	if err != nil {
		return entry{}, err
	}
	var pair, entries, first []any
	if pair, err = redis.Values(streams[0], nil); err != nil {
		return entry{}, err
	}
	if entries, err = redis.Values(pair[1], nil); err != nil {
		return entry{}, err
	}
	if first, err = redis.Values(entries[0], nil); err != nil {
		return entry{}, err
	}
	id, err := redis.String(first[0], nil)
	if err != nil {
		return entry{}, err
	}
	fields, err := redis.StringMap(first[1], nil)
	return entry{id, fields}, err
}

func (c redigo) acknowledge(ctx context.Context, stream, group, id string) error {
	_, err := c.do(ctx, "XACK", stream, group, id)
	return err
}

func (c redigo) close() error { return c.pool.Close() }
