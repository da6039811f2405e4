package standalone

import (
	"context"
	"errors"
	"fmt"

	"github.com/compozy/rediskit/internal/engine"
)

// Restart is, to clients, the end of the server and the beginning of another one at the same address, which has what this
// one had if that is kept, and nothing otherwise. A server that is no engine in this process cannot do that.
func (s *Server) Restart(ctx context.Context) error { return s.again(ctx, true) }

// Crash is Restart of a server that had no time to keep what it had: the other one has what was kept last.
func (s *Server) Crash(ctx context.Context) error { return s.again(ctx, false) }

func (s *Server) again(ctx context.Context, final bool) error {
	inside, ok := s.backend.(interface{ Engine() *engine.Engine })
	switch {
	case !ok:
		return fmt.Errorf("restart redis: %w", errors.ErrUnsupported)
	case s.closing.Load():
		return fmt.Errorf("restart redis: %w", ErrClosed)
	case s.persistence == nil:
		return inside.Engine().Restart((*engine.Section).Clear)
	default:
		return s.persistence.restart(ctx, final)
	}
}
