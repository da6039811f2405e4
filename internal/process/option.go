package process

// socketName is the name of the unix socket in the server's folder.
const socketName = "redis.sock"

// Option changes how a server is started.
type Option func(*settings)

type settings struct {
	path     string
	args     []string
	tcp      bool
	password string
}

// WithPath names the redis-server binary. Without it, Start looks on PATH.
func WithPath(path string) Option { return func(s *settings) { s.path = path } }

// WithArgs adds command-line arguments, such as "--maxmemory", "1mb". They win over the defaults (nothing saved, the
// private folder as working directory) and not over what the package itself needs: the unix socket, no TCP port, the log
// on standard output. Options add up.
func WithArgs(args ...string) Option {
	return func(s *settings) { s.args = append(s.args, args...) }
}

// WithTCP also listens on a random TCP port of 127.0.0.1; see [Process.Addr].
func WithTCP() Option { return func(s *settings) { s.tcp = true } }

// WithPassword sets the default user's password.
func WithPassword(password string) Option { return func(s *settings) { s.password = password } }

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
		"--port", "0",
		"--unixsocket", socket,
		"--unixsocketperm", "700",
		"--daemonize", "no",
		"--supervised", "no",
		"--logfile", "",
		"--loglevel", "notice",
	)
}
