package snapshot

import (
	"context"
	_ "embed" // for the scripts
	"errors"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/compozy/rediskit/internal/words"
)

// Remote is any Redis that a go-redis client reaches.
type Remote struct {
	client   redis.UniversalClient
	confined bool
	only     int
}

// Of makes a [Source] and [Target] of a client. A capture is one EVAL, and so is putting a snapshot back: the server does
// nothing else meanwhile. Both may take as long as they need: instead of the client's timeouts the context's deadline
// counts, and five minutes without one. Neither is ever tried again.
//
// On a Redis Cluster, and on a ring of servers, each master is captured by itself, and nothing can be put back. Such a
// capture has each key once, but the whole is not of one moment.
func Of(client redis.UniversalClient) Remote { return Remote{client: client} }

// Database confines a remote server to one of its databases, which is database 0 of what is captured and put back. The
// others are neither read nor touched. Database(0) is not the same as no confinement.
func (r Remote) Database(index int) Remote {
	r.confined, r.only = true, index
	return r
}

//go:embed lua/capture.lua
var captureScript string

//go:embed lua/limits.lua
var limitsScript string

//go:embed lua/restore.lua
var restoreScript string

// Capture implements [Source].
func (r Remote) Capture(ctx context.Context, opts ...CaptureOption) (*Snapshot, error) {
	chosen := selected(opts)
	if r.confined {
		return r.captureOnly(ctx, chosen)
	}
	if visit := r.parts(); visit != nil {
		return captureParts(ctx, visit, chosen)
	}
	var b Builder
	if err := captureInto(ctx, &b, r.client, chosen); err != nil {
		return nil, fmt.Errorf("capture: %w", err)
	}
	return b.Snapshot(), nil
}

// captureOnly captures the one database that the server is confined to.
func (r Remote) captureOnly(ctx context.Context, chosen selection) (*Snapshot, error) {
	if !chosen.database(0) {
		return &Snapshot{}, nil
	}
	var b Builder
	chosen.databases = []int{r.only}
	if err := captureInto(ctx, &b, r.client, chosen); err != nil {
		return nil, fmt.Errorf("capture: %w", err)
	}
	s := b.Snapshot()
	for i := range s.databases {
		s.databases[i].index = 0
	}
	return s, nil
}

// visiting calls a function with a client of each server that has keys of its own.
type visiting func(context.Context, func(context.Context, *redis.Client) error) error

// parts is nil where the client reaches just one server.
func (r Remote) parts() visiting {
	switch client := r.client.(type) {
	case interface {
		ForEachMaster(ctx context.Context, fn func(context.Context, *redis.Client) error) error
	}:
		return client.ForEachMaster
	case interface {
		ForEachShard(ctx context.Context, fn func(context.Context, *redis.Client) error) error
	}:
		return client.ForEachShard
	default:
		return nil
	}
}

func captureParts(ctx context.Context, visit visiting, chosen selection) (*Snapshot, error) {
	var b Builder
	var mu sync.Mutex // they are visited at the same time
	err := visit(ctx, func(ctx context.Context, part *redis.Client) error {
		mu.Lock()
		defer mu.Unlock()
		return captureInto(ctx, &b, part, chosen)
	})
	if err != nil {
		return nil, fmt.Errorf("capture cluster: %w", err)
	}
	return b.Snapshot(), nil
}

// once is a client that waits as long as the context lets it, and never repeats a command: what looks like a failure may
// have been a success whose reply came too late.
func once(ctx context.Context, client redis.UniversalClient) redis.UniversalClient {
	single, ok := client.(*redis.Client)
	if !ok {
		return client
	}
	patience := 5 * time.Minute
	if deadline, ok := ctx.Deadline(); ok {
		patience = max(time.Millisecond, time.Until(deadline))
	}
	patient := single.WithTimeout(patience)
	patient.Options().MaxRetries = 0 // of its own copy of the options
	return patient
}

