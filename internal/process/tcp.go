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

// Listen makes the server listen on a random TCP port of 127.0.0.1, unless it does so already, and returns its address,
// host and port. It logs in with the password of [WithPassword]; where a test has changed who may, with the user and the
// password that are given.
func (p *Process) Listen(ctx context.Context, login ...string) (string, error) {
	p.listening.Lock()
	defer p.listening.Unlock()
	if addr := p.Addr(); addr != "" {
		return addr, nil
	}
	if len(login) == 0 {
		login = []string{p.password}
	}
	addr, err := p.listen(ctx, login, freePort)
	if err != nil {
		return "", fmt.Errorf("listen on TCP: %w%s", err, p.quoteOutput())
	}
	p.setAddr(addr)
	return addr, nil
}

func (p *Process) listen(ctx context.Context, login []string, pick func(context.Context) (int, error)) (string, error) {
	server, err := dial(ctx, "unix", p.Socket(), login...)
	if err != nil {
		return "", err
	}
	defer server.close()
	var refused error
	for range portAttempts {
		port, err := pick(ctx)
		if err != nil {
			return "", err
		}
		_, refused = server.call(ctx, "CONFIG", "SET", "port", strconv.Itoa(port))
		if refused == nil {
			return loopback(port), server.part(ctx)
		}
		if !errors.Is(refused, errRefused) || !strings.Contains(refused.Error(), "listen") {
			return "", refused
		}
	}
	return "", fmt.Errorf("no port in %d attempts: %w", portAttempts, refused)
}

func loopback(port int) string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(port)) }

// freePort asks the system for a port that nobody listens on.
func freePort(ctx context.Context) (int, error) {
	ports, err := freePorts(ctx, 1)
	if err != nil {
		return 0, err
	}
	return ports[0], nil
}

// freePorts asks the system for different ports that nobody listens on.
func freePorts(ctx context.Context, count int) ([]int, error) {
	ports := make([]int, count)
	listeners := make([]net.Listener, 0, count) // held until the end, so that no port is handed out twice
	defer func() {
		for _, listener := range listeners {
			_ = listener.Close()
		}
	}()
	for i := range ports {
		listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp4", "127.0.0.1:0")
		if err != nil {
			return nil, fmt.Errorf("find a free port: %w", err)
		}
		listeners = append(listeners, listener)
		_, text, err := net.SplitHostPort(listener.Addr().String())
		if err != nil {
			return nil, fmt.Errorf("find a free port: %w", err)
		}
		if ports[i], err = strconv.Atoi(text); err != nil {
			return nil, fmt.Errorf("find a free port: %w", err)
		}
	}
	return ports, nil
}
