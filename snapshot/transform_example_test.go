package snapshot_test

import (
	"fmt"
	"os"
	"regexp"
	"strings"
	"time"

	"github.com/compozy/rediskit/snapshot"
)

// decoded is the keyspace of a text that is known to be right.
func decoded(text string) *snapshot.Snapshot {
	s, err := snapshot.Decode(strings.NewReader(text))
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return &snapshot.Snapshot{}
	}
	return s
}

// show writes a keyspace to standard output.
func show(s *snapshot.Snapshot) {
	if err := snapshot.Encode(os.Stdout, s); err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
}

func ExampleScrub() {
	s := decoded(`SET order:8f14e45f '{"id":"8f14e45f"}'`)
	show(snapshot.Scrub(s, regexp.MustCompile(`[0-9a-f]{8}`), "ID"))
	// Output:
	// SELECT 0
	// SET order:ID '{"id":"ID"}'
}

// What a server has made of its clock differs from run to run. Renumbered it can be compared.
func ExampleRenumber() {
	show(snapshot.Renumber(decoded(`
XADD orders 1767312000123-0 sku tea
XADD orders 1767312000456-0 sku milk
XGROUP CREATE orders workers 1767312000123-0
XCLAIM orders workers w1 0 1767312000123-0 TIME 1767312000789 RETRYCOUNT 1 FORCE JUSTID
`)))
	// Output:
	// SELECT 0
	// XADD orders 1-0 sku tea
	// XADD orders 2-0 sku milk
	// XGROUP CREATE orders workers 1-0
	// XCLAIM orders workers w1 0 1-0 TIME 0 RETRYCOUNT 1 FORCE JUSTID
}

// For times to live that do not matter.
func ExampleWithoutTTL() {
	show(snapshot.WithoutTTL(decoded("SET session:1 ada EX 3600")))
	// Output:
	// SELECT 0
	// SET session:1 ada
}

// A keyspace that was saved an hour ago, as the server would have it by now.
func ExampleAged() {
	saved := decoded(`
SET config green
SET session:1 ada EX 3600
SET session:2 bob EX 4500
`)
	show(snapshot.Aged(saved, time.Hour))
	// Output:
	// SELECT 0
	// SET config green
	// SET session:2 bob
	// PEXPIRE session:2 900000
}
