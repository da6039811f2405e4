package conformance

import (
	"context"
	"fmt"
	"strings"

	"github.com/onsi/gomega"
	"github.com/redis/go-redis/v9"
)

// pending is a call under way in another goroutine.
type pending[T any] struct {
	outcome <-chan outcome[T]
	// hangUp closes the connection under the call.
	hangUp func() error
	id     int64
}

type outcome[T any] struct {
	value T
	err   error
}

// block makes a call on a connection of its own and returns once the server says that this connection is blocked.
func block[T any](ctx context.Context, t *trial, call func(c *redis.Conn) (T, error)) pending[T] {
	client := t.singleClient(ctx)
	conn := client.Conn()
	id, err := conn.ClientID(ctx).Result()
	t.ExpectWithOffset(1, err).NotTo(gomega.HaveOccurred())
	done := make(chan outcome[T], 1)
	go func() {
		value, err := call(conn)
		done <- outcome[T]{value: value, err: err}
	}()
	t.eventually(ctx, func() (string, error) {
		select {
		case o := <-done:
			return "", gomega.StopTrying(fmt.Sprintf("the call did not block: %v, %v", o.value, o.err))
		default:
			return t.clientFlags(ctx, id)
		}
	}).Should(gomega.ContainSubstring("b"), "flags of the client")
	return pending[T]{outcome: done, hangUp: client.Close, id: id}
}

// clientFlags returns the flags of a connection in CLIENT LIST, "" where there is no such connection.
func (t *trial) clientFlags(ctx context.Context, id int64) (string, error) {
	list, err := t.node(ctx).ClientList(ctx).Result()
	if err != nil {
		return "", err
	}
	for line := range strings.Lines(list) {
		if !strings.HasPrefix(line, fmt.Sprintf("id=%d ", id)) {
			continue
		}
		for field := range strings.FieldsSeq(line) {
			if flags, ok := strings.CutPrefix(field, "flags="); ok {
				return flags, nil
			}
		}
	}
	return "", nil
}

// await waits for the end of a call.
func await[T any](ctx context.Context, t *trial, p pending[T]) (T, error) {
	var o outcome[T]
	t.EventuallyWithOffset(1, p.outcome).WithContext(ctx).WithTimeout(patience).Should(gomega.Receive(&o))
	return o.value, o.err
}

// yields asserts that a call ends with this reply.
func yields[T any](ctx context.Context, t *trial, p pending[T], want T) {
	got, err := await(ctx, t, p)
	t.ExpectWithOffset(1, err).NotTo(gomega.HaveOccurred())
	t.ExpectWithOffset(1, got).To(gomega.Equal(want))
}
