package shop

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/redis/go-redis/v9"
)

// promote moves jobs whose time has come, by the clock of Redis, to the end of the queue. It takes so many at once and no
// more, as Redis does nothing else meanwhile.
//
// KEYS: the jobs for later, the queue. ARGV: how many.
// Returns: how many it were.
var promote = redis.NewScript(`
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

local due = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now, 'LIMIT', 0, ARGV[1])
for _, text in ipairs(due) do
	local job = cjson.decode(text)
	redis.call('XADD', KEYS[2], '*', 'kind', job.kind, 'payload', job.payload)
	redis.call('ZREM', KEYS[1], text)
end
return #due
`)

// promoted is how many jobs are moved at once.
const promoted = 100

// scheduled is a job for later as it is kept, in a set: the ID tells it from others of the same kind.
type scheduled struct {
	ID      string `json:"id"`
	Kind    string `json:"kind"`
	Payload string `json:"payload"`
}

// Schedule holds jobs that are for later. It is safe for concurrent use, and there may be any number of them for a queue.
type Schedule struct {
	queue *Queue
}

// NewSchedule returns the schedule of a queue.
func NewSchedule(queue *Queue) *Schedule { return &Schedule{queue: queue} }

// Add has a job enqueued once delay has passed.
func (s *Schedule) Add(ctx context.Context, delay time.Duration, kind, payload string) error {
	job, err := json.Marshal(scheduled{ID: rand.Text(), Kind: kind, Payload: payload})
	if err != nil {
		return fmt.Errorf("schedule %s: %w", kind, err)
	}
	now, err := s.queue.client.Time(ctx).Result()
	if err != nil {
		return fmt.Errorf("schedule %s: %w", kind, err)
	}
	due := redis.Z{Score: float64(now.Add(delay).UnixMilli()), Member: job}
	if err := s.queue.client.ZAdd(ctx, s.laterSet(), due).Err(); err != nil {
		return fmt.Errorf("schedule %s: %w", kind, err)
	}
	return nil
}

// Promote enqueues the jobs whose time has come, the earliest first, and returns how many.
func (s *Schedule) Promote(ctx context.Context) (int, error) {
	keys := []string{s.laterSet(), s.queue.stream}
	for total := 0; ; {
		n, err := promote.Run(ctx, s.queue.client, keys, promoted).Int()
		total += n
		if err != nil {
			return total, fmt.Errorf("promote jobs of %s: %w", s.queue.stream, err)
		}
		if n < promoted {
			return total, nil
		}
	}
}

// Run promotes jobs at every tick of the clock until ctx ends, and then returns nil. An error is one of Redis's.
func (s *Schedule) Run(ctx context.Context, clock clockwork.Clock, every time.Duration) error {
	ticker := clock.NewTicker(every)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.Chan():
			if _, err := s.Promote(ctx); err != nil && ctx.Err() == nil {
				return err
			}
		}
	}
}

func (s *Schedule) laterSet() string { return s.queue.stream + ":later" }
