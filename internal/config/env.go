package config

import (
	"os"
	"strconv"
)

// The environment variables that the toolkit reads.
const (
	// EnvRequire makes a missing redis-server a failure where it is a loud skip otherwise.
	EnvRequire = "REDISTEST_REQUIRE"
	// EnvUpdate makes golden comparisons rewrite their files.
	EnvUpdate = "REDISTEST_UPDATE"
	// EnvBackend chooses the backend: embedded, redis-server or a URL.
	EnvBackend = "REDISTEST_BACKEND"
	// EnvURL is the URL of a Redis to be used.
	EnvURL = "REDISTEST_URL"
	// EnvCI is what nearly every continuous integration sets.
	EnvCI = "CI"
)

// Env is what the environment says, each field one variable.
type Env struct {
	// Require is REDISTEST_REQUIRE: a test that needs a real redis-server must fail where none is installed.
	Require bool
	// Update is REDISTEST_UPDATE: golden files are rewritten with what the test got.
	Update bool
	// Backend is REDISTEST_BACKEND: where servers run that do not say so themselves.
	Backend string
	// URL is REDISTEST_URL, which outdoes Backend.
	URL string
	// CI is CI: nobody is there to look at what a test writes, so golden files are only compared.
	CI bool
}

// ReadEnv reads the process environment. A switch is off when its variable is unset, empty or a false value of
// [strconv.ParseBool], and on with every other value: "yes" must not quietly switch a check off.
func ReadEnv() Env { return readEnv(os.Getenv) }

func readEnv(getenv func(string) string) Env {
	return Env{
		Require: isOn(getenv(EnvRequire)),
		Update:  isOn(getenv(EnvUpdate)),
		CI:      isOn(getenv(EnvCI)),
		Backend: getenv(EnvBackend),
		URL:     getenv(EnvURL),
	}
}

func isOn(value string) bool {
	if value == "" {
		return false
	}
	on, err := strconv.ParseBool(value)
	return err != nil || on
}
