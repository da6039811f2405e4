package redistest_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/compozy/rediskit/redistest"
)

func TestNew(t *testing.T) {
	t.Parallel()
	client := redistest.New(t).Client()
	require.NoError(t, client.Set(t.Context(), "key", "value", 0).Err())
	require.Equal(t, "value", client.Get(t.Context(), "key").Val())
}