func captureInto(ctx context.Context, b *Builder, client redis.UniversalClient, chosen selection) error {
	args := []any{len(chosen.databases)}
	for _, index := range chosen.databases {
		args = append(args, index)
	}
	args = appendCommand(args, chosen.match...)
	args = appendCommand(args, chosen.except...)
	reply, err := once(ctx, client).Eval(ctx, captureScript, nil, args...).Result()
	if err != nil {
		return err
	}
	databases, err := lists(reply)
	if err != nil {
		return err
	}
	for _, db := range databases {
		if len(db) != 2 {
			return unexpected("a number and keys", db)
		}
		index, err := number(db[0])
		if err != nil {
			return err
		}
		keys, err := lists(db[1])
		if err != nil {
			return err
		}
		for _, row := range keys {
			if err := addRow(b, index, row, chosen); err != nil {
				return fmt.Errorf("database %d: %w", index, err)
			}
		}
	}
	return nil
}

// addRow adds a key of four columns: name, type, TTL and contents.
func addRow(b *Builder, db int, row []any, chosen selection) error {
	if len(row) != 4 {
		return unexpected("four columns", row)
	}
	head, err := all(row[:2], text)
	if err != nil {
		return err
	}
	name, kind := head[0], head[1]
	if !chosen.key(name) {
		return nil
	}
	ms, err := number(row[2])
	if err != nil {
		return err
	}
	value, err := parseValue(kind, row[3])
	if err != nil {
		return fmt.Errorf("key %s: %w", words.Quote(name), err)
	}
	b.Set(db, Key{Name: name, Value: value, TTL: timeToLive(ms)})
	return nil
}

// Restore implements [Target].
func (r Remote) Restore(ctx context.Context, s *Snapshot, opts ...RestoreOption) error {
	if r.parts() != nil {
		return errors.New("restore: a cluster cannot be restored in one go")
	}
	how := restoringAs(opts)
	client := once(ctx, r.client)
	l, err := askLimits(ctx, client)
	if err != nil {
		return fmt.Errorf("restore: %w", err)
	}
	first, last := 0, l.databases-1
	if r.confined {
		first, last, l.databases = r.only, r.only, 1
	}
	fitting, err := how.fit(s, l)
	if err != nil {
		return fmt.Errorf("restore: %w", err)
	}
	args := []any{string(how.mode), first, last, l.spare()}
	for _, db := range fitting.databases {
		args = appendCommand(args, "SELECT", strconv.Itoa(first+db.index))
		for _, key := range db.keys {
			if how.mode == merging {
				args = appendCommand(args, "DEL", key.Name)
			}
			for command := range l.spoken(key) {
				args = appendCommand(args, command...)
			}
		}
	}
	inTheWay, err := client.Eval(ctx, restoreScript, nil, args...).Int()
	if err != nil {
		return fmt.Errorf("restore: %w", err)
	}
	if inTheWay > 0 {
		return fmt.Errorf("restore: %w (it holds %d keys)", ErrNotEmpty, inTheWay)
	}
	return nil
}

// appendCommand appends words, preceded by their number.
func appendCommand(args []any, command ...string) []any {
	args = append(slices.Grow(args, len(command)+1), len(command))
	for _, word := range command {
		args = append(args, word)
	}
	return args
}

func askLimits(ctx context.Context, client redis.UniversalClient) (limits, error) {
	answer, err := client.Eval(ctx, limitsScript, nil).Int64Slice()
	if err != nil {
		return limits{}, err
	}
	if len(answer) != 4 {
		return limits{}, unexpected("four numbers", answer)
	}
	const wordsOfScripts = 7000 // Lua cannot pass 8,000 to a function
	return limits{
		databases: int(answer[0]), fieldTTLs: answer[1] == 1, counters: answer[2] == 1, embedded: answer[3] == 1,
		words: wordsOfScripts,
	}, nil
}
