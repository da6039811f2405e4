package conformance

import (
	"context"
	"fmt"

	"github.com/onsi/gomega"
	"github.com/redis/go-redis/v9"
)

func hashSpecs(s *suite) {
	hashFields(s)
	hashNumbers(s)
	hashWholes(s)
	s.refuses("string", holdString,
		refusal{"HSET", []any{theKey, "f", "v"}},
		refusal{"HGET", []any{theKey, "f"}},
		refusal{"HGETALL", []any{theKey}},
		refusal{"HDEL", []any{theKey, "f"}},
		refusal{"HLEN", []any{theKey}},
		refusal{"HINCRBY", []any{theKey, "f", 1}},
		refusal{"HKEYS", []any{theKey}},
		refusal{"HMGET", []any{theKey, "f"}},
		refusal{"HSCAN", []any{theKey, 0}},
		refusal{"HRANDFIELD", []any{theKey}},
	)
}

func hashFields(s *suite) {
	s.it("HSET returns how many fields are new", func(ctx context.Context, t *trial) {
		returns(t, t.HSet(ctx, t.key("h"), "a", "1", "b", "2"), 2)
		returns(t, t.HSet(ctx, t.key("h"), "b", "3", "c", "4"), 1)
		returns(t, t.HGetAll(ctx, t.key("h")), map[string]string{"a": "1", "b": "3", "c": "4"})
	})
	s.it("HSET refuses a field without a value", func(ctx context.Context, t *trial) {
		t.fails(t.Do(ctx, "HSET", t.key("h"), "a", "1", "b"), "ERR wrong number of arguments for 'hset' command")
		returns(t, t.Exists(ctx, t.key("h")), 0)
	})
	s.it("HMSET writes fields and replies OK", func(ctx context.Context, t *trial) {
		returns(t, t.Do(ctx, "HMSET", t.key("h"), "a", "1", "b", "2"), any("OK"))
		returns(t, t.HLen(ctx, t.key("h")), 2)
	})
	s.it("HSETNX writes only a missing field", func(ctx context.Context, t *trial) {
		returns(t, t.HSetNX(ctx, t.key("h"), "f", "a"), true)
		returns(t, t.HSetNX(ctx, t.key("h"), "f", "b"), false)
		returns(t, t.HGet(ctx, t.key("h"), "f"), "a")
	})
	s.it("HGET returns nil for a missing field and a missing key", func(ctx context.Context, t *trial) {
		t.succeeds(t.HSet(ctx, t.key("h"), "f", "v"))
		t.misses(t.HGet(ctx, t.key("h"), "g"))
		t.misses(t.HGet(ctx, t.key("missing"), "f"))
	})
	s.it("HMGET returns values in the order asked, nil for missing ones", func(ctx context.Context, t *trial) {
		t.succeeds(t.HSet(ctx, t.key("h"), "a", "1", "b", "2"))
		returns(t, t.HMGet(ctx, t.key("h"), "b", "x", "a", "b"), []any{"2", nil, "1", "2"})
		returns(t, t.HMGet(ctx, t.key("missing"), "a", "b"), []any{nil, nil})
	})
	s.it("HEXISTS and HSTRLEN look at one field", func(ctx context.Context, t *trial) {
		t.succeeds(t.HSet(ctx, t.key("h"), "f", "grün"))
		returns(t, t.HExists(ctx, t.key("h"), "f"), true)
		returns(t, t.HExists(ctx, t.key("h"), "g"), false)
		returns(t, t.HStrLen(ctx, t.key("h"), "f"), 5)
		returns(t, t.HStrLen(ctx, t.key("h"), "g"), 0)
	})
	s.it("HDEL counts removed fields and removes the key with the last one", func(ctx context.Context, t *trial) {
		t.succeeds(t.HSet(ctx, t.key("h"), "a", "1", "b", "2"))
		returns(t, t.HDel(ctx, t.key("h"), "a", "x", "a"), 1)
		returns(t, t.HDel(ctx, t.key("h"), "b"), 1)
		returns(t, t.Exists(ctx, t.key("h")), 0)
		returns(t, t.HDel(ctx, t.key("h"), "b"), 0)
	})
	s.it("fields and values hold any bytes, empty ones as well", func(ctx context.Context, t *trial) {
		t.succeeds(t.HSet(ctx, t.key("h"), "\x00\xff\r\n", "\x01\xfe", "", ""))
		returns(t, t.HGetAll(ctx, t.key("h")), map[string]string{"\x00\xff\r\n": "\x01\xfe", "": ""})
	})
}

