package shop

import (
	"context"
	"crypto/rand"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"
)

// slidingWindow keeps the times of a caller's calls in a sorted set. It goes by the clock of Redis, as those of the
// application's machines differ. The caller brings a name for each call, as two may come in the same millisecond.
//
// KEYS: the caller. ARGV: how many calls, in how many milliseconds, the name of this one.
// Returns: 1 or 0 for yes or no, how many calls are left, the milliseconds to wait for the next.
var slidingWindow = redis.NewScript(`
local key, limit, window, name = KEYS[1], tonumber(ARGV[1]), tonumber(ARGV[2]), ARGV[3]
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

redis.call('ZREMRANGEBYSCORE', key, '-inf', now - window)
local used = redis.call('ZCARD', key)
if used >= limit then
	local oldest = redis.call('ZRANGE', key, 0, 0, 'WITHSCORES')
	return {0, 0, oldest[2] + window - now}
end
redis.call('ZADD', key, now, name)
redis.call('PEXPIRE', key, window)
return {1, limit - used - 1, 0}
`)

// Decision is the answer to one call.
type Decision struct {
	Allowed    bool
	Remaining  int64         // how many more calls would be allowed now
	RetryAfter time.Duration // where this one was not: when the next one will be
}

// Limiter allows each caller a number of calls in any window of time. It is safe for concurrent use.
type Limiter struct {
	client redis.Scripter
	limit  int64
	window time.Duration
}

// NewLimiter returns a limiter of limit calls, at least 1, in each window, which is counted in whole milliseconds.
func NewLimiter(client redis.Scripter, limit int64, window time.Duration) *Limiter {
	return &Limiter{client: client, limit: limit, window: window}
}

// Allow decides on a call, and counts it if it is allowed. One EVALSHA does it, or an EVAL where Redis does not know the
// script yet.
func (l *Limiter) Allow(ctx context.Context, caller string) (Decision, error) {
	keys := []string{"calls:" + caller}
	reply, err := slidingWindow.Run(ctx, l.client, keys, l.limit, l.window.Milliseconds(), rand.Text()).Int64Slice()
	if err != nil {
		return Decision{}, fmt.Errorf("limit calls of %s: %w", caller, err)
	}
	if len(reply) != 3 {
		return Decision{}, fmt.Errorf("limit calls of %s: script returned %d values, not 3", caller, len(reply))
	}
	return Decision{
		Allowed:    reply[0] == 1,
		Remaining:  reply[1],
		RetryAfter: time.Duration(reply[2]) * time.Millisecond,
	}, nil
}
