package conformance

import (
	"context"
	"time"

	"github.com/onsi/gomega"
	"github.com/onsi/gomega/types"
	"github.com/redis/go-redis/v9"
)

// command is a sent command whose reply is of type T.
type command[T any] interface {
	redis.Cmder
	Result() (T, error)
}

// returns asserts that a command succeeds with exactly this reply.
func returns[T any](t *trial, cmd command[T], want T) {
	got, err := cmd.Result()
	t.ExpectWithOffset(1, err).NotTo(gomega.HaveOccurred(), shown(cmd))
	t.ExpectWithOffset(1, got).To(gomega.Equal(want), shown(cmd))
}

// matches asserts that a command succeeds with a reply that satisfies the matcher.
func matches[T any](t *trial, cmd command[T], matcher types.GomegaMatcher) {
	got, err := cmd.Result()
	t.ExpectWithOffset(1, err).NotTo(gomega.HaveOccurred(), shown(cmd))
	t.ExpectWithOffset(1, got).To(matcher, shown(cmd))
}

// succeeds asserts that commands do not fail, whatever they reply.
func (t *trial) succeeds(cmds ...redis.Cmder) {
	for _, cmd := range cmds {
		t.ExpectWithOffset(1, cmd.Err()).NotTo(gomega.HaveOccurred(), shown(cmd))
	}
}

// misses asserts that the reply is nil.
func (t *trial) misses(cmd redis.Cmder) {
	t.ExpectWithOffset(1, cmd.Err()).To(gomega.MatchError(redis.Nil), shown(cmd))
}

// fails asserts an error reply that begins so: the code and as much of the message as clients may rely on.
func (t *trial) fails(cmd redis.Cmder, beginning string) {
	t.ExpectWithOffset(1, cmd.Err()).To(gomega.HaveOccurred(), shown(cmd))
	t.ExpectWithOffset(1, cmd.Err().Error()).To(gomega.HavePrefix(beginning), shown(cmd))
}

// lives asserts a time to live (as TTL and PTTL tell it) that is at most want and was want a moment ago.
func (t *trial) lives(cmd command[time.Duration], want time.Duration) {
	left, err := cmd.Result()
	t.ExpectWithOffset(1, err).NotTo(gomega.HaveOccurred(), shown(cmd))
	t.ExpectWithOffset(1, left).To(gomega.And(
		gomega.BeNumerically("<=", want),
		gomega.BeNumerically(">", want-patience-time.Second),
	), shown(cmd))
}

// expires waits until the key is gone.
func (t *trial) expires(ctx context.Context, key string) {
	t.EventuallyWithOffset(1, func() (int64, error) { return t.Exists(ctx, key).Result() }).
		WithContext(ctx).WithTimeout(patience).WithPolling(2*time.Millisecond).
		Should(gomega.BeZero(), key)
}

// What TTL and its like reply for a key without one, as go-redis tells it.
const (
	noKey    = time.Duration(-2)
	noExpiry = time.Duration(-1)
)

// shown describes a command and its reply in a failure, cut to what one reads.
func shown(cmd redis.Cmder) func() string {
	return func() string {
		const enough = 500
		text := cmd.String()
		if len(text) <= enough {
			return text
		}
		return text[:enough] + "…"
	}
}
