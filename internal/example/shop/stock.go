package shop

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/redis/go-redis/v9"
)

// restockChannel tells which articles have come in.
const restockChannel = "restocked"

// Stock counts what the shop has to sell. It is safe for concurrent use.
type Stock struct {
	client redis.UniversalClient
}

// NewStock returns the stock of the shop.
func NewStock(client redis.UniversalClient) *Stock { return &Stock{client: client} }

// Restock adds n of an article, tells those who wait for it, and returns how many there are now.
func (s *Stock) Restock(ctx context.Context, article string, n int64) (int64, error) {
	var left *redis.IntCmd
	_, err := s.client.TxPipelined(ctx, func(tx redis.Pipeliner) error {
		left = tx.IncrBy(ctx, stockKey(article), n)
		tx.Publish(ctx, restockChannel, article)
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("restock %s: %w", article, err)
	}
	return left.Val(), nil
}

// Left returns how many of an article there are. Of one that the shop never had, that is 0.
func (s *Stock) Left(ctx context.Context, article string) (int64, error) {
	left, err := s.client.Get(ctx, stockKey(article)).Int64()
	if err != nil && !errors.Is(err, redis.Nil) {
		return 0, fmt.Errorf("stock of %s: %w", article, err)
	}
	return left, nil
}

// Restocked returns a channel with the number of each article that comes in from now on. It is closed when ctx ends.
func (s *Stock) Restocked(ctx context.Context) (<-chan string, error) {
	subscription := s.client.Subscribe(ctx, restockChannel)
	if _, err := subscription.Receive(ctx); err != nil { // Redis confirms: from here on nothing is missed
		return nil, errors.Join(fmt.Errorf("subscribe to %s: %w", restockChannel, err), subscription.Close())
	}
	messages := subscription.Channel()
	articles := make(chan string)
	go func() {
		defer close(articles)
		defer subscription.Close() //nolint:errcheck // the connection is given up, and nobody is left to tell
		for {
			select {
			case message := <-messages:
				select {
				case articles <- message.Payload:
				case <-ctx.Done():
					return
				}
			case <-ctx.Done():
				return
			}
		}
	}()
	return articles, nil
}

func stockKey(article string) string { return "stock:" + article }

// parseStock reads one value of MGET, which is nil where there is no such key.
func parseStock(value any) (int64, error) {
	text, ok := value.(string)
	if !ok {
		return 0, nil
	}
	return strconv.ParseInt(text, 10, 64)
}
