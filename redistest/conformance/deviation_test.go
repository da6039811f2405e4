package conformance

import (
	"context"
	"errors"
	"runtime"
	"testing"
	"time"

	"github.com/onsi/gomega"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestJudge(t *testing.T) {
	t.Parallel()

	t.Run("a listed spec that fails is as expected", func(t *testing.T) {
		t.Parallel()
		assert.NoError(t, judge("no such command", errors.New("unknown command")))
	})

	t.Run("a listed spec that passes is an error that says what to do", func(t *testing.T) {
		t.Parallel()
		assert.EqualError(t, judge("no such command", nil),
			"listed as a deviation, but passes: remove it (the reason given was: no such command)")
	})
}

func TestAttempt(t *testing.T) {
	t.Parallel()

	t.Run("a body without failed assertions passes", func(t *testing.T) {
		t.Parallel()
		assert.NoError(t, attempt(func(fail failHandler) {
			gomega.NewGomega(fail).Expect(1).To(gomega.Equal(1))
		}))
	})

	t.Run("the first failed assertion ends the body", func(t *testing.T) {
		t.Parallel()
		reached := false
		err := attempt(func(fail failHandler) {
			gomega.NewGomega(fail).Expect("got").To(gomega.Equal("want"))
			reached = true
		})
		require.ErrorContains(t, err, "want")
		assert.False(t, reached)
	})

	t.Run("an Eventually that gives up is a failed assertion", func(t *testing.T) {
		t.Parallel()
		err := attempt(func(fail failHandler) {
			gomega.NewGomega(fail).Eventually(func() int { return 1 }).WithTimeout(time.Millisecond).Should(gomega.BeZero())
		})
		require.ErrorContains(t, err, "Timed out")
	})

	t.Run("a panic is a failure", func(t *testing.T) {
		t.Parallel()
		err := attempt(func(failHandler) { panic("index out of range") })
		require.EqualError(t, err, "the spec body panicked: index out of range")
	})

	t.Run("a body that leaves its goroutine does not pass", func(t *testing.T) {
		t.Parallel()
		outcome := make(chan error, 1)
		go func() {
			var err error
			defer func() { outcome <- err }()
			err = errors.New("not run")
			err = attempt(func(failHandler) { runtime.Goexit() })
		}()
		require.Error(t, <-outcome)
	})
}

func TestDeviationsOfNoSpec(t *testing.T) {
	t.Parallel()

	t.Run("known names with reasons are fine", func(t *testing.T) {
		t.Parallel()
		assert.Empty(t, deviations{"lists LPOP pops": "is slow"}.complaints([]string{"lists LPOP pops"}))
	})

	t.Run("an unknown name and an empty reason are told", func(t *testing.T) {
		t.Parallel()
		table := deviations{"lists LPOP pops": "", "sets gone": "renamed"}
		assert.Equal(t, []string{
			`"lists LPOP pops" is listed as a deviation without a reason`,
			`"sets gone" is listed as a deviation, but no spec has this name`,
		}, table.complaints([]string{"lists LPOP pops"}))
	})

	t.Run("tables of several options are joined", func(t *testing.T) {
		t.Parallel()
		s := resolve([]Option{
			Deviations(map[string]string{"a": "1"}), Deviations(map[string]string{"b": "2"}), TimeLimit(time.Second),
		})
		assert.Equal(t, deviations{"a": "1", "b": "2"}, s.deviations)
		assert.Equal(t, time.Second, s.timeLimit)
	})
}

func TestExplainLimit(t *testing.T) {
	t.Parallel()

	tell := func(ctx context.Context) error {
		return attempt(func(fail failHandler) { explainLimit(ctx, time.Minute, fail)("client is closed") })
	}
	ctx, cancel := context.WithCancel(t.Context())
	require.EqualError(t, tell(ctx), "client is closed")
	cancel()
	require.ErrorContains(t, tell(ctx), "longer than its limit of 1m0s")
}

func TestClusterLeavesOutWhatAssumesOneNode(t *testing.T) {
	t.Parallel()

	defined := func(opts ...Option) (texts, names []string) {
		s := &suite{settings: resolve(opts), add: func(text string, _ ...any) { texts = append(texts, text) }}
		s.it("everywhere", nil)
		s.itOnOneNode("on one node", nil)
		s.onOneNode(func(s *suite) { s.itTakesTime("on one node, too", nil) })
		s.itTakesTime("everywhere, in time", nil)
		return texts, s.names
	}
	all := []string{"everywhere", "on one node", "on one node, too", "everywhere, in time"}
	texts, _ := defined()
	assert.Equal(t, all, texts)
	texts, names := defined(Cluster())
	assert.Equal(t, []string{"everywhere", "everywhere, in time"}, texts)
	assert.Len(t, names, len(all), "so that a table of deviations may name them")
}

func TestSpecNames(t *testing.T) {
	t.Parallel()

	s := &suite{settings: resolve(nil), add: func(string, ...any) {}}
	for _, f := range families(true) {
		s.family = f.name
		before := len(s.names)
		f.specs(s)
		assert.Greater(t, len(s.names), before, "family %s has no specs", f.name)
	}
	seen := map[string]bool{}
	for _, name := range s.names {
		assert.False(t, seen[name], "two specs have the name %q", name)
		seen[name] = true
	}
	t.Logf("%d specs", len(s.names))
}
