package snapshot

import "fmt"

// Do runs one command and returns its reply: nil, int, string or []any of those.
type Do func(args ...string) (any, error)

// Key reads a key of the selected database. It is false where there is none of that name.
func (do Do) Key(name string) (Key, bool, error) { return readKey(do, name) }

// Set writes a key to the selected database of an embedded server, where there must be none of that name.
func (do Do) Set(key Key) error {
	for command := range embeddedLimits().spoken(key) {
		if _, err := do(command...); err != nil {
			return fmt.Errorf("%s: %w", command[0], err)
		}
	}
	return nil
}
