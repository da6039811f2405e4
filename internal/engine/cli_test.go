package engine_test

import (
	"bufio"
	"crypto/tls"
	"fmt"
	"net"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/compozy/rediskit/internal/config"
	"github.com/compozy/rediskit/internal/engine"
)

// cli is redis-cli, told how to connect to an engine.
type cli struct {
	t    *testing.T
	path string
	args []string
}

// findCLI looks for redis-cli. Where there is none, the test is skipped so that nobody can overlook it, or fails with
// REDISTEST_REQUIRE=1.
func findCLI(t *testing.T) cli {
	t.Helper()
	path, err := exec.LookPath("redis-cli")
	switch {
	case err != nil && config.ReadEnv().Require:
		t.Fatalf("%v: %s=1 demands it", err, config.EnvRequire)
	case err != nil:
		t.Skipf("\n    *** no redis-cli: this test needs it and did NOT run ***\n    (with %s=1 this is a failure instead of a skip)",
			config.EnvRequire)
	}
	return cli{t: t, path: path}
}

// connectCLI starts an engine and has it listen on TCP.
func connectCLI(t *testing.T) (cli, *engine.Engine) {
	t.Helper()
	c, e := findCLI(t), start(t)
	return c.with(tcpArgs(t, e, nil)...), e
}

func tcpArgs(t *testing.T, e *engine.Engine, config *tls.Config) []string {
	t.Helper()
	addr, err := e.Listen("tcp", "127.0.0.1:0", config)
	require.NoError(t, err)
	host, port, err := net.SplitHostPort(addr.String())
	require.NoError(t, err)
	return []string{"-h", host, "-p", port}
}

// with adds arguments to every call.
func (c cli) with(args ...string) cli {
	c.args = append(c.args[:len(c.args):len(c.args)], args...)
	return c
}

func (c cli) command(args ...string) *exec.Cmd {
	command := exec.CommandContext(c.t.Context(), c.path, c.with(args...).args...)
	command.Env = append(os.Environ(), "HOME="+c.t.TempDir()) // nobody's settings and history
	return command
}

// run returns what one call prints, with stdin as its input.
func (c cli) run(stdin string, args ...string) string {
	c.t.Helper()
	command := c.command(args...)
	command.Stdin = strings.NewReader(stdin)
	output, err := command.CombinedOutput()
	require.NoError(c.t, err, "%q: %s", args, output)
	return string(output)
}

// ask is run without input.
func (c cli) ask(args ...string) string {
	c.t.Helper()
	return c.run("", args...)
}

func TestCLIRunsSingleCommands(t *testing.T) {
	t.Parallel()
	c, _ := connectCLI(t)
	assert.Equal(t, "PONG\n", c.ask("PING"))
	assert.Equal(t, "OK\n", c.ask("SET", "key", "a value"))
	assert.Equal(t, "a value\n", c.ask("GET", "key"))
	assert.Equal(t, "(nil)\n", c.ask("--no-raw", "GET", "none"))
	assert.Equal(t, "(integer) 2\n", c.ask("--no-raw", "RPUSH", "list", "a", "b"))
	assert.Equal(t, "1) \"a\"\n2) \"b\"\n", c.ask("--no-raw", "LRANGE", "list", "0", "-1"))
	assert.Equal(t, "\"a\",\"b\"\n", c.ask("--csv", "LRANGE", "list", "0", "-1"))
	assert.Equal(t, "WRONGTYPE Operation against a key holding the wrong kind of value\n\n", c.ask("INCR", "list"))
	assert.Equal(t, "1\n2\n3\n", c.ask("-r", "3", "INCR", "counter"))
	assert.Equal(t, "a\x00\nb\n", c.run("a\x00\nb", "-x", "ECHO"))

	err := c.command("-e", "NOSUCH").Run()
	var exit *exec.ExitError
	require.ErrorAs(t, err, &exit)
	assert.Equal(t, 1, exit.ExitCode())
}

func TestCLISpeaksRESP3(t *testing.T) {
	t.Parallel()
	c, _ := connectCLI(t)
	c.ask("HSET", "hash", "field", "value")
	c.ask("ZADD", "zset", "1.5", "member")
	c.ask("XADD", "stream", "1-1", "f", "v")
	assert.Equal(t, "1# \"field\" => \"value\"\n", c.ask("-3", "--no-raw", "HGETALL", "hash"))
	assert.Equal(t, "(double) 1.5\n", c.ask("-3", "--no-raw", "ZSCORE", "zset", "member"))
	assert.Equal(t, "(nil)\n", c.ask("-3", "--no-raw", "GET", "none"))
	assert.JSONEq(t, `{"field": "value"}`, c.ask("--json", "HGETALL", "hash"))
	assert.JSONEq(t, `{"stream": [["1-1", ["f", "v"]]]}`, c.ask("--json", "XREAD", "STREAMS", "stream", "0"))
}

