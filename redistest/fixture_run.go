package redistest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
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
		if done, err := s.tryRun(ctx, f); done || err != nil {
			return err
		}
	}
	return fmt.Errorf("somebody else has written to the server each of the %d times that its commands were run", most)
}

// tryRun is one attempt. It is false where somebody has come in between.
func (s *Server) tryRun(ctx context.Context, f fixture) (done bool, err error) {
	var before *snapshot.Snapshot
	var began time.Time
	err = s.alone(func(held snapshot.Exclusive, now time.Time) (err error) {
		began = now
		before, err = held.Capture(ctx)
		return err
	})
	if err != nil {
		return false, err
	}
	stage, err := Start(ctx, WithTime(began))
	if err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, stage.Close(ctx)) }()
	if err := stage.rehearse(ctx, f, before); err != nil {
		return false, err
	}
	err = s.alone(func(held snapshot.Exclusive, now time.Time) error {
		meanwhile, err := held.Capture(ctx)
		if err != nil || snapshot.Diff(before, meanwhile, snapshot.TTLTolerance(now.Sub(began))) != "" {
			return err
		}
		stage.TravelTo(now) // where the clock is live
		after, err := stage.Capture(ctx)
		if err != nil {
			return err
		}
		done = true
		return held.Restore(ctx, after, snapshot.Replace())
	})
	return done, err
}

// alone has the server for itself for more than one step.
func (s *Server) alone(fn func(held snapshot.Exclusive, now time.Time) error) error {
	return s.inner.Engine().Exclusive(func(x *engine.Section) error {
		return fn(func(fn func(snapshot.Do) error) error { return fn(x.Do) }, x.Now())
	})
}

// rehearse runs a fixture's commands on a server that holds before.
func (s *Server) rehearse(ctx context.Context, f fixture, before *snapshot.Snapshot) (err error) {
	if err := s.Restore(ctx, before); err != nil {
		return err
	}
	conn := s.Client().Conn() // one connection, as SELECT and MULTI are the connection's
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
				return f.notData
			}
			err.Line = number
			return err
		}
	}
	return nil
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
