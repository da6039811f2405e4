package redistest

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/compozy/rediskit/internal/config"
)

func TestBackendsOfTheEnvironment(t *testing.T) {
	t.Parallel()
	names := func(env config.Env, opts ...DriftOption) (names []string) {
		for _, b := range newDrift(env, opts).backends {
			names = append(names, b.label())
		}
		return names
	}
	assert.Equal(t, []string{"embedded", "redis-server"}, names(config.Env{Backend: "redis-server"}))
	assert.Equal(t, []string{"embedded", "redis-server", "external"}, names(config.Env{URL: "redis://ada:secret@here"}))
	assert.Equal(t, []string{"embedded", "redis-server", "external"}, names(config.Env{Backend: "redis://here"}))
	assert.Equal(t, []string{"redis-server"}, names(config.Env{URL: "redis://here"}, WithBackend(RedisServer()), WithLiveClock()))
}