func TestCLIReadsCommandsFromStdin(t *testing.T) {
	t.Parallel()
	c, e := connectCLI(t)
	output := c.run(strings.Join([]string{
		`SET bin "\x00\xff\r\n\"q\""`, `STRLEN bin`, `SET 'single quotes' 'it\'s \x41'`, `GET 'single quotes'`, ``, `SELECT 2`, `SET two 2`,
		`MULTI`, `INCR two`, `EXEC`, `NOSUCH`, `PING`,
	}, "\n") + "\n")
	assert.Equal(t, "OK\n7\nOK\nit's \\x41\nOK\nOK\nOK\nQUEUED\n3\nERR unknown command 'NOSUCH', with args beginning with: \n\nPONG\n", output)
	got, err := connect(t, e).Get(t.Context(), "bin").Result()
	require.NoError(t, err)
	assert.Equal(t, "\x00\xff\r\n\"q\"", got)
}

// TestCLIStartsAnInteractiveSession has redis-cli believe that it speaks to a human. It asks for the documentation of all
// commands, then, and aborts where it does not understand the answer.
func TestCLIStartsAnInteractiveSession(t *testing.T) {
	t.Parallel()
	c, _ := connectCLI(t)
	command := c.command()
	command.Env = append(command.Env, "FAKETTY=1")
	command.Stdin = strings.NewReader("SET key value\nMULTI\nGET key\nEXEC\nCOMMAND COUNT\nQUIT\n")
	output, err := command.CombinedOutput()
	require.NoError(t, err, "%s", output)
	for _, want := range []string{"OK\n", "QUEUED\n", "1) \"value\"\n", "(integer) "} {
		assert.Contains(t, string(output), want)
	}
}

func TestCLIInsertsInMasses(t *testing.T) {
	t.Parallel()
	const count = 20_000
	c, e := connectCLI(t)
	var protocol strings.Builder
	for i := range count {
		key, value := "key:"+strconv.Itoa(i), "\r\n\x00"+strconv.Itoa(i)
		fmt.Fprintf(&protocol, "*3\r\n$3\r\nSET\r\n$%d\r\n%s\r\n$%d\r\n%s\r\n", len(key), key, len(value), value)
	}
	output := c.run(protocol.String(), "--pipe")
	assert.Contains(t, output, fmt.Sprintf("errors: 0, replies: %d\n", count))
	client := connect(t, e)
	assert.Equal(t, int64(count), client.DBSize(t.Context()).Val())
	assert.Equal(t, "\r\n\x0019999", client.Get(t.Context(), "key:19999").Val())

	failing := c.command("--pipe")
	failing.Stdin = strings.NewReader("SET a b\r\nINCR a\r\nPING\r\n")
	printed, err := failing.CombinedOutput()
	require.Error(t, err)
	assert.Contains(t, string(printed), "errors: 1, replies: 3\n")
}

func TestCLIScansKeys(t *testing.T) {
	t.Parallel()
	c, e := connectCLI(t)
	client := connect(t, e)
	want := map[string]bool{}
	for i := range 500 {
		key := fmt.Sprintf("user:%d", i)
		want[key] = true
		require.NoError(t, client.MSet(t.Context(), key, "x", "other:"+key, "x").Err())
	}
	got := map[string]bool{}
	for line := range strings.Lines(c.ask("--scan", "--pattern", "user:*")) {
		got[strings.TrimSpace(line)] = true
	}
	assert.Equal(t, want, got)
}

func TestCLIChoosesADatabase(t *testing.T) {
	t.Parallel()
	c, _ := connectCLI(t)
	c.ask("-n", "3", "SET", "key", "three")
	assert.Equal(t, "three\n", c.ask("-n", "3", "GET", "key"))
	assert.Equal(t, "\n", c.ask("GET", "key"))
	assert.Equal(t, "three\n", c.ask("-3", "-n", "3", "GET", "key"))
}

