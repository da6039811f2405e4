package shop_test

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/compozy/rediskit/internal/example/shop"
	"github.com/compozy/rediskit/redistest"
)

// What the shop is there for, on every Redis there is: a cart is filled, bought and shipped, and a job that nobody can do is
// tried once more. What each server has replied and what it holds in the end is compared.
func TestShopOnEveryBackend(t *testing.T) {
	t.Parallel()
	redistest.ForEachBackend(t, func(t *testing.T, srv *redistest.Server) {
		ctx, client := t.Context(), srv.Client()
		carts, stock := shop.NewCarts(client), shop.NewStock(client)
		queue := shop.NewQueue(client, "jobs")
		checkout := shop.NewCheckout(client, queue)
		for _, article := range []string{"tea", "milk"} {
			_, err := stock.Restock(ctx, article, 3)
			require.NoError(t, err)
			fill(t, carts, "ada", shop.Items{article: 2})
			fill(t, carts, "bob", shop.Items{article: 2})
		}

		order, err := checkout.Buy(ctx, "ada")
		require.NoError(t, err)
		require.Equal(t, shop.Items{"tea": 2, "milk": 2}, order.Items)
		_, err = checkout.Buy(ctx, "ada")
		require.ErrorIs(t, err, shop.ErrEmptyCart)
		_, err = checkout.Buy(ctx, "bob")
		require.ErrorIs(t, err, shop.ErrSoldOut)

		shipped := work(t, queue, 1, nil)
		var got shop.Order
		require.NoError(t, json.Unmarshal([]byte(shipped.Payload), &got))
		require.Equal(t, order, got)
		_, err = queue.Enqueue(ctx, "mail", "ada")
		require.NoError(t, err)
		work(t, queue, 1, errors.New("no mail server"))
	},
		redistest.Scrub(regexp.MustCompile(`[A-Z2-7]{26}`), "<order>"),
		redistest.AllowDrift("DECRBY", "the articles of an order are taken in the order of a map"),
	)
}

// work runs a worker until it has had so many jobs, each of which ends with err, and returns the last one.
func work(t *testing.T, queue *shop.Queue, jobs int, err error) (last shop.Job) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	worker := shop.NewWorker(queue, "only", func(_ context.Context, job shop.Job) error {
		if last, jobs = job, jobs-1; jobs == 0 {
			stop()
		}
		return err
	})
	worker.Log = slog.New(slog.DiscardHandler)
	require.NoError(t, worker.Run(ctx))
	return last
}
