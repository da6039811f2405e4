// Package engine is the embedded Redis: miniredis' data types and commands behind a wire of our own.
//
// Every client, in memory or over a socket, is a session. A session reads RESP requests and runs each of them on the
// goroutine that delivered its bytes: for an in-memory connection that is the caller of Write, so a round trip needs
// no socket and no goroutine switch. One lock orders the commands of all sessions, as Redis' single thread does, and
// whatever a server knows of its clients (transactions, blocked clients, subscriptions, names) is kept here under that
// lock. What a command does to the keyspace is miniredis' business.
//
//	conn.Write ─┐                                  ┌─ miniredis' databases, directly (GET, SET, INCR, …)
//	socket ─────┴─ session ─ requests ─ interceptors ┼─ own handler (MULTI, BLPOP, SUBSCRIBE, CLIENT, …)
//	                  ▲                             └─ miniredis
//	conn.Read ◄── outbox ◄───────── replies ──────────────┘
//
// The package is the only one that imports miniredis.
package engine