func TestCLILogsIn(t *testing.T) {
	t.Parallel()
	c, e := findCLI(t), start(t)
	require.NoError(t, e.Protect("default", "secret"))
	require.NoError(t, e.Protect("ada", "lovelace"))
	args := tcpArgs(t, e, nil)
	uri := "redis://ada:lovelace@" + net.JoinHostPort(args[1], args[3]) + "/5"
	c = c.with("--no-auth-warning")
	assert.Equal(t, "PONG\n", c.ask("-u", uri, "PING"))

	c = c.with(args...)
	assert.Equal(t, "NOAUTH Authentication required.\n\n", c.ask("PING"))
	assert.Equal(t, "PONG\n", c.ask("-a", "secret", "PING"))
	assert.Equal(t, "PONG\n", c.ask("-3", "--user", "ada", "-a", "lovelace", "PING"))
	assert.Contains(t, c.ask("-a", "wrong", "PING"), "AUTH failed: WRONGPASS")
	assert.Equal(t, "OK\nPONG\n", c.run("AUTH secret\nPING\n"))
}

func TestCLIConnectsWithTLS(t *testing.T) {
	t.Parallel()
	c, e := findCLI(t), start(t)
	if usage, _ := c.command("--help").CombinedOutput(); !strings.Contains(string(usage), "--tls") {
		require.False(t, config.ReadEnv().Require, "%s=1 demands a redis-cli with TLS", config.EnvRequire)
		t.Skip("*** NOT RUN: this redis-cli was built without TLS ***")
	}
	certified := httptest.NewUnstartedServer(nil) // lends its certificate
	certified.StartTLS()
	t.Cleanup(certified.Close)
	c = c.with(tcpArgs(t, e, &tls.Config{Certificates: certified.TLS.Certificates})...).with("--tls", "--insecure")
	assert.Equal(t, "OK\n", c.ask("SET", "key", "value"))
	assert.Equal(t, "value\nPONG\n", c.run("GET key\nPING\n"))
	assert.Contains(t, c.run("SET a b\r\nPING\r\n", "--pipe"), "errors: 0, replies: 2\n")
}

func TestCLIConnectsThroughAUnixSocket(t *testing.T) {
	t.Parallel()
	c := findCLI(t).with("-s", serveEngine(t, start(t)).socket)
	assert.Equal(t, "OK\n", c.ask("SET", "key", "value"))
	assert.Equal(t, "value\n", c.run("GET key\n"))
}

func TestCLIRunsScriptFiles(t *testing.T) {
	t.Parallel()
	c, _ := connectCLI(t)
	script := filepath.Join(t.TempDir(), "script.lua")
	require.NoError(t, os.WriteFile(script, []byte("redis.call('SET', KEYS[1], ARGV[1]) return {KEYS[1], #ARGV, ARGV[2]}"), 0o600))
	assert.Equal(t, "key\n2\nb\n", c.ask("--eval", script, "key", ",", "a", "b"))
	assert.Equal(t, "a\n", c.ask("GET", "key"))
}

func TestCLISubscribes(t *testing.T) {
	t.Parallel()
	for _, protocol := range []string{"-2", "-3"} {
		t.Run(protocol, func(t *testing.T) {
			t.Parallel()
			c, e := connectCLI(t)
			subscriber := c.command(protocol, "--csv", "SUBSCRIBE", "news", "weather")
			output, err := subscriber.StdoutPipe()
			require.NoError(t, err)
			require.NoError(t, subscriber.Start())
			lines := bufio.NewScanner(output)
			expect := func(want string) {
				t.Helper()
				require.True(t, lines.Scan(), "%v", lines.Err())
				require.Equal(t, want, lines.Text())
			}
			require.True(t, lines.Scan(), "%v", lines.Err()) // how to quit
			expect(`"subscribe","news",1`)
			expect(`"subscribe","weather",2`)
			client := connect(t, e)
			require.Equal(t, int64(1), client.Publish(t.Context(), "news", "hello").Val())
			require.Equal(t, int64(1), client.Publish(t.Context(), "weather", "\x00sun").Val())
			expect(`"message","news","hello"`)
			expect(`"message","weather","\x00sun"`)

			require.NoError(t, subscriber.Process.Kill())
			var killed *exec.ExitError
			require.ErrorAs(t, subscriber.Wait(), &killed)
		})
	}
}

func TestCLIWaitsForABlockingCommand(t *testing.T) {
	t.Parallel()
	c, _ := connectCLI(t)
	waiting := c.command("BLPOP", "queue", "0")
	output, err := waiting.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, waiting.Start())
	c.ask("RPUSH", "queue", "job")
	printed, err := bufio.NewReader(output).ReadString('b')
	require.NoError(t, err)
	assert.Equal(t, "queue\njob", printed)
	require.NoError(t, waiting.Wait())
	assert.Equal(t, "\n", c.ask("BLPOP", "queue", "0.01"))
}
