package redistest

import (
	"context"
	"errors"
	"fmt"
	"math/big"
	"os"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/assert"
)

func TestRepliesHaveOneForm(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	for _, test := range []struct {
		cmd  redis.Cmder
		want string
	}{
		{redis.NewStatusResult("OK", nil), `OK`},
		{redis.NewCmdResult("OK", nil), `"OK"`},
		{redis.NewCmdResult([]any{"a", int64(1), nil, errors.New("ERR x")}, nil), `["a" 1 nil the error ERR x]`},
		{redis.NewMapStringIntCmdResult(map[string]int64{"b": 2, "a": 1}, nil), `{"a": 1, "b": 2}`},
		{redis.NewZSliceCmdResult([]redis.Z{{Score: 1.5, Member: "m"}}, nil), `[{"Score": 1.5, "Member": "m"}]`},
		{redis.NewScanCmdResult([]string{"k"}, 7, nil), `[["k"] 7]`},
		{redis.NewDurationResult(time.Minute, nil), `1m0s`},
		{redis.NewTimeCmdResult(time.Unix(1, 5), nil), `1970-01-01T00:00:01.000000005Z`},
		{redis.NewCmdResult(new(big.Int).Mul(big.NewInt(1e18), big.NewInt(12345)), nil), `"12345000000000000000000"`},
	} {
		assert.Equal(t, test.want, showReply(replyOf(test.cmd, test.cmd.Err())))
	}
	assert.Nil(t, replyOf(redis.NewCmd(ctx), redis.Nil))
	assert.Equal(t, failure("timed out"), failureOf(fmt.Errorf("read unix @->redis.sock: %w", os.ErrDeadlineExceeded)))
	assert.Equal(t, failure("context canceled"), failureOf(fmt.Errorf("get: %w", context.Canceled)))
}
