package process

import (
	"fmt"
	"strconv"
)

// socketName is the name of the unix socket in the server's folder.
const socketName = "redis.sock"

// Option changes how a server is started.
type Option func(*settings)

type settings struct {
	path       string
	args       []string
	tcp        bool
	password   string
	minVersion string

	// What follows is for the nodes of a cluster, whose ports and folder outlive a process.
	folder string
	port   int
}

// WithPath names the redis-server or valkey-server binary. Without it, Start looks on PATH.
func WithPath(path string) Option { return func(s *settings) { s.path = path } }

// WithArgs adds command-line arguments, such as "--maxmemory", "1mb". They win over the defaults (nothing saved, the
// private folder as working directory) and not over what the package itself needs: the unix socket, no TCP port, the log
// on standard output. Options add up.
func WithArgs(args ...string) Option {
	return func(s *settings) { s.args = append(s.args, args...) }
}

// WithTCP also listens on a random TCP port of 127.0.0.1 from the start; see [Process.Addr] and [Process.Listen].
func WithTCP() Option { return func(s *settings) { s.tcp = true } }

// WithPassword sets the default user's password.
func WithPassword(password string) Option { return func(s *settings) { s.password = password } }

// WithMinVersion refuses a server older than a version such as "7.2", with an error that wraps [ErrTooOld]. The version
// is Redis's: a Valkey counts as the version that it says to be compatible with, which is 7.2.4.
func WithMinVersion(version string) Option { return func(s *settings) { s.minVersion = version } }

func newSettings(opts []Option) settings {
	s := settings{}
	for _, opt := range opts {
		opt(&s)
	}
	return s
}

// key is the same for servers that are started in the same way.
func (s settings) key() string { return fmt.Sprintf("%q", s.arguments("", "")) + s.path + s.minVersion }

// arguments is the server's command line: the last mention of a setting is the one that counts.
func (s settings) arguments(folder, socket string) []string {
	args := []string{
		"--bind", "127.0.0.1",
		"--dir", folder,
		"--save", "",
		"--appendonly", "no",
	}
	if s.password != "" {
		args = append(args, "--requirepass", s.password)
	}
	args = append(args, s.args...)
	return append(args,
		"--port", strconv.Itoa(s.port),
		"--unixsocket", socket,
		"--unixsocketperm", "700",
		"--daemonize", "no",
		"--supervised", "no",
		"--logfile", "",
		"--loglevel", "notice",
	)
}
