package standalone

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"

	"github.com/compozy/rediskit/internal/config"
	"github.com/compozy/rediskit/internal/logger"
)

// ErrClosed is what asking a closed server for something new fails with.
var ErrClosed = errors.New("redis is closed")

// NewClient makes a client that is closed with the server. Each option may change what Options returns.
func (s *Server) NewClient(ctx context.Context, options ...func(*redis.Options)) (*redis.Client, error) {
	o := s.Options(ctx)
	for _, option := range options {
		option(o)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closing.Load() {
		return nil, fmt.Errorf("new client: %w", ErrClosed)
	}
	client := redis.NewClient(o)
	s.clients = append(s.clients, client)
	return client, nil
}

// Options are those of a client of this server: through the unix socket or TLS where the config asks for them, else in
// memory. The caller owns the result.
func (s *Server) Options(ctx context.Context) *redis.Options {
	settings := config.FromContext(ctx)
	o := &redis.Options{
		// Two round trips less for each connection, of no use to a server in this process.
		DisableIdentity:          true,
		MaintNotificationsConfig: &maintnotifications.Config{Mode: maintnotifications.ModeDisabled},
		// There are no system calls to save, so large buffers and connections set apart for pipelines only cost memory.
		ReadBufferSize:   4 << 10,
		WriteBufferSize:  4 << 10,
		PipelinePoolSize: -1,
	}
	if len(settings.Users) > 0 {
		o.Password = settings.Users[0].Password
		if name := settings.Users[0].Name; name != config.DefaultUser {
			o.Username = name
		}
	}
	switch {
	case settings.UnixSocket != "":
		o.Network, o.Addr = "unix", settings.UnixSocket
	case settings.TLS != nil:
		o.Addr = s.listening()
		o.TLSConfig = clientTLS(settings.TLS)
	default:
		o.Addr = "in-memory"
		o.Dialer = func(context.Context, string, string) (net.Conn, error) { return s.engine.Dial() }
	}
	return o
}

// Listen makes the server reachable over TCP, at its first call, and returns the address. Without one in the config that
// is a random port on loopback.
func (s *Server) Listen(ctx context.Context) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closing.Load() {
		return "", fmt.Errorf("listen: %w", ErrClosed)
	}
	if s.addr == "" {
		settings := config.FromContext(ctx)
		addr, err := s.engine.Listen("tcp", cmp.Or(settings.Addr, "127.0.0.1:0"), settings.TLS)
		if err != nil {
			return "", err
		}
		s.addr = addr.String()
		logger.FromContext(ctx).DebugContext(ctx, "redis listens", "addr", s.addr)
	}
	return s.addr, nil
}

// listening is the address that Listen has returned, "" before.
func (s *Server) listening() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.addr
}

// clientTLS turns the server's side of a TLS configuration round. Where it names no authorities, clients trust the
// server's own certificate.
func clientTLS(server *tls.Config) *tls.Config {
	client := &tls.Config{RootCAs: server.RootCAs, ServerName: server.ServerName, MinVersion: tls.VersionTLS12}
	if len(server.Certificates) == 0 || len(server.Certificates[0].Certificate) == 0 {
		return client
	}
	leaf, err := x509.ParseCertificate(server.Certificates[0].Certificate[0])
	if err != nil {
		return client // the handshake will say what is wrong with it
	}
	if client.RootCAs == nil {
		client.RootCAs = x509.NewCertPool()
		client.RootCAs.AddCert(leaf)
	}
	if client.ServerName == "" && len(leaf.IPAddresses) == 0 && len(leaf.DNSNames) > 0 {
		client.ServerName = leaf.DNSNames[0] // clients connect to an address, which this certificate does not name
	}
	return client
}
