package snapshot

import "fmt"

// Do runs one command and returns its reply as RESP2 has it: nil, int, int64, string, or a list: []string, []int or []any of
// all of those. All commands must go over the same connection, as SELECT holds for those that follow it.
type Do func(args ...string) (any, error)

// Key reads a key of the selected database. It is false where there is none of that name. Several commands are needed for
// it: it has seen one moment only where nobody else's come between them, as in [Exclusive].
func (do Do) Key(name string) (Key, bool, error) { return readKey(do, name) }

// Set writes a key to the selected database, where there must be none of that name. Times to live of hash fields need a
// server that has HSETEX, as the embedded one and Redis 8.0 have. After an error a part of the key may be there.
func (do Do) Set(key Key) error {
	for command := range embeddedLimits().spoken(key) {
		if _, err := do(command...); err != nil {
			return fmt.Errorf("%s: %w", command[0], err)
		}
	}
	return nil
}
