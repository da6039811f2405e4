package conformance

import (
	"context"
	"fmt"

	"github.com/onsi/gomega"
)

func hyperLogLogSpecs(s *suite) {
	s.it("PFADD says whether the estimate may have changed", func(ctx context.Context, t *trial) {
		returns(t, t.PFAdd(ctx, t.key("p"), "a", "b", "c"), 1)
		returns(t, t.PFAdd(ctx, t.key("p"), "a", "b"), 0)
		returns(t, t.PFAdd(ctx, t.key("p"), "d"), 1)
	})
	s.it("PFADD without elements creates the key", func(ctx context.Context, t *trial) {
		returns(t, t.PFAdd(ctx, t.key("p")), 1)
		returns(t, t.PFAdd(ctx, t.key("p")), 0)
		returns(t, t.PFCount(ctx, t.key("p")), 0)
	})
	s.it("PFCOUNT is exact for a few elements", func(ctx context.Context, t *trial) {
		returns(t, t.PFCount(ctx, t.key("p")), 0)
		t.succeeds(t.PFAdd(ctx, t.key("p"), "a", "b", "c", "a"))
		returns(t, t.PFCount(ctx, t.key("p")), 3)
	})
	s.it("PFCOUNT is within three percent for many", func(ctx context.Context, t *trial) {
		pipe := t.Pipeline()
		for i := range 200 {
			var elements []any
			for j := range 100 {
				elements = append(elements, fmt.Sprintf("element-%d-%d", i, j))
			}
			pipe.PFAdd(ctx, t.key("p"), elements...)
		}
		_, err := pipe.Exec(ctx)
		t.Expect(err).NotTo(gomega.HaveOccurred())
		matches(t, t.PFCount(ctx, t.key("p")), gomega.BeNumerically("~", 20_000, 600))
	})
	s.it("PFCOUNT of several keys counts their union and changes none", func(ctx context.Context, t *trial) {
		t.succeeds(t.PFAdd(ctx, t.key("a"), "1", "2"), t.PFAdd(ctx, t.key("b"), "2", "3"))
		returns(t, t.PFCount(ctx, t.key("a"), t.key("b"), t.key("missing")), 3)
		returns(t, t.PFCount(ctx, t.key("a")), 2)
	})
	s.it("PFMERGE unites into the destination, which takes part", func(ctx context.Context, t *trial) {
		t.succeeds(t.PFAdd(ctx, t.key("a"), "1", "2"), t.PFAdd(ctx, t.key("b"), "2", "3"), t.PFAdd(ctx, t.key("dest"), "9"))
		returns(t, t.PFMerge(ctx, t.key("dest"), t.key("a"), t.key("b")), "OK")
		returns(t, t.PFCount(ctx, t.key("dest")), 4)
	})
	s.it("a HyperLogLog is a string that can be carried elsewhere", func(ctx context.Context, t *trial) {
		t.succeeds(t.PFAdd(ctx, t.key("a"), "1", "2", "3"))
		returns(t, t.Type(ctx, t.key("a")), "string")
		value := t.Get(ctx, t.key("a"))
		matches(t, value, gomega.HavePrefix("HYLL"))
		t.succeeds(t.Set(ctx, t.key("b"), value.Val(), 0))
		returns(t, t.PFCount(ctx, t.key("b")), 3)
	})
	s.it("PFADD and PFCOUNT refuse strings that are no HyperLogLog", func(ctx context.Context, t *trial) {
		t.succeeds(t.Set(ctx, t.key("p"), "text", 0))
		t.fails(t.PFAdd(ctx, t.key("p"), "a"), "WRONGTYPE Key is not a valid HyperLogLog string value")
		t.fails(t.PFCount(ctx, t.key("p")), "WRONGTYPE Key is not a valid HyperLogLog string value")
	})
	s.it("PFADD refuses other types", func(ctx context.Context, t *trial) {
		holdList(ctx, t, t.key("p"))
		t.fails(t.PFAdd(ctx, t.key("p"), "a"), "WRONGTYPE Operation against a key")
	})
}
