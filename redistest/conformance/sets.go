package conformance

import (
	"context"
	"fmt"

	"github.com/onsi/gomega"
)

func setSpecs(s *suite) {
	setMembers(s)
	setAlgebra(s)
	s.refuses("string", holdString,
		refusal{"SADD", []any{theKey, "m"}},
		refusal{"SREM", []any{theKey, "m"}},
		refusal{"SMEMBERS", []any{theKey}},
		refusal{"SISMEMBER", []any{theKey, "m"}},
		refusal{"SCARD", []any{theKey}},
		refusal{"SPOP", []any{theKey}},
		refusal{"SINTER", []any{theKey, theKey}},
		refusal{"SUNIONSTORE", []any{theKey, theKey, theKey}},
		refusal{"SSCAN", []any{theKey, 0}},
	)
}

func setMembers(s *suite) {
	s.it("SADD counts members that are new", func(ctx context.Context, t *trial) {
		returns(t, t.SAdd(ctx, t.key("s"), "a", "b", "a"), 2)
		returns(t, t.SAdd(ctx, t.key("s"), "b", "c"), 1)
		matches(t, t.SMembers(ctx, t.key("s")), gomega.ConsistOf("a", "b", "c"))
	})
	s.it("SREM counts removed members and removes the key with the last one", func(ctx context.Context, t *trial) {
		t.succeeds(t.SAdd(ctx, t.key("s"), "a", "b"))
		returns(t, t.SRem(ctx, t.key("s"), "a", "x"), 1)
		returns(t, t.SRem(ctx, t.key("s"), "b"), 1)
		returns(t, t.Exists(ctx, t.key("s")), 0)
	})
	s.it("SCARD counts members, zero for a missing key", func(ctx context.Context, t *trial) {
		returns(t, t.SCard(ctx, t.key("s")), 0)
		t.succeeds(t.SAdd(ctx, t.key("s"), "a", "b"))
		returns(t, t.SCard(ctx, t.key("s")), 2)
	})
	s.it("SISMEMBER and SMISMEMBER test membership", func(ctx context.Context, t *trial) {
		t.succeeds(t.SAdd(ctx, t.key("s"), "a", "b"))
		returns(t, t.SIsMember(ctx, t.key("s"), "a"), true)
		returns(t, t.SIsMember(ctx, t.key("s"), "x"), false)
		returns(t, t.SMIsMember(ctx, t.key("s"), "a", "x", "b"), []bool{true, false, true})
		returns(t, t.SMIsMember(ctx, t.key("missing"), "a"), []bool{false})
	})
	s.it("members hold any bytes, and numbers are text", func(ctx context.Context, t *trial) {
		t.succeeds(t.SAdd(ctx, t.key("s"), "\x00\xff\r\n", "", "1", "01", "1.0"))
		matches(t, t.SMembers(ctx, t.key("s")), gomega.ConsistOf("\x00\xff\r\n", "", "1", "01", "1.0"))
	})
	s.it("SMOVE moves a member, and says whether it was there", func(ctx context.Context, t *trial) {
		t.succeeds(t.SAdd(ctx, t.key("a"), "1", "2"), t.SAdd(ctx, t.key("b"), "2"))
		returns(t, t.SMove(ctx, t.key("a"), t.key("b"), "1"), true)
		returns(t, t.SMove(ctx, t.key("a"), t.key("b"), "x"), false)
		returns(t, t.SMove(ctx, t.key("a"), t.key("b"), "2"), true)
		returns(t, t.Exists(ctx, t.key("a")), 0)
		matches(t, t.SMembers(ctx, t.key("b")), gomega.ConsistOf("1", "2"))
	})
	s.it("SPOP removes what it returns", func(ctx context.Context, t *trial) {
		t.succeeds(t.SAdd(ctx, t.key("s"), "a", "b", "c"))
		first := t.SPop(ctx, t.key("s"))
		matches(t, first, gomega.BeElementOf("a", "b", "c"))
		returns(t, t.SIsMember(ctx, t.key("s"), first.Val()), false)
		matches(t, t.SPopN(ctx, t.key("s"), 10), gomega.HaveLen(2))
		returns(t, t.Exists(ctx, t.key("s")), 0)
		t.misses(t.SPop(ctx, t.key("s")))
	})
	s.it("SRANDMEMBER leaves what it returns, distinct for a count, with repeats below zero", func(ctx context.Context, t *trial) {
		t.succeeds(t.SAdd(ctx, t.key("s"), "a", "b", "c"))
		matches(t, t.SRandMember(ctx, t.key("s")), gomega.BeElementOf("a", "b", "c"))
		matches(t, t.SRandMemberN(ctx, t.key("s"), 9), gomega.ConsistOf("a", "b", "c"))
		matches(t, t.SRandMemberN(ctx, t.key("s"), -9), gomega.HaveLen(9))
		returns(t, t.SCard(ctx, t.key("s")), 3)
		t.misses(t.SRandMember(ctx, t.key("missing")))
	})
	s.it("SSCAN returns every member", func(ctx context.Context, t *trial) {
		var want []string
		for i := range 600 {
			want = append(want, fmt.Sprint("m", i))
		}
		t.succeeds(t.SAdd(ctx, t.key("s"), want))
		found := map[string]bool{}
		scan := t.SScan(ctx, t.key("s"), 0, "", 50).Iterator()
		for scan.Next(ctx) {
			found[scan.Val()] = true
		}
		t.Expect(scan.Err()).NotTo(gomega.HaveOccurred())
		t.Expect(found).To(gomega.HaveLen(len(want)))
	})
	s.it("SSCAN MATCH returns only members of the pattern", func(ctx context.Context, t *trial) {
		t.succeeds(t.SAdd(ctx, t.key("s"), "apple", "avocado", "pear"))
		members, _, err := t.SScan(ctx, t.key("s"), 0, "a*", 100).Result()
		t.Expect(err).NotTo(gomega.HaveOccurred())
		t.Expect(members).To(gomega.ConsistOf("apple", "avocado"))
	})
}

