package shop_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/redis/go-redis/v9"

	"github.com/compozy/rediskit/internal/example/shop"
	"github.com/compozy/rediskit/redistest"
)

var _ = Describe("A worker", func() {
	var (
		srv   *redistest.Server
		queue *shop.Queue
	)

	BeforeEach(func() {
		srv = redistest.New(GinkgoT())
		queue = shop.NewQueue(srv.Client(), "jobs")
	})

	newWorker := func(name string, handle func(context.Context, shop.Job) error) *shop.Worker {
		worker := shop.NewWorker(queue, name, handle)
		worker.Block = 10 * time.Millisecond // how long a spec waits for it to stop
		worker.Log = slog.New(slog.NewTextHandler(GinkgoWriter, nil))
		return worker
	}
	enqueue := func(ctx context.Context, n int) {
		GinkgoHelper()
		for i := range n {
			Expect(queue.Enqueue(ctx, "mail", fmt.Sprint("letter ", i))).NotTo(BeEmpty())
		}
	}
	left := func(ctx context.Context) (int64, error) { return srv.Client().XLen(ctx, "jobs").Result() }

	It("does the jobs in the order they came in, and forgets them", func(ctx SpecContext) {
		enqueue(ctx, 3)
		payloads := make(chan string, 3)
		start(GinkgoT(), newWorker("worker", func(_ context.Context, job shop.Job) error {
			payloads <- job.Payload
			return nil
		}))
		for i := range 3 {
			Eventually(ctx, payloads).Should(Receive(Equal(fmt.Sprint("letter ", i))))
		}
		Eventually(ctx, left).Should(BeZero())
		Expect(srv.Client().XPendingExt(ctx, &redis.XPendingExtArgs{
			Stream: "jobs", Group: "workers", Start: "-", End: "+", Count: 10,
		}).Result()).To(BeEmpty())
	})

	It("shares the jobs with other workers, each job once", func(ctx SpecContext) {
		const jobs = 60
		names := []string{"one", "two", "three"}
		enqueue(ctx, jobs)
		var mu sync.Mutex
		done, share := map[string]int{}, map[string]int{}
		allAtWork := make(chan struct{})
		for _, name := range names {
			start(GinkgoT(), newWorker(name, func(ctx context.Context, job shop.Job) error {
				mu.Lock()
				done[job.ID]++
				share[name]++
				if share[name] == 1 && len(share) == len(names) {
					close(allAtWork)
				}
				mu.Unlock()
				select { // nobody is done with the first job before all have one
				case <-allAtWork:
				case <-ctx.Done():
				}
				return nil
			}))
		}
		Eventually(ctx, left).Should(BeZero())
		mu.Lock()
		defer mu.Unlock()
		Expect(share).To(HaveLen(len(names)))
		Expect(done).To(HaveLen(jobs))
		Expect(done).To(HaveEach(1))
	})

	It("finishes the job it is at when it is told to stop", func(ctx SpecContext) {
		enqueue(ctx, 2)
		begun := make(chan struct{})
		stop := start(GinkgoT(), newWorker("worker", func(ctx context.Context, _ shop.Job) error {
			close(begun) // a second job would panic
			<-ctx.Done()
			return nil
		}))
		Eventually(ctx, begun).Should(BeClosed())
		stop()
		Expect(left(ctx)).To(BeEquivalentTo(1), "the first job is done, the second not begun")
	})

	When("another worker has died at a job", func() {
		It("does that job", func(ctx SpecContext) {
			enqueue(ctx, 1)
			readAndDie(GinkgoTB(), srv.NewClient(), "jobs")
			jobs := make(chan shop.Job, 1)
			worker := newWorker("worker", func(_ context.Context, job shop.Job) error {
				jobs <- job
				return nil
			})
			worker.RetryAfter = 0
			start(GinkgoT(), worker)
			Eventually(ctx, jobs).Should(Receive(And(
				HaveField("Payload", "letter 0"),
				HaveField("Deliveries", BeEquivalentTo(2)),
			)))
			Eventually(ctx, left).Should(BeZero())
		})
	})

	When("a job fails", func() {
		It("tries again until it succeeds", func(ctx SpecContext) {
			enqueue(ctx, 1)
			worker := newWorker("worker", func(_ context.Context, job shop.Job) error {
				if job.Deliveries < 3 {
					return errors.New("mail server is down")
				}
				return nil
			})
			worker.RetryAfter = 0
			start(GinkgoT(), worker)
			Eventually(ctx, left).Should(BeZero())
			Expect(queue.Dead(ctx)).To(BeEmpty())
		})

		It("buries it after three tries, and gets on with the rest", func(ctx SpecContext) {
			enqueue(ctx, 2)
			good := make(chan shop.Job, 1)
			worker := newWorker("worker", func(_ context.Context, job shop.Job) error {
				if job.Payload == "letter 0" {
					return errors.New("no such address")
				}
				good <- job
				return nil
			})
			worker.RetryAfter = 0
			start(GinkgoT(), worker)
			Eventually(ctx, good).Should(Receive())
			Eventually(ctx, left).Should(BeZero())
			Expect(queue.Dead(ctx)).To(ConsistOf(And(
				HaveField("Kind", "mail"),
				HaveField("Payload", "letter 0"),
				HaveField("Deliveries", BeEquivalentTo(3)),
			)))
		})
	})
})
