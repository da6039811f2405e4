package redistest

import (
	"context"
	"errors"
)

// NotInstalled is a backend that is not to be had here.
func NotInstalled() Backend {
	return Backend{"redis-server", func(context.Context, *settings) (instance, error) {
		return nil, &missingError{errors.New("no redis-server")}
	}}
}
