package process

import (
	"errors"
	"fmt"
	"os/exec"
)

// ErrNotFound is the error of [Find] and [Start] where no redis-server is installed.
var ErrNotFound = errors.New("redis-server is not installed")

const binary = "redis-server"

// Find looks for redis-server on PATH. Its error wraps [ErrNotFound].
func Find() (string, error) {
	path, err := exec.LookPath(binary)
	if err != nil {
		return "", fmt.Errorf("find %s: %w (%w)", binary, ErrNotFound, err)
	}
	return path, nil
}
