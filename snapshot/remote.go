package snapshot

import (
	"context"
	_ "embed" // for the scripts
	"fmt"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/compozy/rediskit/internal/words"
)

// Remote is any Redis that a go-redis client reaches.
type Remote struct{ client redis.UniversalClient }

// Of makes a [Source] and [Target] of a client. A capture is one EVAL, and so is putting a snapshot back: the server does
// nothing else meanwhile. On a Redis Cluster each master is captured by itself, and nothing can be put back.
func Of(client redis.UniversalClient) Remote { return Remote{client} }

//go:embed lua/capture.lua
var captureScript string

//go:embed lua/limits.lua
var limitsScript string

//go:embed lua/restore.lua
var restoreScript string

// Capture implements [Source].
func (r Remote) Capture(ctx context.Context, opts ...CaptureOption) (*Snapshot, error) {
	chosen := selected(opts)
	if cluster, ok := r.client.(*redis.ClusterClient); ok {
		return captureCluster(ctx, cluster, chosen)
	}
	var b Builder
	if err := captureInto(ctx, &b, r.client, chosen); err != nil {
		return nil, fmt.Errorf("capture: %w", err)
	}
	return b.Snapshot(), nil
}

func captureCluster(ctx context.Context, cluster *redis.ClusterClient, chosen selection) (*Snapshot, error) {
	var b Builder
	var mu sync.Mutex // masters are asked at the same time
	err := cluster.ForEachMaster(ctx, func(ctx context.Context, master *redis.Client) error {
		mu.Lock()
		defer mu.Unlock()
		chosen.databases = []int{0} // there are no others in a cluster
		return captureInto(ctx, &b, master, chosen)
	})
	if err != nil {
		return nil, fmt.Errorf("capture cluster: %w", err)
	}
	return b.Snapshot(), nil
}

func captureInto(ctx context.Context, b *Builder, client redis.UniversalClient, chosen selection) error {
	args := make([]any, len(chosen.databases))
	for i, index := range chosen.databases {
		args[i] = index
	}
	reply, err := client.Eval(ctx, captureScript, nil, args...).Result()
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
	b.Set(db, Key{Name: name, Value: value, TTL: time.Duration(max(0, ms)) * time.Millisecond})
	return nil
}

// Restore implements [Target].
func (r Remote) Restore(ctx context.Context, s *Snapshot, opts ...RestoreOption) error {
	if _, ok := r.client.(*redis.ClusterClient); ok {
		return fmt.Errorf("restore: %w", ErrCluster)
	}
	how := restoringAs(opts)
	l, err := r.limits(ctx)
	if err != nil {
		return fmt.Errorf("restore: %w", err)
	}
	fitting, err := how.fit(s, l)
	if err != nil {
		return fmt.Errorf("restore: %w", err)
	}
	args := []any{string(how.mode)}
	for _, db := range fitting.databases {
		args = appendCommand(args, "SELECT", strconv.Itoa(db.index))
		for _, key := range db.keys {
			if how.mode == merging {
				args = appendCommand(args, "DEL", key.Name)
			}
			for command := range batched(commands(key)) {
				args = appendCommand(args, command...)
			}
		}
	}
	inTheWay, err := r.client.Eval(ctx, restoreScript, nil, args...).Int()
	if err != nil {
		return fmt.Errorf("restore: %w", err)
	}
	if inTheWay > 0 {
		return fmt.Errorf("restore: %w (it holds %d keys)", ErrNotEmpty, inTheWay)
	}
	return nil
}

func appendCommand(args []any, command ...string) []any {
	args = append(slices.Grow(args, len(command)+1), len(command))
	for _, word := range command {
		args = append(args, word)
	}
	return args
}

func (r Remote) limits(ctx context.Context) (limits, error) {
	answer, err := r.client.Eval(ctx, limitsScript, nil).Int64Slice()
	if err != nil {
		return limits{}, err
	}
	if len(answer) != 2 {
		return limits{}, unexpected("two numbers", answer)
	}
	return limits{databases: int(answer[0]), fieldTTLs: answer[1] == 1}, nil
}
