package process

import (
	"errors"
	"fmt"
	"os/exec"
)

// ErrNotFound is the error of [Find], [Start] and whatever starts servers where no redis-server is installed.
var ErrNotFound = errors.New("redis-server is not installed")

// Find looks for redis-server on PATH, and for valkey-server where there is none. Its error wraps [ErrNotFound].
func Find() (string, error) {
	const first, second = "redis-server", "valkey-server"
	path, err := exec.LookPath(first)
	if err == nil {
		return path, nil
	}
	if path, err := exec.LookPath(second); err == nil {
		return path, nil
	}
	return "", fmt.Errorf("find %s: %w (%w; nor is there a %s)", first, ErrNotFound, err, second)
}
