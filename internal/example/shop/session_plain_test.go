package shop_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/compozy/rediskit/internal/example/shop"
	"github.com/compozy/rediskit/redistest"
)

// Package testing alone: redistest.New(t) is all there is to set up, and each subtest has a Redis of its own.

func TestSession(t *testing.T) {
	t.Parallel()

	t.Run("expires after thirty minutes", func(t *testing.T) {
		t.Parallel()
		srv := redistest.New(t, movable)
		sessions := shop.NewSessions(srv.Client(), 30*time.Minute)
		session := login(t, sessions, "ada")

		srv.Advance(30*time.Minute - time.Millisecond)
		if left := timeToLive(t, srv.Client(), session); left != time.Millisecond {
			t.Fatalf("session lives for %v, want 1ms", left)
		}
		srv.Advance(time.Millisecond)
		if _, err := sessions.Touch(t.Context(), session.ID); !errors.Is(err, shop.ErrNoSession) {
			t.Errorf("Touch returned %v, want %v", err, shop.ErrNoSession)
		}
		if keys := srv.Client().Keys(t.Context(), "*").Val(); len(keys) > 0 {
			t.Errorf("the session has left %q behind", keys)
		}
		t.Logf("logged in as %s, and out half an hour later: nobody has waited for it", session.User)
	})

	t.Run("has its full time again with each touch", func(t *testing.T) {
		t.Parallel()
		srv := redistest.New(t, movable)
		client := srv.Client()
		sessions := shop.NewSessions(client, 30*time.Minute)
		session := login(t, sessions, "ada")
		srv.Advance(29 * time.Minute)
		before := timeToLive(t, client, session)

		touched, err := sessions.Touch(t.Context(), session.ID)
		if err != nil {
			t.Fatal(err)
		}
		if touched != session {
			t.Errorf("Touch returned %+v, want %+v", touched, session)
		}
		after := timeToLive(t, client, session)
		if after != 30*time.Minute {
			t.Errorf("session lives for %v after a touch, want 30m", after)
		}
		t.Logf("the session would have ended in %v; now it ends in %v", before, after)
	})

	t.Run("cannot be touched once it has ended", func(t *testing.T) {
		t.Parallel()
		client := redistest.New(t, movable).Client()
		sessions := shop.NewSessions(client, 30*time.Minute)
		session := login(t, sessions, "ada")
		if err := sessions.Logout(t.Context(), session); err != nil {
			t.Fatal(err)
		}

		if _, err := sessions.Touch(t.Context(), session.ID); !errors.Is(err, shop.ErrNoSession) {
			t.Errorf("Touch returned %v, want %v", err, shop.ErrNoSession)
		}
		if keys := client.Keys(t.Context(), "*").Val(); len(keys) > 0 {
			t.Errorf("the session has left %q behind", keys)
		}
	})
}

func TestSessionList(t *testing.T) {
	t.Parallel()

	t.Run("has those of the user, the oldest first", func(t *testing.T) {
		t.Parallel()
		srv := redistest.New(t, movable)
		sessions := shop.NewSessions(srv.Client(), time.Hour)
		sessions.Now = srv.Now
		var want []shop.Session
		for range 3 {
			want = append(want, login(t, sessions, "ada"))
			srv.Advance(time.Minute)
		}
		login(t, sessions, "bob")

		expectList(t, sessions, "ada", want)
		if err := sessions.Logout(t.Context(), want[1]); err != nil {
			t.Fatal(err)
		}
		expectList(t, sessions, "ada", slices.Delete(want, 1, 2))
	})

	t.Run("forgets those that have expired", func(t *testing.T) {
		t.Parallel()
		srv := redistest.New(t, movable)
		client := srv.Client()
		sessions := shop.NewSessions(client, time.Hour)
		login(t, sessions, "ada")
		srv.Advance(40 * time.Minute)
		alive := login(t, sessions, "ada")
		srv.Advance(20 * time.Minute)

		expectList(t, sessions, "ada", []shop.Session{alive})
		if ids := client.SMembers(t.Context(), "sessions:ada").Val(); !slices.Equal(ids, []string{alive.ID}) {
			t.Errorf("the index has %q, want only %q", ids, alive.ID)
		}
	})
}

func login(t *testing.T, sessions *shop.Sessions, user string) shop.Session {
	t.Helper()
	session, err := sessions.Login(t.Context(), user)
	if err != nil {
		t.Fatal(err)
	}
	return session
}

func timeToLive(t *testing.T, client *redis.Client, session shop.Session) time.Duration {
	t.Helper()
	left, err := client.PTTL(t.Context(), "session:"+session.ID).Result()
	if err != nil {
		t.Fatal(err)
	}
	return left
}

func expectList(t *testing.T, sessions *shop.Sessions, user string, want []shop.Session) {
	t.Helper()
	got, err := sessions.List(t.Context(), user)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(got, want) {
		t.Fatalf("sessions of %s:\n got %+v\nwant %+v", user, got, want)
	}
}
