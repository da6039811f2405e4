package logger_test

import (
	"log/slog"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/compozy/rediskit/internal/logger"
)

func TestFromContext(t *testing.T) {
	t.Parallel()
	require.Same(t, slog.Default(), logger.FromContext(t.Context()))
	require.Same(t, slog.Default(), logger.FromContext(logger.NewContext(t.Context(), nil)))
	log := slog.New(slog.DiscardHandler)
	require.Same(t, log, logger.FromContext(logger.NewContext(t.Context(), log)))
}
