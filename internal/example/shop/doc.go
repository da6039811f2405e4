// Package shop is a small web shop on Redis, as an application that one would like to test: who is logged in, what is in
// the carts, how much is in stock, who calls too often, and what is to be done in the background.
//
// Each part takes the go-redis client and nothing else, so its tests need a Redis and nothing else; the one that has a
// ticker is given a clock as well. They are written in the three usual ways, named after them: *_plain_test.go with
// package testing alone, *_testify_test.go, and *_ginkgo_test.go. Run them with
//
//	go test -v ./internal/example/...
//
// The keys are laid out for one Redis, or one with replicas; a Redis Cluster would refuse a checkout, which touches the
// cart, the stock and the queue at once.
package shop
