package conformance_test

import (
	"context"
	"net"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/compozy/rediskit/redistest"
)

// ticking sets the clock of an embedded server before each command: to the millisecond, in which Redis counts, so that a
// time to live is the same however often it is computed.
type ticking struct{ srv *redistest.Server }

func (h ticking) tick() { h.srv.Miniredis().SetTime(time.Now().Truncate(time.Millisecond)) }

func (h ticking) DialHook(next redis.DialHook) redis.DialHook {
	return func(ctx context.Context, network, addr string) (net.Conn, error) { return next(ctx, network, addr) }
}

func (h ticking) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, command redis.Cmder) error {
		h.tick()
		return next(ctx, command)
	}
}

func (h ticking) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return func(ctx context.Context, commands []redis.Cmder) error {
		h.tick()
		return next(ctx, commands)
	}
}
