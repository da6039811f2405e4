package command

// Flag is one property of a command, as a bit; several can be joined with |.
type Flag uint32

// The flags that COMMAND reports, by the names it gives them.
const (
	Write           Flag = 1 << iota // write: may change data
	ReadOnly                         // readonly: reads data
	DenyOOM                          // denyoom: refused when memory is short
	Admin                            // admin: an administrative command
	PubSub                           // pubsub: has to do with Pub/Sub
	NoScript                         // noscript: not allowed in scripts
	Blocking                         // blocking: may block its client
	Loading                          // loading: allowed while a database is loaded
	Stale                            // stale: allowed on a replica with stale data
	SkipMonitor                      // skip_monitor: not shown by MONITOR
	SkipSlowlog                      // skip_slowlog: not written to the slow log
	Asking                           // asking: allowed for a slot that is being imported
	Fast                             // fast: constant or logarithmic time
	NoAuth                           // no_auth: allowed before authentication
	MayReplicate                     // may_replicate: may replicate though it is no write
	NoMandatoryKeys                  // no_mandatory_keys: all its keys are optional
	NoAsyncLoading                   // no_async_loading: not allowed during asynchronous loading
	NoMulti                          // no_multi: not allowed in a transaction
	MovableKeys                      // movablekeys: FirstKey, LastKey and Step do not tell all its keys
	AllowBusy                        // allow_busy: allowed while a script or module keeps the server busy
)

func flagOf(name string) (Flag, bool) {
	switch name {
	case "write":
		return Write, true
	case "readonly":
		return ReadOnly, true
	case "denyoom":
		return DenyOOM, true
	case "admin":
		return Admin, true
	case "pubsub":
		return PubSub, true
	case "noscript":
		return NoScript, true
	case "blocking":
		return Blocking, true
	case "loading":
		return Loading, true
	case "stale":
		return Stale, true
	case "skip_monitor":
		return SkipMonitor, true
	case "skip_slowlog":
		return SkipSlowlog, true
	case "asking":
		return Asking, true
	case "fast":
		return Fast, true
	case "no_auth":
		return NoAuth, true
	case "may_replicate":
		return MayReplicate, true
	case "no_mandatory_keys":
		return NoMandatoryKeys, true
	case "no_async_loading":
		return NoAsyncLoading, true
	case "no_multi":
		return NoMulti, true
	case "movablekeys":
		return MovableKeys, true
	case "allow_busy":
		return AllowBusy, true
	default:
		return 0, false
	}
}
