package redistest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/compozy/rediskit/internal/logger"
	"github.com/compozy/rediskit/internal/words"
	"github.com/compozy/rediskit/snapshot"
	"github.com/compozy/rediskit/snapshot/rdb"
)

// isDump tells an .rdb file by its beginning. No command is called so.
func isDump(text []byte) bool {
	const magic, version = "REDIS", 4
	return bytes.HasPrefix(text, []byte(magic)) && len(text) >= len(magic)+version && isDigit(text[len(magic)])
}

func isDigit(b byte) bool { return '0' <= b && b <= '9' }

// readDump reads an .rdb file, with the times to live that there would have been in 1970: in that way it is read once for
// all servers, whatever their clocks.
func readDump(text []byte) (*rdb.File, error) {
	return rdb.Read(bytes.NewReader(text), rdb.At(time.UnixMilli(0)))
}

// takeDump puts what the filters leave of a dump into the server.
func (s *Server) takeDump(ctx context.Context, dump *rdb.File, filters []Filter) error {
	v := viewOf(filters)
	if err := checkSkipped(dump, v); err != nil {
		return err
	}
	data, err := v.of(ctx, snapshot.Aged(dump.Snapshot, s.Now().Sub(time.UnixMilli(0))))
	if err != nil {
		return err
	}
	if err := s.Restore(ctx, data, snapshot.Merge()); err != nil {
		return err
	}
	return s.loadFunctions(ctx, dump.Functions)
}

// checkSkipped fails where something is missing that the filters would take.
func checkSkipped(dump *rdb.File, v view) error {
	wanted := snapshot.Selects(v.selection...)
	for _, skipped := range dump.Skipped {
		switch {
		case !errors.Is(skipped.Reason, rdb.ErrModule): // an empty collection, which Redis loads as nothing, too
		case skipped.HasKey && wanted(skipped.Database, skipped.Key):
			return fmt.Errorf("offset %d: key %s: %w", skipped.Offset, words.Quote(skipped.Key), skipped.Reason)
		case !skipped.HasKey && len(v.selection) == 0:
			return fmt.Errorf("offset %d: %w", skipped.Offset, skipped.Reason)
		}
	}
	return nil
}

// loadFunctions loads libraries, where the server knows what that is.
func (s *Server) loadFunctions(ctx context.Context, libraries []string) error {
	for _, source := range libraries {
		err := s.Client().FunctionLoadReplace(ctx, source).Err()
		switch {
		case err == nil:
		case strings.Contains(err.Error(), "unknown command"):
			logger.FromContext(ctx).InfoContext(ctx, "the fixture has functions, which this server does not know")
			return nil
		default:
			return fmt.Errorf("load its functions: %w", err)
		}
	}
	return nil
}
