package process

import (
	"context"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
)

// pollution is something that a test may do to its server and not undo.
type pollution struct {
	name    string
	pollute func(t *testing.T, lease *Lease)
	// replaced says that no wipe can undo it, so that the server has to go.
	replaced bool
	// last says that the server refuses others after it.
	last bool
}

func (p pollution) comesLast() pollution {
	p.last = true
	return p
}

// commands is a pollution by commands that are not refused, over one connection that is left open.
func commands(name string, list ...[]string) pollution {
	return pollution{name: name, pollute: func(t *testing.T, lease *Lease) {
		t.Helper()
		c := connect(t, lease.Socket())
		for _, words := range list {
			c.say(t, words...)
		}
	}}
}

// pending is a pollution by a last command that has no reply yet.
func pending(name string, last ...string) pollution {
	return pollution{name: name, pollute: func(t *testing.T, lease *Lease) {
		t.Helper()
		connect(t, lease.Socket()).leave(t, last...)
	}}
}

// leave sends a command whose reply it does not wait for. The PING in the same packet is answered when the server is done with both.
func (c *conn) leave(t *testing.T, words ...string) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	_, err := c.net.Write(request([][]string{{"PING"}, words}))
	require.NoError(t, err)
	stop := context.AfterFunc(ctx, func() { c.close() })
	defer stop()
	r, err := c.read()
	require.NoError(t, err)
	require.Equal(t, "PONG", r.text)
}

// pollutions are those that a wipe undoes.
func pollutions() []pollution {
	return []pollution{
		{name: "keys in every database", pollute: func(t *testing.T, lease *Lease) {
			t.Helper()
			c := connect(t, lease.Socket())
			for db := range 16 {
				c.say(t, "SELECT", strconv.Itoa(db))
				c.say(t, "SET", "key", "value")
				c.say(t, "XADD", "stream", "*", "field", "value")
			}
			c.say(t, "SWAPDB", "0", "1")
		}},
		{name: "every parameter", pollute: changeEveryParameter, last: true},
		commands(
			"parameters that stand in the way",
			[]string{"CONFIG", "SET", "min-replicas-to-write", "3"},
			[]string{"CONFIG", "SET", "maxmemory", "1"},
			[]string{"CONFIG", "SET", "timeout", "1"},
			[]string{"CONFIG", "SET", "notify-keyspace-events", "KEA"},
			[]string{"CONFIG", "SET", "client-output-buffer-limit", "normal 100000 0 0"},
			[]string{"CONFIG", "SET", "maxclients", "20"},
		).comesLast(),
		commands("append only file", []string{"CONFIG", "SET", "appendonly", "yes"}, []string{"SET", "key", "value"}),
		commands("dump file", []string{"SET", "key", "value"}, []string{"SAVE"}),
		commands("saving now and then", []string{"CONFIG", "SET", "save", "1 1"}, []string{"SET", "key", "value"}),
		commands("script", []string{"SCRIPT", "LOAD", "return 1"}, []string{"EVAL", "return redis.call('INCR', 'n')", "0"}),
		commands("function", []string{"FUNCTION", "LOAD", "#!lua name=lib\nredis.register_function('f', function() return 1 end)"}),
		commands("user", []string{"ACL", "SETUSER", "ada", "on", ">secret", "~*", "&*", "+@all"}, []string{"AUTH", "ada", "secret"}),
		commands("fewer keys for the default user", []string{"ACL", "SETUSER", "default", "resetkeys", "%R~a*", "(~b* +get)"}).comesLast(),
		commands("second password", []string{"ACL", "SETUSER", "default", ">secret", "nopass"}),
		pending("subscription", "SUBSCRIBE", "channel"),
		pending("pattern subscription", "PSUBSCRIBE", "*"),
		pending("shard subscription", "SSUBSCRIBE", "channel"),
		pending("blocked client", "BLPOP", "list", "0"),
		pending("blocked stream reader", "XREAD", "BLOCK", "0", "STREAMS", "stream", "$"),
		pending("waiting for replicas", "WAIT", "1", "0"),
		pending("monitor", "MONITOR"),
		pending("no replies", "CLIENT", "REPLY", "OFF"),
		commands("open transaction", []string{"WATCH", "key"}, []string{"MULTI"}, []string{"SET", "key", "value"}),
		commands("tracking", []string{"CLIENT", "TRACKING", "ON", "BCAST", "PREFIX", "a"}, []string{"CLIENT", "NO-EVICT", "ON"}),
		commands("tracked keys", []string{"CLIENT", "ID"}, []string{"CLIENT", "TRACKING", "ON", "OPTIN"}, []string{"CLIENT", "CACHING", "YES"}, []string{"GET", "key"}),
		commands("paused writes", []string{"CLIENT", "PAUSE", "1000000", "WRITE"}).comesLast(),
		commands("logs", []string{"CONFIG", "SET", "slowlog-log-slower-than", "0", "latency-monitor-threshold", "1"},
			[]string{"SET", "key", "value"}, []string{"EVAL", "for i = 1, 1000000 do end", "0"}),
		{name: "errors", pollute: func(t *testing.T, lease *Lease) {
			t.Helper()
			for _, words := range [][]string{{"NONSENSE"}, {"DEBUG", "JMAP"}, {"AUTH", "nobody", "wrong"}, {"EVAL", "error('x')", "0"}} {
				require.ErrorIs(t, ask(t, "unix", lease.Socket(), "", words...), errRefused)
			}
		}},
		{name: "TCP port", pollute: func(t *testing.T, lease *Lease) {
			t.Helper()
			addr, err := lease.Listen(t.Context())
			require.NoError(t, err)
			c, err := dial(t.Context(), "tcp", addr, "")
			require.NoError(t, err)
			t.Cleanup(c.close)
			c.say(t, "SET", "key", "value")
		}},
		{name: "TCP port of its own", pollute: func(t *testing.T, lease *Lease) {
			t.Helper()
			port, err := freePort(t.Context())
			require.NoError(t, err)
			require.NoError(t, ask(t, "unix", lease.Socket(), "", "CONFIG", "SET", "port", strconv.Itoa(port)))
		}},
		{name: "everybody disconnected", pollute: func(t *testing.T, lease *Lease) {
			t.Helper()
			require.NoError(t, ask(t, "unix", lease.Socket(), "", "CLIENT", "KILL", "TYPE", "normal"))
		}},
	}
}

