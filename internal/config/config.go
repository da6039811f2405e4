// Package config carries a server's settings in a context. Whoever needs a setting asks the context for it when it is
// needed; nobody keeps a copy.
package config

import (
	"context"
	"crypto/tls"
	"time"
)

// Config says what a server is to be like. The zero value is a server that is reached in memory only.
type Config struct {
	// Addr is the TCP address to listen on, "127.0.0.1:6379"; "" for a random port on loopback at the first need.
	Addr string
	// UnixSocket is the path of a unix socket that clients connect to; "" for none.
	UnixSocket string
	// TLS encrypts TCP connections; nil for plain ones. Its certificates are the server's, and its RootCAs are what
	// clients trust.
	TLS *tls.Config
	// Users and their passwords; without any, clients need not log in.
	Users []User
	// Clock is where the server takes its time from.
	Clock Clock
	// Cluster is which rules of a cluster the server follows.
	Cluster Cluster
	// Persistence is how it keeps its data.
	Persistence Persistence
}

// Clock is a server's. The zero value stands still at the moment of the server's start.
type Clock struct {
	Start time.Time // where it stands at first; the zero value means now
	Live  bool      // it follows time.Now, and Start means nothing
}

// Cluster makes a server judge like a node of a Redis Cluster.
type Cluster struct {
	Enabled     bool
	DerivedKeys bool // scripts may use undeclared keys, in the slot of the declared ones
}

// User is a name and a password that clients can log in with.
type User struct{ Name, Password string }

// DefaultUser is the one whose password suffices to log in.
const DefaultUser = "default"

type key struct{}

// NewContext returns a context that carries c.
func NewContext(ctx context.Context, c Config) context.Context {
	return context.WithValue(ctx, key{}, c)
}

// FromContext returns the settings that ctx carries, or else the zero Config.
func FromContext(ctx context.Context) Config {
	c, _ := ctx.Value(key{}).(Config)
	return c
}
