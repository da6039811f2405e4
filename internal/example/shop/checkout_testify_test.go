package shop_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"github.com/compozy/rediskit/internal/example/shop"
	"github.com/compozy/rediskit/redistest"
)

// checkout is a shop to be bought from, with a Redis of its own.
type checkout struct {
	*shop.Checkout
	srv    *redistest.Server
	client *redis.Client
	carts  *shop.Carts
	stock  *shop.Stock
}

func newCheckout(t *testing.T, stock shop.Items) checkout {
	t.Helper()
	srv := redistest.New(t)
	client := srv.Client()
	c := checkout{
		Checkout: shop.NewCheckout(client, shop.NewQueue(client, "jobs")),
		srv:      srv,
		client:   client,
		carts:    shop.NewCarts(client),
		stock:    shop.NewStock(client),
	}
	for article, quantity := range stock {
		_, err := c.stock.Restock(t.Context(), article, quantity)
		require.NoError(t, err)
	}
	return c
}

func (c checkout) requireLeft(t *testing.T, article string, want int64) {
	t.Helper()
	left, err := c.stock.Left(t.Context(), article)
	require.NoError(t, err)
	require.Equal(t, want, left, "stock of %s", article)
}

// orderID is what [shop.Checkout] makes up for each order.
var orderID = regexp.MustCompile(`"id":"[A-Z2-7]{26}"`)

// requireKeyspace compares all that the shop keeps with a file in testdata, ids apart, which are new each time.
func (c checkout) requireKeyspace(t *testing.T, name string) {
	t.Helper()
	redistest.AssertGolden(t, c.srv, name, redistest.Scrub(orderID, `"id":"ORDER"`), redistest.Renumber(), redistest.TTLTolerance(time.Minute))
}

func TestCheckout(t *testing.T) {
	t.Parallel()

	t.Run("turns a cart into an order to be shipped", func(t *testing.T) {
		t.Parallel()
		c := newCheckout(t, shop.Items{"tea": 10, "milk": 10})
		fill(t, c.carts, "ada", shop.Items{"tea": 2, "milk": 1})

		order, err := c.Buy(t.Context(), "ada")
		require.NoError(t, err)
		require.Equal(t, shop.Items{"tea": 2, "milk": 1}, order.Items)
		c.requireLeft(t, "tea", 8)
		c.requireLeft(t, "milk", 9)
		c.requireKeyspace(t, "bought")

		jobs := c.client.XRange(t.Context(), "jobs", "-", "+").Val()
		require.Len(t, jobs, 1)
		want, err := json.Marshal(order)
		require.NoError(t, err)
		require.Equal(t, map[string]any{"kind": shop.ShipJob, "payload": string(want)}, jobs[0].Values)

		_, err = c.Buy(t.Context(), "ada")
		require.ErrorIs(t, err, shop.ErrEmptyCart, "a cart can be bought once")
	})

	t.Run("takes all of a cart or nothing", func(t *testing.T) {
		t.Parallel()
		c := newCheckout(t, shop.Items{"tea": 10, "milk": 1})
		cart := shop.Items{"tea": 2, "milk": 2}
		fill(t, c.carts, "ada", cart)

		_, err := c.Buy(t.Context(), "ada")
		require.ErrorIs(t, err, shop.ErrSoldOut)
		require.EqualError(t, err, "buy cart of ada: milk: 2 wanted, 1 left: sold out")
		c.requireLeft(t, "tea", 10)
		c.requireLeft(t, "milk", 1)
		items, err := c.carts.Items(t.Context(), "ada")
		require.NoError(t, err)
		require.Equal(t, cart, items)
		c.requireKeyspace(t, "untouched")
		t.Log(`"milk: 2 wanted, 1 left": tea is still there, and so is the cart`)
	})

	t.Run("starts again when somebody else was faster", func(t *testing.T) {
		t.Parallel()
		c := newCheckout(t, shop.Items{"tea": 10})
		fill(t, c.carts, "ada", shop.Items{"tea": 2})
		c.client.AddHook(beforeExec(1, func(ctx context.Context) error {
			return c.client.DecrBy(ctx, "stock:tea", 3).Err()
		}))

		_, err := c.Buy(t.Context(), "ada")
		require.NoError(t, err)
		c.requireLeft(t, "tea", 5)
		require.EqualValues(t, 1, c.Conflicts())
	})

	t.Run("sells what was put into the cart at the last moment", func(t *testing.T) {
		t.Parallel()
		c := newCheckout(t, shop.Items{"tea": 10, "milk": 10})
		fill(t, c.carts, "ada", shop.Items{"tea": 2})
		c.client.AddHook(beforeExec(1, func(ctx context.Context) error {
			return c.client.HSet(ctx, "cart:ada", "milk", 1).Err()
		}))

		order, err := c.Buy(t.Context(), "ada")
		require.NoError(t, err)
		require.Equal(t, shop.Items{"tea": 2, "milk": 1}, order.Items)
	})

	t.Run("gives up when its context ends", func(t *testing.T) {
		t.Parallel()
		c := newCheckout(t, shop.Items{"tea": 10})
		fill(t, c.carts, "ada", shop.Items{"tea": 2})
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		c.client.AddHook(beforeExec(1, func(ctx context.Context) error {
			defer cancel()
			return c.client.Incr(ctx, "stock:tea").Err()
		}))

		_, err := c.Buy(ctx, "ada")
		require.ErrorIs(t, err, context.Canceled)
		c.requireLeft(t, "tea", 11)
	})
}

