package redistest

import (
	"math/big"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"
)

func TestWordsAreThoseThatAreSent(t *testing.T) {
	t.Parallel()
	text := "pointed at"
	cmd := redis.NewCmd(t.Context(), "SET", []byte("k"), 1, int64(-2), 1.5, float32(2.5), true, false, nil, &text, time.Second,
		time.Unix(0, 0).UTC(), big.NewInt(7))
	require.Equal(t, []string{"SET", "k", "1", "-2", "1.5", "2.5", "1", "0", "", "pointed at", "1000000000", "1970-01-01T00:00:00Z", "7"}, wordsOf(cmd))
}
