package process

import "sync"

// shared is the one variable of the package: the limit of processes is the machine's, so it must hold for all packages that
// take part in a test binary, and these have nothing else in common. It is never assigned again, and starts nothing by itself.
var shared = sync.OnceValue(func() *Pool { return NewPool() })

// Shared is the pool of this test binary, made when it is first asked for, with the default limit (see [Pool.SetLimit]). Its servers die
// with the test binary, so nobody has to close it, but a TestMain may. A leak checker sees two goroutines for
// each idle server, which it can be told to ignore by their names:
//
//	goleak.IgnoreAnyFunction("github.com/compozy/rediskit/internal/process.(*Process).attend")
//	goleak.IgnoreAnyFunction("github.com/compozy/rediskit/internal/process.(*Process).collect")
func Shared() *Pool { return shared() }
