// Package logger carries a logger in a context.
package logger

import (
	"context"
	"log/slog"
)

type key struct{}

// NewContext returns a context that carries log.
func NewContext(ctx context.Context, log *slog.Logger) context.Context {
	return context.WithValue(ctx, key{}, log)
}

// FromContext returns the logger that ctx carries, or else slog's default one. It is never nil.
func FromContext(ctx context.Context) *slog.Logger {
	if log, ok := ctx.Value(key{}).(*slog.Logger); ok && log != nil {
		return log
	}
	return slog.Default()
}
