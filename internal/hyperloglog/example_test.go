package hyperloglog_test

import (
	"fmt"

	"github.com/compozy/rediskit/internal/hyperloglog"
)

func Example() {
	monday, _, _ := hyperloglog.Add(nil, "ada", "grace", "edsger")
	tuesday, changed, _ := hyperloglog.Add(nil, "ada", "barbara")
	both, _ := hyperloglog.Merge(nil, monday, tuesday)
	n, _ := hyperloglog.Count(both)
	fmt.Println(n, changed)
	fmt.Printf("%q\n", hyperloglog.New())
	// Output:
	// 4 true
	// "HYLL\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x80\x7f\xff"
}
