package config_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/compozy/rediskit/internal/config"
)

func TestFromContext(t *testing.T) {
	t.Parallel()
	require.Zero(t, config.FromContext(t.Context()))
	ctx := config.NewContext(t.Context(), config.Config{Addr: "127.0.0.1:1"})
	require.Equal(t, "127.0.0.1:1", config.FromContext(ctx).Addr)
}
