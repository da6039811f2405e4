package redistest

import (
	"time"

	"github.com/compozy/rediskit/internal/config"
	"github.com/compozy/rediskit/snapshot"
)

// Persistence says how a server keeps its data in a folder beyond its end; see [WithPersistence].
type Persistence struct {
	// DataDir is the folder. It is made if need be, and one server at a time can have it.
	DataDir string
	// SnapshotInterval is the time between snapshots while the server runs, by time.Now and not by the server's clock. 0 is
	// for none but those that clients ask for, with SAVE and BGSAVE. One that would be like the last is left out.
	SnapshotInterval time.Duration
	// SnapshotOnShutdown takes a last snapshot when the server is closed. What a client was answered before is in it.
	SnapshotOnShutdown bool
	// RestoreOnStartup makes the server begin with what the latest snapshot holds, empty if there was never one. The time
	// that has passed since counts: times to live are shorter by it.
	RestoreOnStartup bool
	// Keep is how many snapshots are kept; 0 is for 3. Older ones are removed, but none that cannot be read.
	Keep int
	// OnRestoreError says what to do where nothing of what was kept can be restored: [FailStart] or [StartEmpty].
	OnRestoreError OnRestoreError
}

// OnRestoreError is what to do where snapshots were kept and none of them can be restored.
type OnRestoreError int

const (
	// FailStart makes [New] and [Start] fail, and leaves the folder as it is.
	FailStart OnRestoreError = iota
	// StartEmpty makes the server begin without data, and log that. What could not be restored is renamed to NAME.aside or
	// NAME.corrupt, and stays for a person to look at.
	StartEmpty
)

// WithPersistence makes the server keep its data in a folder, as snapshots: for suites that share data over runs, for
// development, and for tests of what an application does when its Redis restarts.
//
//	srv := redistest.New(t, redistest.WithPersistence(redistest.Persistence{
//		DataDir:            "testdata/redis",
//		SnapshotOnShutdown: true,
//		RestoreOnStartup:   true,
//	}))
//
// A snapshot is of one moment and has every type and time to live. It is a file that a person can read; see
// [snapshot.FileStore], which says what it outlives. The newest one that is whole is restored. One that is not is renamed,
// logged, and never removed. Until it is known what there was, nothing is written.
//
// On the embedded backend the commands SAVE, BGSAVE, LASTSAVE and SHUTDOWN do what they do on a Redis with a disk, over
// any client. Without this option they answer as a Redis does that cannot write to its disk. On other backends they are
// that server's own.
func WithPersistence(p Persistence) Option {
	return func(s *settings) {
		s.config.Persistence = config.Persistence{
			Enabled:            true,
			DataDir:            p.DataDir,
			SnapshotInterval:   p.SnapshotInterval,
			SnapshotOnShutdown: p.SnapshotOnShutdown,
			RestoreOnStartup:   p.RestoreOnStartup,
			Keep:               p.Keep,
			OnRestoreError:     config.OnRestoreError(p.OnRestoreError),
		}
	}
}

// PersistenceStats returns what [WithPersistence] has done so far; the zero value without it.
func (s *Server) PersistenceStats() snapshot.Stats { return s.inner.Stats() }
