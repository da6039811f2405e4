package shop

import (
	"context"
	"crypto/rand"
	"fmt"
	"slices"
	"time"

	"github.com/redis/go-redis/v9"
)

// Session is one login of a user.
type Session struct {
	ID      string    `redis:"-"`
	User    string    `redis:"user"`
	Started time.Time `redis:"started"`
}

// Sessions knows who is logged in. It is safe for concurrent use once its field is set.
type Sessions struct {
	Now func() time.Time // when a session is said to have started

	client redis.Cmdable
	ttl    time.Duration
}

// NewSessions returns sessions that end after ttl without a [Sessions.Touch].
func NewSessions(client redis.Cmdable, ttl time.Duration) *Sessions {
	return &Sessions{Now: time.Now, client: client, ttl: ttl}
}

// Login starts a session.
func (s *Sessions) Login(ctx context.Context, user string) (Session, error) {
	session := Session{ID: rand.Text(), User: user, Started: s.Now().UTC()}
	_, err := s.client.TxPipelined(ctx, func(tx redis.Pipeliner) error {
		tx.HSet(ctx, sessionKey(session.ID), session)
		tx.PExpire(ctx, sessionKey(session.ID), s.ttl)
		tx.SAdd(ctx, sessionsKey(user), session.ID)
		tx.PExpire(ctx, sessionsKey(user), s.ttl) // no session in the set was used later than now
		return nil
	})
	if err != nil {
		return Session{}, fmt.Errorf("login %s: %w", user, err)
	}
	return session, nil
}

// Touch gives a session its full time to live again and returns it, or fails with [ErrNoSession].
func (s *Sessions) Touch(ctx context.Context, id string) (Session, error) {
	session, err := s.find(ctx, id)
	if err != nil {
		return Session{}, fmt.Errorf("touch session: %w", err)
	}
	// The session may end right here. Nothing below would bring it to life again.
	var alive *redis.BoolCmd
	_, err = s.client.TxPipelined(ctx, func(tx redis.Pipeliner) error {
		alive = tx.PExpire(ctx, sessionKey(id), s.ttl)
		tx.PExpire(ctx, sessionsKey(session.User), s.ttl)
		return nil
	})
	if err != nil {
		return Session{}, fmt.Errorf("touch session of %s: %w", session.User, err)
	}
	if !alive.Val() {
		return Session{}, fmt.Errorf("touch session of %s: %w", session.User, ErrNoSession)
	}
	return session, nil
}

// Logout ends a session. To end one that is over already is no error.
func (s *Sessions) Logout(ctx context.Context, session Session) error {
	_, err := s.client.TxPipelined(ctx, func(tx redis.Pipeliner) error {
		tx.Del(ctx, sessionKey(session.ID))
		tx.SRem(ctx, sessionsKey(session.User), session.ID)
		return nil
	})
	if err != nil {
		return fmt.Errorf("logout %s: %w", session.User, err)
	}
	return nil
}

// List returns the sessions of a user, the oldest first, and forgets those that have expired.
func (s *Sessions) List(ctx context.Context, user string) ([]Session, error) {
	ids, err := s.client.SMembers(ctx, sessionsKey(user)).Result()
	if err != nil {
		return nil, fmt.Errorf("list sessions of %s: %w", user, err)
	}
	found := make([]*redis.MapStringStringCmd, len(ids))
	_, err = s.client.Pipelined(ctx, func(pipe redis.Pipeliner) error {
		for i, id := range ids {
			found[i] = pipe.HGetAll(ctx, sessionKey(id))
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("list sessions of %s: %w", user, err)
	}
	var sessions []Session
	var expired []any
	for i, id := range ids {
		if len(found[i].Val()) == 0 {
			expired = append(expired, id)
			continue
		}
		session := Session{ID: id}
		if err := found[i].Scan(&session); err != nil {
			return nil, fmt.Errorf("list sessions of %s: %w", user, err)
		}
		sessions = append(sessions, session)
	}
	if len(expired) > 0 {
		if err := s.client.SRem(ctx, sessionsKey(user), expired...).Err(); err != nil {
			return nil, fmt.Errorf("forget expired sessions of %s: %w", user, err)
		}
	}
	slices.SortFunc(sessions, func(a, b Session) int { return a.Started.Compare(b.Started) })
	return sessions, nil
}

func (s *Sessions) find(ctx context.Context, id string) (Session, error) {
	found := s.client.HGetAll(ctx, sessionKey(id))
	if err := found.Err(); err != nil {
		return Session{}, err
	}
	if len(found.Val()) == 0 {
		return Session{}, ErrNoSession
	}
	session := Session{ID: id}
	err := found.Scan(&session)
	return session, err
}

func sessionKey(id string) string    { return "session:" + id }
func sessionsKey(user string) string { return "sessions:" + user }
