// Package interop proves that the embedded server serves any client library over sockets: go-redis, redigo and rueidis do
// what applications do with them, over TCP, TLS and a unix socket, with and without logging in, and with RESP2 and RESP3
// where the library has both. It also runs what the page for those who come from miniredis shows.
//
// It is a module of its own, so that the libraries it tests with never enter the module graph of those who use rediskit.
// There is nothing in it but tests; run them in this folder.
package interop