func hashNumbers(s *suite) {
	s.it("HINCRBY counts a missing field from zero", func(ctx context.Context, t *trial) {
		returns(t, t.HIncrBy(ctx, t.key("h"), "n", 5), 5)
		returns(t, t.HIncrBy(ctx, t.key("h"), "n", -7), -2)
	})
	s.it("HINCRBY refuses text and overflow", func(ctx context.Context, t *trial) {
		t.succeeds(t.HSet(ctx, t.key("h"), "text", "abc", "max", "9223372036854775807"))
		t.fails(t.HIncrBy(ctx, t.key("h"), "text", 1), "ERR hash value is not an integer")
		t.fails(t.HIncrBy(ctx, t.key("h"), "max", 1), "ERR increment or decrement would overflow")
		returns(t, t.HGet(ctx, t.key("h"), "max"), "9223372036854775807")
	})
	s.it("HINCRBYFLOAT adds decimals and replies with the text it stores", func(ctx context.Context, t *trial) {
		t.succeeds(t.HSet(ctx, t.key("h"), "f", "10.50"))
		returns(t, t.Do(ctx, "HINCRBYFLOAT", t.key("h"), "f", "0.1"), any("10.6"))
		returns(t, t.Do(ctx, "HINCRBYFLOAT", t.key("h"), "g", "2.0e2"), any("200"))
		returns(t, t.HGet(ctx, t.key("h"), "f"), "10.6")
	})
	s.it("HINCRBYFLOAT refuses text", func(ctx context.Context, t *trial) {
		t.succeeds(t.HSet(ctx, t.key("h"), "f", "abc"))
		t.fails(t.Do(ctx, "HINCRBYFLOAT", t.key("h"), "f", "1"), "ERR hash value is not a float")
		t.fails(t.Do(ctx, "HINCRBYFLOAT", t.key("h"), "g", "x"), "ERR value is not a valid float")
	})
}

func hashWholes(s *suite) {
	s.it("HGETALL, HKEYS, HVALS and HLEN see every field", func(ctx context.Context, t *trial) {
		t.succeeds(t.HSet(ctx, t.key("h"), "a", "1", "b", "2"))
		returns(t, t.HGetAll(ctx, t.key("h")), map[string]string{"a": "1", "b": "2"})
		matches(t, t.HKeys(ctx, t.key("h")), gomega.ConsistOf("a", "b"))
		matches(t, t.HVals(ctx, t.key("h")), gomega.ConsistOf("1", "2"))
		returns(t, t.HLen(ctx, t.key("h")), 2)
	})
	s.it("HGETALL, HKEYS and HVALS of a missing key are empty", func(ctx context.Context, t *trial) {
		matches(t, t.HGetAll(ctx, t.key("h")), gomega.BeEmpty())
		matches(t, t.HKeys(ctx, t.key("h")), gomega.BeEmpty())
		matches(t, t.HVals(ctx, t.key("h")), gomega.BeEmpty())
	})
	s.it("a hash holds a thousand fields", func(ctx context.Context, t *trial) {
		want := map[string]string{}
		for i := range 1000 {
			want[fmt.Sprint("field", i)] = fmt.Sprint("value", i)
		}
		returns(t, t.HSet(ctx, t.key("h"), want), 1000)
		returns(t, t.HGetAll(ctx, t.key("h")), want)
	})
	s.it("HSCAN returns every field with its value", func(ctx context.Context, t *trial) {
		want := map[string]string{}
		for i := range 600 {
			want[fmt.Sprint("f", i)] = fmt.Sprint("v", i)
		}
		t.succeeds(t.HSet(ctx, t.key("h"), want))
		found := map[string]string{}
		scan := t.HScan(ctx, t.key("h"), 0, "", 50).Iterator()
		for scan.Next(ctx) {
			field := scan.Val()
			t.Expect(scan.Next(ctx)).To(gomega.BeTrue(), "field without a value")
			found[field] = scan.Val()
		}
		t.Expect(scan.Err()).NotTo(gomega.HaveOccurred())
		t.Expect(found).To(gomega.Equal(want))
	})
	s.it("HSCAN MATCH returns only fields of the pattern", func(ctx context.Context, t *trial) {
		t.succeeds(t.HSet(ctx, t.key("h"), "name", "Ada", "age", "36", "email", "a@b"))
		pairs, cursor, err := t.HScan(ctx, t.key("h"), 0, "a*", 100).Result()
		t.Expect(err).NotTo(gomega.HaveOccurred())
		t.Expect(pairs).To(gomega.Equal([]string{"age", "36"}))
		t.Expect(cursor).To(gomega.BeZero())
	})
	s.it("HRANDFIELD returns distinct fields for a count, with repeats below zero", func(ctx context.Context, t *trial) {
		t.succeeds(t.HSet(ctx, t.key("h"), "a", "1", "b", "2", "c", "3"))
		matches(t, t.HRandField(ctx, t.key("h"), 5), gomega.ConsistOf("a", "b", "c"))
		matches(t, t.HRandField(ctx, t.key("h"), -5), gomega.And(
			gomega.HaveLen(5), gomega.HaveEach(gomega.BeElementOf("a", "b", "c"))))
		matches(t, t.Do(ctx, "HRANDFIELD", t.key("h")), gomega.BeElementOf("a", "b", "c"))
	})
	s.it("HRANDFIELD WITHVALUES returns fields with their values", func(ctx context.Context, t *trial) {
		t.succeeds(t.HSet(ctx, t.key("h"), "a", "1", "b", "2"))
		matches(t, t.HRandFieldWithValues(ctx, t.key("h"), 2), gomega.ConsistOf(
			redis.KeyValue{Key: "a", Value: "1"}, redis.KeyValue{Key: "b", Value: "2"}))
	})
	s.it("HRANDFIELD of a missing key returns nil, with a count nothing", func(ctx context.Context, t *trial) {
		t.misses(t.Do(ctx, "HRANDFIELD", t.key("h")))
		matches(t, t.HRandField(ctx, t.key("h"), 3), gomega.BeEmpty())
	})
}
