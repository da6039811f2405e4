package redistest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/compozy/rediskit/internal/engine"
	"github.com/compozy/rediskit/internal/words"
	"github.com/compozy/rediskit/snapshot"
)

// run runs a fixture's commands on a copy of the server, and makes the server like the copy if all of them went well. Where
// somebody has written to the server meanwhile, it starts again: each time that is somebody who got on.
func (s *Server) run(ctx context.Context, f fixture) error {
	const most = 100
	for range most {
		before, now, err := s.stateAndTime(ctx)
		if err != nil {
			return err
		}
		after, err := rehearse(ctx, f, before, now)
		if err != nil {
			return err
		}
		if done, err := s.swap(ctx, before, after); done || err != nil {
			return err
		}
	}
	return fmt.Errorf("somebody else has written to the server each of the %d times that its commands were run", most)
}

// stateAndTime returns what the server holds, and its time.
func (s *Server) stateAndTime(ctx context.Context) (state *snapshot.Snapshot, now time.Time, err error) {
	err = s.alone(func(held snapshot.Exclusive, do snapshot.Do) error {
		reply, err := do("TIME")
		if err != nil {
			return err
		}
		if now, err = parseTime(reply); err != nil {
			return err
		}
		state, err = held.Capture(ctx)
		return err
	})
	return state, now, err
}

// swap puts after in the place of before, unless the server no longer holds before.
func (s *Server) swap(ctx context.Context, before, after *snapshot.Snapshot) (done bool, err error) {
	err = s.alone(func(held snapshot.Exclusive, _ snapshot.Do) error {
		now, err := held.Capture(ctx)
		if err != nil || snapshot.Diff(before, now) != "" {
			return err
		}
		done = true
		return held.Restore(ctx, after, snapshot.Replace())
	})
	return done, err
}

// alone has the server for itself for more than one step.
func (s *Server) alone(fn func(held snapshot.Exclusive, do snapshot.Do) error) error {
	return s.inner.Engine().Exclusive(func(x *engine.Section) error {
		return fn(func(fn func(snapshot.Do) error) error { return fn(x.Do) }, x.Do)
	})
}

// rehearse runs commands on a server that holds before, and returns what it holds after them.
func rehearse(ctx context.Context, f fixture, before *snapshot.Snapshot, now time.Time) (after *snapshot.Snapshot, err error) {
	stage, err := Start(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, stage.Close(ctx)) }()
	stage.Miniredis().SetTime(now)
	if err := stage.Restore(ctx, before); err != nil {
		return nil, err
	}
	conn := stage.Client().Conn() // one connection, as SELECT and MULTI are the connection's
	defer func() { err = errors.Join(err, conn.Close()) }()
	number := 0
	for line := range bytes.Lines(f.text) {
		number++
		if trimmed := bytes.TrimSpace(line); len(trimmed) == 0 || trimmed[0] == '#' {
			continue
		}
		if err := runLine(ctx, conn, line); err != nil {
			// What the parser had against this line tells more than what the server has.
			if f.notData.Line == number && !errors.Is(f.notData, snapshot.ErrNotDeclarative) {
				return nil, f.notData
			}
			err.Line = number
			return nil, err
		}
	}
	return stage.Capture(ctx)
}

func runLine(ctx context.Context, conn *redis.Conn, line []byte) *snapshot.SyntaxError {
	args, offsets, err := words.SplitOffsets(line)
	if err != nil {
		syntax := &snapshot.SyntaxError{Column: 1, Reason: err}
		var quote *words.QuoteError
		if errors.As(err, &quote) {
			syntax.Column = quote.Offset + 1
		}
		return syntax
	}
	anys := make([]any, len(args))
	for i, arg := range args {
		anys[i] = arg
	}
	reply, err := conn.Do(ctx, anys...).Result()
	if errors.Is(err, redis.Nil) {
		err = nil
	}
	if err == nil {
		err = failureIn(args, reply)
	}
	if err == nil {
		return nil
	}
	title := strings.ToUpper(args[0])
	if len(args) > 1 {
		title += " " + words.Quote(args[1])
	}
	return &snapshot.SyntaxError{Column: offsets[0] + 1, Command: title, Reason: err}
}

// failureIn finds an error where it is no reply of its own.
func failureIn(args []string, reply any) error {
	switch reply := reply.(type) {
	case error:
		return reply
	case []any: // of EXEC, for one
		for _, part := range reply {
			if err := failureIn(nil, part); err != nil {
				return err
			}
		}
	case int64: // to be asked for the TTL of a key that there is not is a misspelled key
		if reply == 0 && len(args) == 3 && (strings.EqualFold(args[0], "EXPIRE") || strings.EqualFold(args[0], "PEXPIRE")) {
			return errors.New("there is no such key")
		}
	}
	return nil
}

// parseTime reads the reply of TIME.
func parseTime(reply any) (time.Time, error) {
	parts, ok := reply.([]any)
	if !ok || len(parts) != 2 {
		return time.Time{}, fmt.Errorf("unexpected reply of TIME: %v", reply)
	}
	seconds, err := strconv.ParseInt(fmt.Sprint(parts[0]), 10, 64)
	if err != nil {
		return time.Time{}, fmt.Errorf("reply of TIME: %w", err)
	}
	microseconds, err := strconv.ParseInt(fmt.Sprint(parts[1]), 10, 64)
	if err != nil {
		return time.Time{}, fmt.Errorf("reply of TIME: %w", err)
	}
	return time.Unix(seconds, microseconds*1000).UTC(), nil
}