func TestCheckoutOfTheLastItems(t *testing.T) {
	t.Parallel()

	const buyers, stock, rivals = 200, 10, 8
	c := newCheckout(t, shop.Items{"tea": stock})
	for i := range buyers {
		fill(t, c.carts, fmt.Sprint("buyer ", i), shop.Items{"tea": 1})
	}
	// The first few all see a full stock before any of them buys. One gets through, and the others must start again.
	var rivalry sync.WaitGroup
	rivalry.Add(rivals)
	c.client.AddHook(beforeExec(rivals, func(context.Context) error {
		rivalry.Done()
		rivalry.Wait()
		return nil
	}))

	var sold, soldOut atomic.Int64
	var all sync.WaitGroup
	ready := make(chan struct{})
	failures := make(chan error, buyers)
	for i := range buyers {
		all.Go(func() {
			<-ready
			switch _, err := c.Buy(t.Context(), fmt.Sprint("buyer ", i)); {
			case err == nil:
				sold.Add(1)
			case errors.Is(err, shop.ErrSoldOut):
				soldOut.Add(1)
			default:
				failures <- err
			}
		})
	}
	started := time.Now()
	close(ready)
	all.Wait()
	took := time.Since(started)
	close(failures)

	for err := range failures {
		require.NoError(t, err)
	}
	require.EqualValues(t, stock, sold.Load())
	require.EqualValues(t, buyers-stock, soldOut.Load())
	c.requireLeft(t, "tea", 0)
	require.EqualValues(t, stock, c.client.XLen(t.Context(), "jobs").Val(), "orders to be shipped")
	require.GreaterOrEqual(t, c.Conflicts(), int64(rivals-1))
	t.Logf("sold %d of %d to %d buyers at once in %v, %d conflicts retried",
		sold.Load(), stock, buyers, took.Round(time.Millisecond), c.Conflicts())
}

// beforeExec is a go-redis hook that does something right before the client's next n transactions are sent, when all that they
// go by has been read.
func beforeExec(n int64, do func(ctx context.Context) error) redis.Hook {
	h := &execHook{do: do}
	h.times.Store(n)
	return h
}

type execHook struct {
	times atomic.Int64
	do    func(ctx context.Context) error
}

func (h *execHook) DialHook(next redis.DialHook) redis.DialHook          { return next }
func (h *execHook) ProcessHook(next redis.ProcessHook) redis.ProcessHook { return next }

func (h *execHook) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return func(ctx context.Context, cmds []redis.Cmder) error {
		if cmds[0].Name() == "multi" && h.times.Add(-1) >= 0 {
			if err := h.do(ctx); err != nil {
				return err
			}
		}
		return next(ctx, cmds)
	}
}
