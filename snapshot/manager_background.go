package snapshot

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/compozy/rediskit/internal/logger"
)

// StartPeriodicSnapshots takes a snapshot at each interval ([Every]) until ctx ends or Stop is called. One that would be
// like the last is left out: nothing has changed but times to live, and these only ran down, to a tenth of a second (with
// [FreezeTTL] every change counts). One that takes longer than the interval delays the next, and none overlaps another. If
// one fails, that is logged and counted, and the next is tried at its time.
func (m *Manager) StartPeriodicSnapshots(ctx context.Context) error {
	if err := m.startPeriodic(ctx); err != nil {
		return fmt.Errorf("start periodic snapshots: %w", err)
	}
	return nil
}

func (m *Manager) startPeriodic(ctx context.Context) error {
	if !m.how.periodic {
		return errors.New("no interval was given; see Every")
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	switch {
	case m.stopping:
		return ErrStopped
	case m.endPeriodic != nil:
		return errors.New("they were started already")
	}
	ctx, m.endPeriodic = context.WithCancel(ctx)
	m.working.Go(func() { m.takePeriodic(ctx) })
	return nil
}

func (m *Manager) takePeriodic(ctx context.Context) {
	defer m.periodicEnded()
	ticker := time.NewTicker(m.how.interval)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			m.tick(ctx)
		}
	}
}

// periodicEnded lets them be started again.
func (m *Manager) periodicEnded() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.endPeriodic()
	m.endPeriodic = nil
}

// tick takes a periodic snapshot, and logs a failure, which nobody is told otherwise.
func (m *Manager) tick(ctx context.Context) {
	err := m.Alone(ctx, func(turn Turn) error {
		_, err := turn.snapshot(ctx, taking{source: m.source, ifChanged: true})
		return err
	})
	if err != nil && ctx.Err() == nil { // else it is no failure, but the end
		logger.FromContext(ctx).WarnContext(ctx, "snapshot failed", "error", err)
	}
}

// Stop ends what runs in the background, takes the final snapshot if there is to be one ([FinalSnapshot]), and returns when
// nothing runs any more. All that follows fails with [ErrStopped]. A periodic snapshot that is being taken is given up; one
// that somebody has asked for is not.
//
// That ctx has ended does not matter, so it can be that of a test: Stop has the time that FinalSnapshot says, 30 seconds
// without it, and less only where a deadline of ctx comes sooner. Stop can be called by many goroutines: the first does the
// work, the others wait for it, or for their context, and get the same error.
func (m *Manager) Stop(ctx context.Context) error {
	m.mu.Lock()
	first := !m.stopping
	m.stopping = true
	if m.endPeriodic != nil {
		m.endPeriodic()
	}
	m.mu.Unlock()
	if !first {
		select {
		case <-m.ended:
			return m.endErr
		case <-ctx.Done():
			return fmt.Errorf("stop snapshots: wait for the goroutine that stops them: %w", ctx.Err())
		}
	}
	defer close(m.ended)
	close(m.ending)
	if err := m.finish(ctx); err != nil {
		m.endErr = fmt.Errorf("stop snapshots: %w", err)
	}
	return m.endErr
}

func (m *Manager) finish(ctx context.Context) error {
	ctx, cancel := m.lastContext(ctx)
	defer cancel()
	if err := m.waitForAll(ctx); err != nil {
		return fmt.Errorf("wait for the one that is being taken: %w", err)
	}
	defer m.end()
	m.mu.Lock()
	unrestored := m.unrestored
	m.mu.Unlock()
	if !m.how.final || unrestored != nil { // whoever called Restore knows why
		return nil
	}
	_, err := m.snapshot(ctx, taking{source: m.source})
	return err
}

// lastContext lives although ctx has ended.
func (m *Manager) lastContext(ctx context.Context) (context.Context, context.CancelFunc) {
	patience := m.how.patience
	if deadline, ok := ctx.Deadline(); ok && time.Until(deadline) > 0 {
		patience = min(patience, time.Until(deadline))
	}
	return context.WithTimeout(context.WithoutCancel(ctx), patience)
}

// waitForAll waits for the goroutine of the periodic snapshots, and for the turn.
func (m *Manager) waitForAll(ctx context.Context) error {
	idle := make(chan struct{})
	go func() {
		defer close(idle)
		m.working.Wait()
	}()
	select {
	case <-idle:
	case <-ctx.Done():
		return ctx.Err()
	}
	select {
	case m.turn <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
