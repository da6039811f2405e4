package config

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestReadEnv(t *testing.T) {
	t.Parallel()
	read := func(vars map[string]string) Env {
		return readEnv(func(name string) string { return vars[name] })
	}

	assert.Equal(t, Env{}, read(nil))
	assert.Equal(t, Env{Require: true}, read(map[string]string{EnvRequire: "1"}))
	assert.Equal(t, Env{Update: true}, read(map[string]string{EnvUpdate: "true"}))
	assert.Equal(t, Env{CI: true}, read(map[string]string{EnvCI: "true"}))
	assert.Equal(t, Env{}, read(map[string]string{EnvRequire: "0", EnvUpdate: "false", EnvCI: "F"}))
	assert.Equal(t, Env{Require: true}, read(map[string]string{EnvRequire: "yes"}))
}
