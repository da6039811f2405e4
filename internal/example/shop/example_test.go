package shop_test

import (
	"context"
	"fmt"

	"github.com/compozy/rediskit/internal/example/shop"
	"github.com/compozy/rediskit/redistest"
)

func ExampleCheckout_Buy() {
	ctx := context.TODO() // an example has no test whose context it could be
	srv, err := redistest.Start(ctx)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = srv.Close(ctx) }()

	client := srv.Client()
	stock, carts := shop.NewStock(client), shop.NewCarts(client)
	checkout := shop.NewCheckout(client, shop.NewQueue(client, "jobs"))

	left, err := stock.Restock(ctx, "tea", 10)
	fmt.Println("in stock:", left, err)

	for _, user := range []string{"ada", "bob"} {
		quantity, err := carts.Add(ctx, user, "tea", 6)
		fmt.Printf("in the cart of %s: %d %v\n", user, quantity, err)
	}
	for _, user := range []string{"ada", "bob"} {
		order, err := checkout.Buy(ctx, user)
		fmt.Println("bought:", order.Items, err)
	}
	// Output:
	// in stock: 10 <nil>
	// in the cart of ada: 6 <nil>
	// in the cart of bob: 6 <nil>
	// bought: map[tea:6] <nil>
	// bought: map[] buy cart of bob: tea: 6 wanted, 4 left: sold out
}
