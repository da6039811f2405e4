package redistest

import (
	"context"
	"encoding"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"
)

// transcript is what the clients of a server have sent, in the order in which they began to, and what they were told. As a
// hook it sees commands as the application does: once each, whatever connections they take.
type transcript struct {
	mu         sync.Mutex
	calls      []*call
	running    int
	overlapped bool // somebody sent something while another one was waiting, so that the order means nothing
}

// call is one command, whether by itself or in a pipeline.
type call struct {
	words []string
	reply any  // see replyOf
	ended bool // there is a reply
}

var _ redis.Hook = (*transcript)(nil)

// DialHook implements redis.Hook.
func (*transcript) DialHook(next redis.DialHook) redis.DialHook { return next }

// ProcessHook implements redis.Hook.
func (tr *transcript) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		if name := commandOf(wordsOf(cmd)[:1]); isNested(ctx) || name == "HELLO" || name == "AUTH" {
			return next(ctx, cmd)
		}
		calls := tr.begin(cmd)
		err := next(nested(ctx), cmd)
		tr.end(calls, replyOf(cmd, err)) // the command itself is told of an error later
		return err
	}
}

// ProcessPipelineHook implements redis.Hook.
func (tr *transcript) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return func(ctx context.Context, cmds []redis.Cmder) error {
		if isNested(ctx) || !slices.ContainsFunc(cmds, isApplications) {
			return next(ctx, cmds)
		}
		calls := tr.begin(cmds...)
		err := next(nested(ctx), cmds)
		replies := make([]any, len(cmds))
		for i, cmd := range cmds {
			replies[i] = replyOf(cmd, cmd.Err())
		}
		tr.end(calls, replies...)
		return err
	}
}

// insideCall marks the context of what a client does for a command of the application: to connect, above all, which takes
// commands as well.
type insideCall struct{}

func nested(ctx context.Context) context.Context { return context.WithValue(ctx, insideCall{}, true) }

func isNested(ctx context.Context) bool { return ctx.Value(insideCall{}) != nil }

// isApplications tells a command from those of the pipeline that a client sends when it connects.
func isApplications(cmd redis.Cmder) bool {
	switch commandOf(wordsOf(cmd)) {
	case "SELECT", "READONLY", "CLIENT SETNAME", "CLIENT SETINFO", "CLIENT TRACKING":
		return false
	}
	return true
}

func (tr *transcript) begin(cmds ...redis.Cmder) []*call {
	calls := make([]*call, len(cmds))
	for i, cmd := range cmds {
		calls[i] = &call{words: wordsOf(cmd)}
	}
	tr.mu.Lock()
	defer tr.mu.Unlock()
	tr.overlapped = tr.overlapped || tr.running > 0
	tr.running++
	tr.calls = append(tr.calls, calls...)
	return calls
}

func (tr *transcript) end(calls []*call, replies ...any) {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	tr.running--
	for i, reply := range replies {
		calls[i].reply, calls[i].ended = reply, true
	}
}

// read returns the calls so far, for the reader to keep and to change, and whether their order means something.
func (tr *transcript) read() (calls []*call, ordered bool) {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	calls = make([]*call, len(tr.calls))
	for i, c := range tr.calls {
		copied := *c
		calls[i] = &copied
	}
	return calls, !tr.overlapped
}

// wordsOf are a command's words as the client sends them.
func wordsOf(cmd redis.Cmder) []string {
	words := make([]string, len(cmd.Args()))
	for i, arg := range cmd.Args() {
		words[i] = wordOf(arg)
	}
	return words
}

func wordOf(arg any) string {
	switch arg := arg.(type) {
	case nil:
		return ""
	case string:
		return arg
	case *string:
		return *arg
	case []byte:
		return string(arg)
	case bool:
		if arg {
			return "1"
		}
		return "0"
	case float32:
		return strconv.FormatFloat(float64(arg), 'f', -1, 64)
	case float64:
		return strconv.FormatFloat(arg, 'f', -1, 64)
	case time.Time:
		return arg.Format(time.RFC3339Nano)
	case time.Duration:
		return strconv.FormatInt(int64(arg), 10)
	case encoding.BinaryMarshaler:
		text, err := arg.MarshalBinary()
		if err != nil {
			return fmt.Sprint(arg) // go-redis has refused it by then
		}
		return string(text)
	default:
		return fmt.Sprint(arg)
	}
}
