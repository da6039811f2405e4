package shop_test

import (
	"log/slog"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/compozy/rediskit/internal/example/shop"
	"github.com/compozy/rediskit/redistest"
)

// The shop in a cluster: one of processes, and what the embedded server knows of its rules, which says the same and takes no
// process. Carts, stock and queues work there. A checkout does not, as it is one transaction over all of them.
func TestShopInACluster(t *testing.T) {
	t.Parallel()
	for name, connect := range map[string]func(t *testing.T) redis.UniversalClient{
		"of processes": func(t *testing.T) redis.UniversalClient {
			t.Helper()
			return redistest.NewCluster(t).Client()
		},
		"by its rules": func(t *testing.T) redis.UniversalClient {
			t.Helper()
			return redistest.New(t, redistest.WithBackend(redistest.Embedded()), redistest.WithClusterRules()).ClusterClient()
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client := connect(t)
			t.Run("fills carts and the stock", func(t *testing.T) {
				t.Parallel()
				carts, stock := shop.NewCarts(client), shop.NewStock(client)
				fill(t, carts, "bob", shop.Items{"bread": 2, "salt": 1})
				left, err := stock.Restock(t.Context(), "bread", 3)
				require.NoError(t, err)
				require.EqualValues(t, 3, left)
				items, err := carts.Items(t.Context(), "bob")
				require.NoError(t, err)
				require.Equal(t, shop.Items{"bread": 2, "salt": 1}, items)
			})
			t.Run("does, schedules and buries jobs of a queue with a hash tag", func(t *testing.T) {
				t.Parallel()
				queuesIn(t, client)
			})
			t.Run("refuses a checkout, and takes nothing", func(t *testing.T) {
				t.Parallel()
				checkoutIn(t, client)
			})
		})
	}
}

func queuesIn(t *testing.T, client redis.UniversalClient) {
	t.Helper()
	ctx, queue := t.Context(), shop.NewQueue(client, "{jobs}")
	_, err := queue.Enqueue(ctx, "mail", "ada")
	require.NoError(t, err)
	require.Equal(t, "ada", work(t, queue, 1, nil).Payload)

	schedule := shop.NewSchedule(queue)
	require.NoError(t, schedule.Add(ctx, -time.Second, "mail", "bob"))
	promoted, err := schedule.Promote(ctx)
	require.NoError(t, err)
	require.Equal(t, 1, promoted)
	require.Equal(t, "bob", work(t, queue, 1, nil).Payload)

	_, err = queue.Enqueue(ctx, "mail", "eve")
	require.NoError(t, err)
	undertaker := shop.NewWorker(queue, "undertaker", nil)
	undertaker.MaxDeliveries, undertaker.Block = 0, time.Millisecond
	undertaker.Log = slog.New(slog.DiscardHandler)
	stop := start(t, undertaker)
	require.Eventually(t, func() bool {
		dead, err := queue.Dead(ctx)
		return err == nil && len(dead) == 1 && dead[0].Payload == "eve"
	}, 5*time.Second, time.Millisecond)
	stop()
}

func checkoutIn(t *testing.T, client redis.UniversalClient) {
	t.Helper()
	ctx, queue := t.Context(), shop.NewQueue(client, "{orders}")
	carts, stock := shop.NewCarts(client), shop.NewStock(client)
	cart := shop.Items{"tea": 2, "milk": 2}
	fill(t, carts, "ada", cart)
	for article := range cart {
		_, err := stock.Restock(ctx, article, 3)
		require.NoError(t, err)
	}

	_, err := shop.NewCheckout(client, queue).Buy(ctx, "ada")
	require.ErrorContains(t, err, "CROSSSLOT")
	items, err := carts.Items(ctx, "ada")
	require.NoError(t, err)
	assert.Equal(t, cart, items)
	for article := range cart {
		left, err := stock.Left(ctx, article)
		require.NoError(t, err)
		assert.EqualValues(t, 3, left, article)
	}
}
