package redistest

import (
	"context"
	"flag"
	"fmt"

	"github.com/compozy/rediskit/internal/config"
	"github.com/compozy/rediskit/snapshot"
)

// AssertPersisted compares what a server has left in a folder, the DataDir of [WithPersistence], with the file
// testdata/<test>/<name>.redis, and fails the test where they differ:
//
//	require.NoError(t, srv.Close(ctx))
//	redistest.AssertPersisted(t, dataDir, "after-run")
//
// It looks at what would be restored, the newest snapshot that is whole, with the times to live that there were when it was
// taken. The golden file is written, accepted and compared as that of [AssertGolden] is, with the same options. The folder
// stays as it is, and a server may be using it.
func AssertPersisted(t TB, dataDir, name string, opts ...GoldenOption) {
	t.Helper()
	g := goldens{run: &thisRun, told: readOrders(config.ReadEnv(), flag.CommandLine)}
	if err := g.checkPersisted(t, dataDir, name, opts); err != nil {
		t.Errorf("redistest: %v", err)
	}
}

// checkPersisted is AssertPersisted that returns its failure.
func (g goldens) checkPersisted(t TB, dataDir, name string, opts []GoldenOption) error {
	kept, err := readPersisted(t, dataDir)
	if err != nil {
		return fmt.Errorf("golden %s: %w", name, err)
	}
	return g.check(t, kept, name, opts)
}

// readPersisted reads what would be restored.
func readPersisted(t TB, dataDir string) (*snapshot.Snapshot, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), captureTimeout)
	defer cancel()
	passedOver := func(corrupt *snapshot.CorruptError) { t.Logf("redistest: %v", corrupt) }
	store, err := snapshot.OpenFileStore(dataDir, snapshot.ReadOnly(), snapshot.OnCorrupt(passedOver))
	if err != nil {
		return nil, err
	}
	kept, _, err := store.Latest(ctx)
	if err != nil {
		return nil, err
	}
	return kept, store.Close()
}
