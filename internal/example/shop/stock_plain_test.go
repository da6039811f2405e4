package shop_test

import (
	"context"
	"testing"

	"github.com/compozy/rediskit/internal/example/shop"
	"github.com/compozy/rediskit/redistest"
)

func TestStock(t *testing.T) {
	t.Parallel()

	t.Run("has none of what never came in", func(t *testing.T) {
		t.Parallel()
		stock := shop.NewStock(redistest.New(t).Client())
		left, err := stock.Left(t.Context(), "tea")
		if err != nil || left != 0 {
			t.Fatalf("Left returned %d, %v, want 0 and no error", left, err)
		}
	})

	t.Run("tells those who wait what has come in", func(t *testing.T) {
		t.Parallel()
		srv := redistest.New(t)
		// Two clients, as if they were two processes.
		here, there := shop.NewStock(srv.Client()), shop.NewStock(srv.NewClient())
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		restocked, err := here.Restocked(ctx)
		if err != nil {
			t.Fatal(err)
		}

		for _, article := range []string{"tea", "milk"} {
			if _, err := there.Restock(t.Context(), article, 5); err != nil {
				t.Fatal(err)
			}
			if got := <-restocked; got != article {
				t.Errorf("told of %q, want %q", got, article)
			}
			left, err := here.Left(t.Context(), article)
			if err != nil || left != 5 {
				t.Errorf("Left returned %d, %v, want 5", left, err)
			}
		}

		cancel()
		for article := range restocked { // ends, as the channel is closed
			t.Errorf("told of %q, which did not come in", article)
		}
	})
}
