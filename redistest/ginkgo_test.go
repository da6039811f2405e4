package redistest_test

import (
	"testing"

	"github.com/onsi/ginkgo/v2"
	"github.com/onsi/gomega"
	"github.com/redis/go-redis/v9"

	"github.com/compozy/rediskit/internal/specs"
	"github.com/compozy/rediskit/redistest"
)

func TestInGinkgo(t *testing.T) { //nolint:paralleltest // Ginkgo's tree is one for the process
	specs.Run(t, "redistest in Ginkgo", nil)
}

var shared *redistest.Server

var _ = ginkgo.BeforeSuite(func() { shared = redistest.New(ginkgo.GinkgoT()) })

var _ = ginkgo.Describe("redistest", func() {
	var own *redistest.Server
	var previous []*redis.Client

	ginkgo.BeforeEach(func() { own = redistest.New(ginkgo.GinkgoT()) })

	for _, text := range []string{"gives one spec a server", "gives another spec another"} {
		ginkgo.It(text, func(ctx ginkgo.SpecContext) {
			gomega.Expect(own.Client().Incr(ctx, "own").Val()).To(gomega.Equal(int64(1)))
			for _, client := range previous {
				gomega.Expect(client.Ping(ctx).Err()).To(gomega.MatchError(redis.ErrClosed))
			}
			previous = append(previous, own.Client())
		})
	}

	ginkgo.It("keeps the suite's server for all specs", func(ctx ginkgo.SpecContext) {
		gomega.Expect(shared.Context().Err()).NotTo(gomega.HaveOccurred())
		gomega.Expect(shared.NewClient().Ping(ctx).Err()).NotTo(gomega.HaveOccurred())
	})
})
