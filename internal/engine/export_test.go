package engine

// DeadlinesKept is how many deadlines the engine remembers.
func (e *Engine) DeadlinesKept() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return len(e.deadlines.queue)
}
