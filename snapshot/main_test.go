package snapshot_test

import (
	"os"
	"testing"

	"go.uber.org/goleak"
)

// childRole is the environment variable that makes the test binary one of the programs below instead.
const childRole = "SNAPSHOT_TEST_CHILD"

func TestMain(m *testing.M) {
	switch os.Getenv(childRole) {
	case "":
		goleak.VerifyTestMain(m)
	case holderRole:
		os.Exit(holdFolder(os.Args[1]))
	case loadRole:
		os.Exit(serveLoad(os.Args[1]))
	}
}
