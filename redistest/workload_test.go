package redistest_test

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/compozy/rediskit/redistest"
)

func TestWorkloadTellsWhatBecameOfItsWrites(t *testing.T) {
	t.Parallel()
	client := redistest.New(t).Client()
	failure := errors.New("the reply was lost")
	enough := make(chan struct{})
	load := redistest.NewWorkload(t, 1, func(ctx context.Context, n int) error {
		if n%4 != 3 { // the others are not there
			if err := client.SAdd(ctx, "written", n).Err(); err != nil {
				return err
			}
		}
		switch n % 4 {
		case 2, 3:
			return failure
		}
		if n == 41 {
			close(enough)
		}
		return nil
	})
	<-enough
	load.Await(0)
	load.Await(1)
	require.NoError(t, client.SRem(t.Context(), "written", 8, 13).Err(), "as a failover would")
	tally := load.Stop(func(ctx context.Context, n int) (bool, error) {
		return client.SIsMember(ctx, "written", n).Result()
	})
	require.Equal(t, []int{8, 13}, tally.Lost)
	require.Equal(t, []int{0, 1, 4, 5, 9, 12}, tally.Kept[:6])
	require.Equal(t, []int{2, 6, 10}, tally.Unconfirmed[:3])
	require.Equal(t, []int{3, 7, 11}, tally.Refused[:3])
	require.Equal(t, len(tally.Kept)+2, tally.Acknowledged())
	require.ErrorIs(t, tally.Errors[2], failure)
	require.NotContains(t, tally.Errors, 0)
	tally = redistest.Tally{Kept: []int{0, 1}, Lost: []int{2}, Refused: []int{3}, Unconfirmed: []int{4}}
	require.Equal(t, "3 acknowledged, of which 1 lost; 2 failed, of which 1 were applied all the same", tally.String())
}

func TestWorkloadFailsTheTestThatCannotLook(t *testing.T) {
	t.Parallel()
	failures := runFake(t, func(tb *fakeTB) {
		load := redistest.NewWorkload(tb, 0, func(context.Context, int) error { return nil })
		load.Await(1)
		load.Stop(func(context.Context, int) (bool, error) { return false, errors.New("no connection") })
	})
	require.Equal(t, []string{"redistest: look for write 0: no connection"}, failures)
}

func TestWorkloadEndsWithItsTest(t *testing.T) {
	t.Parallel()
	contexts, begun := make(chan context.Context, 1), make(chan struct{})
	require.Empty(t, runFake(t, func(tb *fakeTB) {
		redistest.NewWorkload(tb, 2, func(ctx context.Context, _ int) error {
			select {
			case contexts <- ctx:
				close(begun)
			default:
			}
			<-ctx.Done()
			return ctx.Err()
		})
		<-begun
	}))
	require.ErrorIs(t, (<-contexts).Err(), context.Canceled)
}
