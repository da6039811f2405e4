package interop_test

import (
	"context"
	"errors"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/compozy/rediskit/redistest"
)

type goRedis struct{ *redis.Client }

// connectGoRedis connects with nothing but the server's URL and what it trusts. What go-redis does by default, it does.
func connectGoRedis(protocol int) func(context.Context, *redistest.Server) (client, error) {
	return func(_ context.Context, srv *redistest.Server) (client, error) {
		o, err := redis.ParseURL(srv.URL())
		if err != nil {
			return nil, err
		}
		o.Protocol = protocol
		o.PoolSize = 20
		o.ReadTimeout = time.Minute // a busy machine is no failure
		if tls := srv.Options().TLSConfig; tls != nil {
			o.TLSConfig.RootCAs = tls.RootCAs
		}
		return goRedis{redis.NewClient(o)}, nil
	}
}

func (c goRedis) set(ctx context.Context, key, value string) error {
	return c.Set(ctx, key, value, 0).Err()
}

func (c goRedis) get(ctx context.Context, key string) (string, error) {
	return c.Get(ctx, key).Result()
}

func (c goRedis) increments(ctx context.Context, key string, n int) ([]int64, error) {
	replies := make([]*redis.IntCmd, n)
	_, err := c.Pipelined(ctx, func(pipe redis.Pipeliner) error {
		for i := range replies {
			replies[i] = pipe.Incr(ctx, key)
		}
		return nil
	})
	counts := make([]int64, n)
	for i, reply := range replies {
		counts[i] = reply.Val()
	}
	return counts, err
}

func (c goRedis) addWatched(ctx context.Context, key string) error {
	for {
		err := c.Watch(ctx, func(tx *redis.Tx) error {
			n, err := tx.Get(ctx, key).Int()
			if err != nil {
				return err
			}
			_, err = tx.TxPipelined(ctx, func(pipe redis.Pipeliner) error { return pipe.Set(ctx, key, n+1, 0).Err() })
			return err
		}, key)
		if !errors.Is(err, redis.TxFailedErr) {
			return err
		}
	}
}

func (c goRedis) run(ctx context.Context, source, key, arg string) (string, error) {
	return redis.NewScript(source).Run(ctx, c, []string{key}, arg).Text()
}

func (c goRedis) subscribe(ctx context.Context, channel string) (subscription, error) {
	pubsub := c.Subscribe(ctx, channel)
	_, err := pubsub.Receive(ctx)
	return goRedisSubscription{pubsub}, err
}

type goRedisSubscription struct{ pubsub *redis.PubSub }

func (s goRedisSubscription) receive(ctx context.Context) (string, error) {
	message, err := s.pubsub.ReceiveMessage(ctx)
	if err != nil {
		return "", err
	}
	return message.Payload, nil
}

func (s goRedisSubscription) close(context.Context) error { return s.pubsub.Close() }

func (c goRedis) publish(ctx context.Context, channel, message string) error {
	return c.Publish(ctx, channel, message).Err()
}

func (c goRedis) push(ctx context.Context, list, value string) error {
	return c.RPush(ctx, list, value).Err()
}

func (c goRedis) pop(ctx context.Context, list string, timeout time.Duration) (string, bool, error) {
	// BLPop of go-redis rounds the timeout up to a second.
	reply, err := c.Do(ctx, "BLPOP", list, strconv.FormatFloat(timeout.Seconds(), 'f', -1, 64)).StringSlice()
	if errors.Is(err, redis.Nil) {
		return "", false, nil
	}
	if err != nil {
		return "", false, err
	}
	return reply[1], true, nil
}

func (c goRedis) createGroup(ctx context.Context, stream, group string) error {
	return c.XGroupCreateMkStream(ctx, stream, group, "0").Err()
}

func (c goRedis) addEntry(ctx context.Context, stream string, fields map[string]string) (string, error) {
	return c.XAdd(ctx, &redis.XAddArgs{Stream: stream, Values: fields}).Result()
}

func (c goRedis) readGroup(ctx context.Context, stream, group, consumer string) (entry, error) {
	streams, err := c.XReadGroup(ctx, &redis.XReadGroupArgs{
		Group: group, Consumer: consumer, Streams: []string{stream, ">"}, Count: 1, Block: time.Minute,
	}).Result()
	if err != nil {
		return entry{}, err
	}
	message := streams[0].Messages[0]
	fields := map[string]string{}
	for name, value := range message.Values {
		fields[name], _ = value.(string)
	}
	return entry{message.ID, fields}, nil
}

func (c goRedis) acknowledge(ctx context.Context, stream, group, id string) error {
	return c.XAck(ctx, stream, group, id).Err()
}

func (c goRedis) close() error { return c.Close() }
