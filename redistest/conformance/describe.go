package conformance

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/onsi/ginkgo/v2"
	"github.com/onsi/gomega"
	"github.com/redis/go-redis/v9"
)

// Describe registers the suite as a Ginkgo container with the given name and returns true, to be used at the top
// level of a test file: var _ = conformance.Describe(…). It may be used several times, once for each server.
//
// newClient is called before every spec, and again by specs that need more clients, in the process that runs the spec.
// The suite closes each client. newClient may use Ginkgo's Fail and Skip.
func Describe(name string, newClient func() redis.UniversalClient, opts ...Option) bool {
	return ginkgo.Describe(name, func() {
		register(&suite{settings: resolve(opts), newClient: newClient, add: ginkgoIt})
	})
}

// family is a set of specs under one label.
type family struct {
	name       string
	specs      func(*suite)
	decorators []any
}

func families(mayFlush bool) []family {
	all := []family{
		{name: "strings", specs: stringSpecs},
		{name: "bits", specs: bitSpecs},
		{name: "keys", specs: keySpecs},
		{name: "expiry", specs: expirySpecs},
		{name: "hashes", specs: hashSpecs},
		{name: "lists", specs: listSpecs},
		{name: "sets", specs: setSpecs},
		{name: "sorted-sets", specs: sortedSetSpecs},
		{name: "streams", specs: streamSpecs},
		{name: "groups", specs: groupSpecs},
		{name: "geo", specs: geoSpecs},
		{name: "hyperloglog", specs: hyperLogLogSpecs},
		{name: "scripting", specs: scriptingSpecs},
		{name: "transactions", specs: transactionSpecs},
		{name: "pipelines", specs: pipelineSpecs},
		{name: "pubsub", specs: pubSubSpecs},
		{name: "blocking", specs: blockingSpecs},
		{name: "protocol", specs: protocolSpecs},
	}
	if mayFlush {
		all = append(all, family{name: "flush", specs: flushSpecs, decorators: []any{ginkgo.Serial}})
	}
	return all
}

// suite registers specs. It lives while the tree of specs is built.
type suite struct {
	settings
	newClient func() redis.UniversalClient
	family    string
	names     []string
	oneNode   bool // while specs that assume a single node are registered
	current   *trial
	add       func(text string, args ...any)
}

// ginkgoIt registers one spec, located where suite.it or its like was called.
func ginkgoIt(text string, args ...any) {
	ginkgo.It(text, append(args, ginkgo.Offset(3))...)
}

func register(s *suite) {
	for _, f := range families(s.mayFlush) {
		ginkgo.Context(f.name, append([]any{ginkgo.Label(f.name)}, f.decorators...), func() {
			s.family = f.name
			ginkgo.BeforeEach(func() {
				s.current = newTrial(s.newClient)
				ginkgo.DeferCleanup(s.current.finish)
			})
			f.specs(s)
		})
	}
	ginkgo.It("lists as deviations only specs that it has", func() {
		if complaints := s.deviations.complaints(s.names); len(complaints) > 0 && s.survey == nil {
			ginkgo.Fail(strings.Join(complaints, "\n"))
		}
	})
}

// it registers a spec of the current family. Assertions of the body go through its trial and stay on the body's
// goroutine; every Redis call takes ctx, and a body that waits for a server does so through the trial.
func (s *suite) it(text string, body specBody) {
	s.define(text, body)
}

// itTakesTime registers a spec that passes only while the server's clock runs.
func (s *suite) itTakesTime(text string, body specBody) {
	s.define(text, body, "clock")
}

type specBody func(ctx context.Context, t *trial)

func (s *suite) define(text string, body specBody, labels ...string) {
	name := s.family + " " + text
	s.names = append(s.names, name)
	if s.oneNode {
		labels = append(labels, oneNodeLabel)
	}
	if s.cluster && slices.Contains(labels, oneNodeLabel) {
		return
	}
	run := func(ctx ginkgo.SpecContext) { s.run(ctx, name, body) }
	// The limit of Ginkgo is a backstop: it would report a deviation that hangs as timed out.
	s.add(text, ginkgo.Label(labels...), run, ginkgo.SpecTimeout(s.timeLimit+10*time.Second))
}

func (s *suite) run(spec context.Context, name string, body specBody) {
	ctx, cancel := context.WithTimeout(spec, s.timeLimit)
	defer cancel()
	t := s.current
	// go-redis does not watch the context of a call: closing the connections ends calls that wait for the server.
	disarm := context.AfterFunc(ctx, t.disconnect)
	defer disarm()

	reason, listed := s.deviations[name]
	if s.survey == nil && !listed {
		t.Gomega = gomega.NewGomega(explainLimit(ctx, s.timeLimit, ginkgo.Fail))
		body(ctx, t)
		return
	}
	outcome := attempt(func(fail failHandler) {
		t.Gomega = gomega.NewGomega(explainLimit(ctx, s.timeLimit, fail))
		body(ctx, t)
	})
	switch {
	case t.skipped: // Ginkgo knows
		return
	case s.survey != nil:
		s.survey(name, outcome)
		return
	}
	if err := judge(reason, outcome); err != nil {
		ginkgo.Fail(err.Error())
	}
	ginkgo.AddReportEntry("deviation", reason+"\n"+outcome.Error(), ginkgo.ReportEntryVisibilityFailureOrVerbose)
}

// explainLimit makes failures that follow from the time limit say so: what fails is a call on a closed connection.
func explainLimit(ctx context.Context, limit time.Duration, fail failHandler) failHandler {
	return func(message string, callerSkip ...int) {
		if ctx.Err() != nil {
			message += fmt.Sprintf("\nthe spec took longer than its limit of %v, and its connections were closed", limit)
		}
		skip := 1
		if len(callerSkip) > 0 {
			skip += callerSkip[0]
		}
		fail(message, skip)
	}
}
