package main

import (
	"context"
	"errors"

	"github.com/redis/go-redis/v9"

	"github.com/compozy/rediskit/internal/process"
	"github.com/compozy/rediskit/redistest" //nolint:depguard // nobody imports a program, so no arrow is turned round
)

const (
	host = "127.0.0.1"
	port = "6379"
	addr = host + ":" + port
)

// servers are to be compared, the one that is right first.
var servers = []struct {
	name  string
	start func(context.Context) (stop func() error, err error)
}{
	{"redis-server", startRedisServer},
	{"redistest", startRedistest},
}

func startRedisServer(ctx context.Context) (stop func() error, err error) {
	server, err := process.Start(ctx)
	if err != nil {
		return nil, err
	}
	client := redis.NewClient(&redis.Options{Network: "unix", Addr: server.Socket()})
	err = client.ConfigSet(ctx, "port", port).Err()
	if err := errors.Join(err, client.Close()); err != nil {
		return nil, errors.Join(err, server.Close())
	}
	return server.Close, nil
}

func startRedistest(ctx context.Context) (stop func() error, err error) {
	server, err := redistest.Start(ctx, redistest.WithLiveClock(), redistest.WithAddr(addr))
	if err != nil {
		return nil, err
	}
	return func() error { return server.Close(context.WithoutCancel(ctx)) }, nil
}
