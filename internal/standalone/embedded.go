package standalone

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"

	"github.com/compozy/rediskit/internal/config"
	"github.com/compozy/rediskit/internal/engine"
	"github.com/compozy/rediskit/internal/logger"
	"github.com/compozy/rediskit/snapshot"
)

// Embedded is the backend in this process.
type Embedded struct {
	engine *engine.Engine

	mu   sync.Mutex
	addr string // of the TCP listener, once there is one
}

var _ Backend = (*Embedded)(nil)

// StartEmbedded starts the embedded backend as the context's config says. It is reached in memory until it is opened. The
// error names the step that failed, and then nothing is left running. prepare, which may be nil, gets the engine before the
// first client connects.
func StartEmbedded(ctx context.Context, prepare func(*engine.Engine)) (*Embedded, error) {
	e, err := engine.New(engine.Clock(config.FromContext(ctx).Clock))
	if err != nil {
		return nil, fmt.Errorf("start redis: %w", err)
	}
	b := &Embedded{engine: e}
	if prepare != nil {
		prepare(e)
	}
	for _, user := range config.FromContext(ctx).Users {
		if err := e.Protect(user.Name, user.Password); err != nil {
			return nil, errors.Join(fmt.Errorf("start redis: add user %s: %w", user.Name, err), e.Close())
		}
	}
	if rules := config.FromContext(ctx).Cluster; rules.Enabled {
		e.FollowClusterRules(engine.ClusterRules{DerivedKeys: rules.DerivedKeys})
	}
	return b, nil
}

// Open implements opener: it listens where the config says.
func (b *Embedded) Open(ctx context.Context) error {
	settings := config.FromContext(ctx)
	if settings.UnixSocket != "" {
		if _, err := b.engine.Listen("unix", settings.UnixSocket, nil); err != nil {
			return err
		}
	}
	if settings.Addr != "" || settings.TLS != nil {
		if _, err := b.Listen(ctx); err != nil {
			return err
		}
	}
	return nil
}

// Engine is the server itself.
func (b *Embedded) Engine() *engine.Engine { return b.engine }

// Keyspace implements Backend.
func (b *Embedded) Keyspace() snapshot.Target { return keyspace(b.engine.Exclusive) }

// Now implements Backend.
func (b *Embedded) Now() time.Time { return b.engine.Now() }

// Close implements Backend.
func (b *Embedded) Close(context.Context) error { return b.engine.Close() }

// Options implements Backend: through the unix socket or TLS where the config asks for them, else in
// memory. The caller owns the result.
func (b *Embedded) Options(ctx context.Context) *redis.Options {
	settings := config.FromContext(ctx)
	o := &redis.Options{
		// Two round trips less for each connection, of no use to a server in this process.
		DisableIdentity:          true,
		MaintNotificationsConfig: &maintnotifications.Config{Mode: maintnotifications.ModeDisabled},
		// There are no system calls to save, so large buffers and connections set apart for pipelines only cost memory.
		ReadBufferSize:   4 << 10,
		WriteBufferSize:  4 << 10,
		PipelinePoolSize: -1,
		// A server in this process is there or has ended for good: trying again takes two seconds to say so.
		DialerRetries: 1,
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
		o.Addr = b.listening()
		o.TLSConfig = clientTLS(settings.TLS)
	default:
		o.Addr = "in-memory"
		o.Dialer = func(context.Context, string, string) (net.Conn, error) { return b.engine.Dial() }
	}
	return o
}

// Listen implements Backend. Without an address in the config it is a random port on loopback.
func (b *Embedded) Listen(ctx context.Context) (string, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.addr == "" {
		settings := config.FromContext(ctx)
		addr, err := b.engine.Listen("tcp", cmp.Or(settings.Addr, "127.0.0.1:0"), settings.TLS)
		if err != nil {
			return "", err
		}
		b.addr = addr.String()
		logger.FromContext(ctx).DebugContext(ctx, "redis listens", "addr", b.addr)
	}
	return b.addr, nil
}

// listening is the address that Listen has returned, "" before.
func (b *Embedded) listening() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.addr
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
