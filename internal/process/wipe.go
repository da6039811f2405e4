package process

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
)

// state is what a server was like right after everything in it that can be cleared was cleared.
type state struct {
	used     info     // the commands that were called since the last wipe
	config   []string // names and values in turn
	acl      []string // a user's rules each
	rest     info
	refusals error
}

// clearing is one pipeline, which the server runs without a break, so that nobody can get in between: what it reports is of a
// server that was cleared and left alone. The counters that tell the test's commands from the pool's own are reset last.
func clearing() [][]string {
	return [][]string{
		{"INFO", "commandstats"},
		{"CLIENT", "UNPAUSE"},
		{"CLIENT", "KILL", "SKIPME", "yes"}, // of every type, with its subscriptions, transactions, watches, tracking and waiting
		{"FLUSHALL"},
		{"SCRIPT", "FLUSH"},
		{"FUNCTION", "FLUSH"},
		{"CONFIG", "GET", "*"},
		{"ACL", "LIST"},
		{"INFO", "clients", "persistence", "replication", "keyspace", "modules", "cluster"},
		{"ACL", "LOG", "RESET"},
		{"LATENCY", "RESET"},
		{"SLOWLOG", "RESET"},
		{"CONFIG", "RESETSTAT"},
		{"PUBSUB", "HELP"}, // see wipeMark
	}
}

// wipeMark is the command whose counter says that nobody reset the counters since the last wipe.
const wipeMark = "pubsub|help"

// clearAll clears the server behind a connection, after some repairs.
func clearAll(ctx context.Context, c *conn, repairs [][]string) (state, error) {
	steps := clearing()
	replies, err := c.pipeline(ctx, append(repairs, steps...)...)
	if err != nil {
		return state{}, err
	}
	var refusals []error
	for _, r := range replies {
		refusals = append(refusals, r.refusal)
	}
	replies = replies[len(repairs):]
	if refusal := replies[0].refusal; refusal != nil {
		return state{}, fmt.Errorf("%w: %w", errUnclean, refusal)
	}
	return state{
		used:     parseInfo(replies[0].text),
		config:   replies[6].texts(),
		acl:      replies[7].texts(),
		rest:     parseInfo(replies[8].text),
		refusals: errors.Join(refusals...),
	}, nil
}

// reusable is a server that can be wiped.
type reusable struct {
	*Process
	key   string // of its settings
	first baseline
	moves int // of its socket
}

// prepare clears a new server as a wipe does, so that the first to use it finds what the next ones do, and notes
// what it is like.
func prepare(ctx context.Context, p *Process) (*reusable, error) {
	c, err := dial(ctx, "unix", p.Socket(), p.password)
	if err != nil {
		return nil, fmt.Errorf("prepare the server for reuse: %w", err)
	}
	defer c.close()
	now, err := clearAll(ctx, c, nil)
	if err != nil {
		return nil, fmt.Errorf("prepare the server for reuse: %w", err)
	}
	// Users that were reset once are listed with more words than before, though they may do the same.
	if now, err = clearAll(ctx, c, setUsers(now.acl)); err != nil {
		return nil, fmt.Errorf("prepare the server for reuse: %w", err)
	}
	first, err := newBaseline(now, p.folder)
	if err != nil {
		return nil, fmt.Errorf("prepare the server for reuse: %w", err)
	}
	if err := c.part(ctx); err != nil {
		return nil, fmt.Errorf("prepare the server for reuse: %w", err)
	}
	return &reusable{Process: p, first: first}, nil
}

// wipe makes the server what it was when it was prepared. An error says why it could not; then the server is of no more
// use.
//
// The socket gets a new name first, so that a client which the last test left behind cannot come back. Connections that it
// has made already, accepted or not, are in the server's queue before ours, and are killed.
func (r *reusable) wipe(ctx context.Context) error {
	if r.isGone() {
		return fmt.Errorf("it is gone: %w", r.exitReason())
	}
	r.moves++
	if err := r.moveSocket("redis-" + strconv.Itoa(r.moves) + ".sock"); err != nil {
		return err
	}
	c, err := dial(ctx, "unix", r.Socket(), r.password)
	if err != nil {
		return err
	}
	defer c.close()

	var repairs [][]string
	if r.Addr() != "" {
		repairs = r.first.setting("port")
		r.setAddr("")
	}
	now, err := clearAll(ctx, c, repairs)
	if err != nil {
		return err
	}
	if err := r.first.lasting(now); err != nil {
		return err
	}
	if repairs = r.first.repairs(now); len(repairs) > 0 {
		if now, err = clearAll(ctx, c, repairs); err != nil {
			return err
		}
	}
	if err := r.first.verify(now); err != nil {
		return err
	}
	if err := c.part(ctx); err != nil {
		return err
	}
	return r.removeFiles()
}

// removeFiles removes what the test had the server save.
func (r *reusable) removeFiles() error {
	names, err := filesIn(r.folder)
	if err != nil {
		return err
	}
	for _, name := range names {
		if name == filepath.Base(r.Socket()) || r.first.files[name] {
			continue
		}
		if err := os.RemoveAll(filepath.Join(r.folder, name)); err != nil {
			return err
		}
	}
	return nil
}

func filesIn(folder string) ([]string, error) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil, err
	}
	names := make([]string, len(entries))
	for i, entry := range entries {
		names[i] = entry.Name()
	}
	return names, nil
}
