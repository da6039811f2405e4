package redistest

import (
	"bytes"
	"context"
	"errors"
	"strings"

	"github.com/redis/go-redis/v9"

	"github.com/compozy/rediskit/internal/words"
	"github.com/compozy/rediskit/snapshot"
)

// runOn runs a fixture's commands one by one, until one fails.
func (f fixture) runOn(ctx context.Context, client *redis.Client) (err error) {
	conn := client.Conn() // one connection, as SELECT and MULTI are the connection's
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

// errElsewhere is why a fixture cannot be run on a database of its own among others.
var errElsewhere = errors.New("the test has one database of this server, which the others share")

// checkConfined finds commands that would reach beyond one database.
func (f fixture) checkConfined() error {
	number := 0
	for line := range bytes.Lines(f.text) {
		number++
		args, offsets, err := words.SplitOffsets(bytes.TrimSpace(line))
		if err != nil || len(args) == 0 {
			continue // which is for the run to say
		}
		switch name := strings.ToUpper(args[0]); name {
		case "SELECT", "SWAPDB", "FLUSHALL", "MOVE":
			return &snapshot.SyntaxError{Line: number, Column: offsets[0] + 1, Command: name, Reason: errElsewhere}
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