func setAlgebra(s *suite) {
	fill := func(ctx context.Context, t *trial) (string, string, string) {
		a, b, c := t.key("a"), t.key("b"), t.key("c")
		t.succeeds(t.SAdd(ctx, a, "1", "2", "3", "4"), t.SAdd(ctx, b, "3", "4", "5"), t.SAdd(ctx, c, "4", "9"))
		return a, b, c
	}
	s.it("SINTER returns what all sets share, nothing with a missing one", func(ctx context.Context, t *trial) {
		a, b, c := fill(ctx, t)
		matches(t, t.SInter(ctx, a, b), gomega.ConsistOf("3", "4"))
		matches(t, t.SInter(ctx, a, b, c), gomega.ConsistOf("4"))
		matches(t, t.SInter(ctx, a, t.key("missing")), gomega.BeEmpty())
	})
	s.it("SUNION returns what any set has", func(ctx context.Context, t *trial) {
		a, b, c := fill(ctx, t)
		matches(t, t.SUnion(ctx, a, b, c, t.key("missing")), gomega.ConsistOf("1", "2", "3", "4", "5", "9"))
	})
	s.it("SDIFF returns what only the first set has", func(ctx context.Context, t *trial) {
		a, b, c := fill(ctx, t)
		matches(t, t.SDiff(ctx, a, b, c), gomega.ConsistOf("1", "2"))
		matches(t, t.SDiff(ctx, t.key("missing"), a), gomega.BeEmpty())
	})
	s.it("SINTERSTORE, SUNIONSTORE and SDIFFSTORE replace the destination and return its size", func(ctx context.Context, t *trial) {
		a, b, _ := fill(ctx, t)
		t.succeeds(t.Set(ctx, t.key("dest"), "old", 0))
		returns(t, t.SInterStore(ctx, t.key("dest"), a, b), 2)
		returns(t, t.SUnionStore(ctx, t.key("dest"), a, b), 5)
		returns(t, t.SDiffStore(ctx, t.key("dest"), a, b), 2)
		matches(t, t.SMembers(ctx, t.key("dest")), gomega.ConsistOf("1", "2"))
	})
	s.it("SINTERSTORE of an empty result removes the destination", func(ctx context.Context, t *trial) {
		a, _, _ := fill(ctx, t)
		t.succeeds(t.SAdd(ctx, t.key("dest"), "old"))
		returns(t, t.SInterStore(ctx, t.key("dest"), a, t.key("missing")), 0)
		returns(t, t.Exists(ctx, t.key("dest")), 0)
	})
	s.it("a destination may be one of the sources", func(ctx context.Context, t *trial) {
		a, b, _ := fill(ctx, t)
		returns(t, t.SDiffStore(ctx, a, a, b), 2)
		matches(t, t.SMembers(ctx, a), gomega.ConsistOf("1", "2"))
	})
	s.it("SINTERCARD counts what is shared, up to a limit", func(ctx context.Context, t *trial) {
		a, b, _ := fill(ctx, t)
		returns(t, t.SInterCard(ctx, 0, a, b), 2)
		returns(t, t.SInterCard(ctx, 1, a, b), 1)
		t.fails(t.Do(ctx, "SINTERCARD", 0, a), "ERR numkeys should be greater than 0")
	})
}
