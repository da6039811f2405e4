package shop

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync/atomic"

	"github.com/redis/go-redis/v9"
)

// ShipJob is the kind of the job that follows a checkout. Its payload is the [Order] as JSON.
const ShipJob = "ship"

// Order is what a user has bought.
type Order struct {
	ID    string `json:"id"`
	User  string `json:"user"`
	Items Items  `json:"items"`
}

// Checkout turns carts into orders. It is safe for concurrent use.
//
// It is not for a cluster, which has no transaction over a cart, the stock of its articles and a queue unless all of the shop
// is in one slot.
type Checkout struct {
	client    redis.UniversalClient
	queue     *Queue
	conflicts atomic.Int64
}

// NewCheckout returns a checkout that enqueues its orders to be shipped.
func NewCheckout(client redis.UniversalClient, queue *Queue) *Checkout {
	return &Checkout{client: client, queue: queue}
}

// Conflicts returns how often a checkout had to start again, because what it had read was no longer true.
func (c *Checkout) Conflicts() int64 { return c.conflicts.Load() }

// Buy takes what is in the user's cart from the stock, empties the cart and has the order shipped: all of it or, with
// [ErrSoldOut], [ErrEmptyCart] or any other error of Redis's, nothing. A lost connection leaves open which.
//
// Nothing is locked. Where somebody else changes the cart or the stock meanwhile, Buy starts again; as each such conflict means
// that the other one got on, there is no limit to that but ctx.
func (c *Checkout) Buy(ctx context.Context, user string) (Order, error) {
	for {
		order, err := c.try(ctx, user)
		switch {
		case err == nil:
			return order, nil
		case !errors.Is(err, redis.TxFailedErr):
			return Order{}, fmt.Errorf("buy cart of %s: %w", user, err)
		case ctx.Err() != nil:
			return Order{}, fmt.Errorf("buy cart of %s: %w", user, ctx.Err())
		}
		c.conflicts.Add(1)
	}
}

func (c *Checkout) try(ctx context.Context, user string) (Order, error) {
	order := Order{ID: rand.Text(), User: user}
	err := c.client.Watch(ctx, func(tx *redis.Tx) (err error) {
		if order.Items, err = readCart(ctx, tx, user); err != nil {
			return err
		}
		if len(order.Items) == 0 {
			return ErrEmptyCart
		}
		if err := inStock(ctx, tx, order.Items); err != nil {
			return err
		}
		payload, err := json.Marshal(order)
		if err != nil {
			return err
		}
		_, err = tx.TxPipelined(ctx, func(tx redis.Pipeliner) error {
			for article, quantity := range order.Items {
				tx.DecrBy(ctx, stockKey(article), quantity)
			}
			tx.Del(ctx, cartKey(user))
			c.queue.add(ctx, tx, ShipJob, string(payload))
			return nil
		})
		return err
	}, cartKey(user))
	return order, err
}

// inStock fails unless there is enough of everything, and watches that it stays so.
func inStock(ctx context.Context, tx *redis.Tx, items Items) error {
	articles := slices.Sorted(maps.Keys(items))
	keys := make([]string, len(articles))
	for i, article := range articles {
		keys[i] = stockKey(article)
	}
	if err := tx.Watch(ctx, keys...).Err(); err != nil {
		return err
	}
	stock, err := tx.MGet(ctx, keys...).Result()
	if err != nil {
		return err
	}
	for i, article := range articles {
		left, err := parseStock(stock[i])
		if err != nil {
			return fmt.Errorf("stock of %s: %w", article, err)
		}
		if left < items[article] {
			return fmt.Errorf("%s: %d wanted, %d left: %w", article, items[article], left, ErrSoldOut)
		}
	}
	return nil
}
