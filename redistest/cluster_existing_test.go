package redistest_test

import (
	"testing"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"github.com/compozy/rediskit/redistest"
)

func TestAnExistingCluster(t *testing.T) {
	t.Parallel()
	host := redistest.NewCluster(t, redistest.Masters(2))
	begin := func() (*redistest.Cluster, error) {
		return redistest.StartCluster(t.Context(), redistest.ExistingCluster(host.URL()))
	}
	guest, err := begin()
	require.NoError(t, err)
	require.NoError(t, guest.Client().Set(t.Context(), "k", "v", 0).Err())
	require.NoError(t, guest.Client().Set(t.Context(), "b", "v", 0).Err())
	redistest.AssertGolden(t, guest, "guest")

	require.ErrorIs(t, guest.Failover(0), redistest.ErrUnsupported)
	require.EqualError(t, guest.Failover(0), "Failover: unsupported by the backend external cluster")
	require.ErrorIs(t, guest.Stop(host.Nodes()[0]), redistest.ErrUnsupported)
	require.ErrorIs(t, guest.Start(host.Nodes()[0]), redistest.ErrUnsupported)
	require.ErrorIs(t, guest.Wait(), redistest.ErrUnsupported)
	_, err = guest.Master(0)
	require.ErrorIs(t, err, redistest.ErrUnsupported)
	require.Empty(t, guest.Nodes())
	require.Equal(t, host.URL(), guest.URL())

	require.NoError(t, guest.Close(t.Context()))
	require.NoError(t, guest.Close(t.Context()), "it is closed already")
	require.Zero(t, host.Client().DBSize(t.Context()).Val(), "nothing is left behind")
}

func TestAnExistingClusterBelongsToOneTestAtATime(t *testing.T) {
	t.Parallel()
	host := redistest.NewCluster(t, redistest.Masters(1))
	results := make(chan error)
	const guests = 4
	for range guests {
		go func() {
			guest, err := redistest.StartCluster(t.Context(), redistest.ExistingCluster(host.URL()))
			if err == nil {
				err = guest.Client().SetArgs(t.Context(), "mine", 1, redis.SetArgs{Mode: "NX"}).Err() // fails where another test's key is
			}
			if err == nil {
				err = guest.Close(t.Context())
			}
			results <- err
		}()
	}
	for range guests {
		require.NoError(t, <-results)
	}
}

func TestAnExistingClusterWithKeysOfOthersIsRefused(t *testing.T) {
	t.Parallel()
	host := redistest.NewCluster(t, redistest.Masters(1))
	require.NoError(t, host.Client().Set(t.Context(), "precious", "v", 0).Err())
	_, err := redistest.StartCluster(t.Context(), redistest.ExistingCluster(host.URL()))
	require.ErrorContains(t, err, "redistest: external cluster redis://127.0.0.1:")
	require.ErrorContains(t, err, "it holds keys that no test has written; see AllowDirty")
	require.Equal(t, int64(1), host.Client().DBSize(t.Context()).Val(), "it is as it was")

	guest, err := redistest.StartCluster(t.Context(), redistest.ExistingCluster(host.URL(), redistest.AllowDirty()))
	require.NoError(t, err)
	require.Zero(t, host.Client().Exists(t.Context(), "precious").Val())
	require.NoError(t, guest.Close(t.Context()))
}

func TestTheEnvironmentNamesACluster(t *testing.T) {
	host, err := redistest.StartCluster(t.Context(), redistest.Masters(1))
	if err != nil {
		redistest.NewCluster(t, redistest.Masters(1)) // which skips the test, or fails it
	}
	t.Cleanup(func() { require.NoError(t, host.Close(t.Context())) })
	t.Setenv("REDISTEST_URL", host.URL())
	guest := redistest.NewCluster(t)
	require.Equal(t, host.URL(), guest.URL())

	alone := redistest.New(t, redistest.WithBackend(redistest.Embedded()))
	t.Setenv("REDISTEST_URL", alone.URL())
	require.NotEqual(t, alone.Addr(), redistest.NewCluster(t, redistest.Masters(1)).Options().Addrs[0], "that is no cluster")

	t.Setenv("REDISTEST_URL", "http://localhost:1")
	_, err = redistest.StartCluster(t.Context())
	require.EqualError(t, err, "redistest: external cluster: redis: invalid URL scheme: http")
	_, err = redistest.StartCluster(t.Context(), redistest.ExistingCluster("redis://u:secret@host:x"))
	require.Error(t, err)
	require.NotContains(t, err.Error(), "secret")
}
