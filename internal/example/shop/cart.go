package shop

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"
)

// cartTTL is how long a cart waits for its owner.
const cartTTL = 24 * time.Hour

// Items says how many of each article, by article number.
type Items map[string]int64

// Carts holds what users mean to buy. A cart is forgotten a day after its last change. Carts is safe for concurrent use.
type Carts struct {
	client redis.Cmdable
}

// NewCarts returns the carts of the shop.
func NewCarts(client redis.Cmdable) *Carts { return &Carts{client: client} }

// Add puts n of an article into the user's cart, which may be new, and returns how many of it are in there.
func (c *Carts) Add(ctx context.Context, user, article string, n int64) (int64, error) {
	if n < 1 {
		return 0, fmt.Errorf("add %s to cart of %s: %d is not a quantity", article, user, n)
	}
	var quantity *redis.IntCmd
	_, err := c.client.TxPipelined(ctx, func(tx redis.Pipeliner) error {
		quantity = tx.HIncrBy(ctx, cartKey(user), article, n)
		tx.PExpire(ctx, cartKey(user), cartTTL)
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("add %s to cart of %s: %w", article, user, err)
	}
	return quantity.Val(), nil
}

// Remove takes an article out of the user's cart, all of it.
func (c *Carts) Remove(ctx context.Context, user, article string) error {
	if err := c.client.HDel(ctx, cartKey(user), article).Err(); err != nil {
		return fmt.Errorf("remove %s from cart of %s: %w", article, user, err)
	}
	return nil
}

// Items returns what is in the user's cart, which may be nothing.
func (c *Carts) Items(ctx context.Context, user string) (Items, error) {
	return readCart(ctx, c.client, user)
}

// readCart reads through any client, also the one inside a WATCH.
func readCart(ctx context.Context, client redis.Cmdable, user string) (Items, error) {
	fields, err := client.HGetAll(ctx, cartKey(user)).Result()
	if err != nil {
		return nil, fmt.Errorf("read cart of %s: %w", user, err)
	}
	items := make(Items, len(fields))
	for article, quantity := range fields {
		if items[article], err = strconv.ParseInt(quantity, 10, 64); err != nil {
			return nil, fmt.Errorf("read cart of %s: %s: %w", user, article, err)
		}
	}
	return items, nil
}

func cartKey(user string) string { return "cart:" + user }
