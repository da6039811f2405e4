package process

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"
)

// portAttempts bounds the search for a port: a free one can be taken by somebody else before the server has it.
const portAttempts = 16

// listenTCP makes the server behind a unix socket listen on a free TCP port also, and returns its address.
func listenTCP(ctx context.Context, socket, password string) (string, error) {
	conn, err := (&net.Dialer{}).DialContext(ctx, "unix", socket)
	if err != nil {
		return "", err
	}
	defer conn.Close() //nolint:errcheck // the replies have been read, there is nothing left to lose
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	defer stop()

	server := newCaller(conn)
	if password != "" {
		if err := server.call("AUTH", password); err != nil {
			return "", err
		}
	}
	var refused error
	for range portAttempts {
		port, err := freePort(ctx)
		if err != nil {
			return "", err
		}
		refused = server.call("CONFIG", "SET", "port", strconv.Itoa(port))
		if refused == nil {
			return net.JoinHostPort("127.0.0.1", strconv.Itoa(port)), nil
		}
		if !errors.Is(refused, errRefused) || !strings.Contains(refused.Error(), "listen") {
			return "", refused
		}
	}
	return "", fmt.Errorf("no port in %d attempts: %w", portAttempts, refused)
}

// freePort asks the system for a port that nobody listens on.
func freePort(ctx context.Context) (int, error) {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp4", "127.0.0.1:0")
	if err != nil {
		return 0, fmt.Errorf("find a free port: %w", err)
	}
	_, text, err := net.SplitHostPort(listener.Addr().String())
	if err := errors.Join(err, listener.Close()); err != nil {
		return 0, fmt.Errorf("find a free port: %w", err)
	}
	return strconv.Atoi(text)
}