// lastingPollutions are those that take the server with them.
func lastingPollutions() []pollution {
	lasting := []pollution{
		commands("password", []string{"CONFIG", "SET", "requirepass", "secret"}),
		commands("default user without rights", []string{"ACL", "SETUSER", "default", "-@all"}),
		commands("default user switched off", []string{"ACL", "SETUSER", "default", "off"}),
		commands("all paused", []string{"CLIENT", "PAUSE", "1000000", "ALL"}),
		commands("replica", []string{"REPLICAOF", "127.0.0.1", "1"}),
		commands("former replica", []string{"REPLICAOF", "127.0.0.1", "1"}, []string{"REPLICAOF", "NO", "ONE"}),
		commands("statistics reset", []string{"CONFIG", "RESETSTAT"}),
		endless("endless script", "while true do end"),
		endless("endless script that wrote", "redis.call('SET', 'key', 'value') while true do end"),
		{name: "endless script that lets others in", pollute: func(t *testing.T, lease *Lease) {
			t.Helper()
			require.NoError(t, ask(t, "unix", lease.Socket(), "", "CONFIG", "SET", "busy-reply-threshold", "1"))
			endless("", "while true do end").pollute(t, lease)
		}},
		{name: "shut down", pollute: func(t *testing.T, lease *Lease) {
			t.Helper()
			require.Error(t, ask(t, "unix", lease.Socket(), "", "SHUTDOWN", "NOSAVE"))
		}},
		{name: "master", pollute: func(t *testing.T, lease *Lease) {
			t.Helper()
			c := connect(t, lease.Socket())
			_, err := c.net.Write(request([][]string{{"PSYNC", "?", "-1"}}))
			require.NoError(t, err)
			_, err = c.replies.ReadByte()
			require.NoError(t, err)
		}},
	}
	for i := range lasting {
		lasting[i].replaced = true
	}
	return lasting
}

// endless is a script that never ends, so that the server answers nobody any more.
func endless(name, script string) pollution {
	return pollution{name: name, pollute: func(t *testing.T, lease *Lease) {
		t.Helper()
		_, err := connect(t, lease.Socket()).net.Write(request([][]string{{"EVAL", script, "0"}}))
		require.NoError(t, err)
	}}
}

// changeEveryParameter sets whatever can be set to something else.
func changeEveryParameter(t *testing.T, lease *Lease) {
	t.Helper()
	c := connect(t, lease.Socket())
	config := c.say(t, "CONFIG", "GET", "*").texts()
	changed := 0
	for i := 0; i < len(config); i += 2 {
		name, value := config[i], config[i+1]
		switch name {
		case "port", "requirepass", "maxmemory-clients", "appendonly", "maxclients":
			continue // each has a pollution of its own, or would end this connection
		}
		other := value + "x"
		if number, err := strconv.Atoi(value); err == nil {
			other = strconv.Itoa(number + 1)
		}
		switch value {
		case "yes":
			other = "no"
		case "no":
			other = "yes"
		}
		if _, err := c.call(t.Context(), "CONFIG", "SET", name, other); err == nil {
			changed++
		} else {
			require.ErrorIs(t, err, errRefused, name)
		}
	}
	require.Greater(t, changed, 80)
}
