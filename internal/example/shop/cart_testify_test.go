package shop_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/compozy/rediskit/internal/example/shop"
	"github.com/compozy/rediskit/redistest"
)

func TestCart(t *testing.T) {
	t.Parallel()

	t.Run("adds up quantities", func(t *testing.T) {
		t.Parallel()
		carts := shop.NewCarts(redistest.New(t).Client())
		fill(t, carts, "ada", shop.Items{"tea": 2, "milk": 1})
		quantity, err := carts.Add(t.Context(), "ada", "tea", 3)
		require.NoError(t, err)
		require.EqualValues(t, 5, quantity)

		items, err := carts.Items(t.Context(), "ada")
		require.NoError(t, err)
		require.Equal(t, shop.Items{"tea": 5, "milk": 1}, items)
	})

	t.Run("drops an article, and is gone with the last one", func(t *testing.T) {
		t.Parallel()
		client := redistest.New(t).Client()
		carts := shop.NewCarts(client)
		fill(t, carts, "ada", shop.Items{"tea": 2})
		require.NoError(t, carts.Remove(t.Context(), "ada", "tea"))
		require.Zero(t, client.Exists(t.Context(), "cart:ada").Val())
	})

	t.Run("waits a day for its owner", func(t *testing.T) {
		t.Parallel()
		srv := redistest.New(t, movable)
		carts := shop.NewCarts(srv.Client())
		fill(t, carts, "ada", shop.Items{"tea": 2})
		srv.Advance(23 * time.Hour)
		fill(t, carts, "ada", shop.Items{"milk": 1}) // her day begins anew

		srv.Advance(24*time.Hour - time.Millisecond)
		items, err := carts.Items(t.Context(), "ada")
		require.NoError(t, err)
		require.Equal(t, shop.Items{"tea": 2, "milk": 1}, items)
		srv.Advance(time.Millisecond)
		items, err = carts.Items(t.Context(), "ada")
		require.NoError(t, err)
		require.Empty(t, items)
	})

	t.Run("takes no quantity below one", func(t *testing.T) {
		t.Parallel()
		_, err := shop.NewCarts(redistest.New(t).Client()).Add(t.Context(), "ada", "tea", -1)
		require.EqualError(t, err, "add tea to cart of ada: -1 is not a quantity")
	})
}

func fill(t *testing.T, carts *shop.Carts, user string, items shop.Items) {
	t.Helper()
	for article, quantity := range items {
		_, err := carts.Add(t.Context(), user, article, quantity)
		require.NoError(t, err)
	}
}
