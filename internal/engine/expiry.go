package engine

import (
	"strconv"
	"time"
)

// expireDue removes what has no time left. A key lives until its deadline and not in that millisecond. The caller holds
// the engine's lock and is not inside of an exclusive section.
func (e *Engine) expireDue() {
	now, expired := e.time.milliseconds(), false
	for first := e.deadlines.first(); first != nil && first.at <= now; first = e.deadlines.first() {
		e.deadlines.remove(first)
		expired = e.expire(first) || expired
	}
	if expired && len(e.blocked) > 0 {
		e.serveBlocked()
	}
}

// expire removes a place, if its deadline is still what it was thought to be.
func (e *Engine) expire(d *deadline) bool {
	if d.space.gone {
		return false
	}
	left := e.timeLeft(d.place)
	if left == 0 {
		return false // gone, or made to stay, since
	}
	if at := e.time.base + left.Milliseconds(); at > e.time.milliseconds() {
		e.deadlines.set(d.place, at)
		return false
	}
	db := e.mini.DB(d.space.db)
	if !d.isField {
		return db.Del(d.key)
	}
	db.HPersist(d.key, d.field) // or the next field of that name would inherit it
	db.HDel(d.key, d.field)
	if fields, err := db.HKeys(d.key); err == nil && len(fields) == 0 {
		db.Del(d.key)
	}
	return true
}

// timeLeft is what miniredis keeps as a time to live: the distance from the base; 0 where there is none.
func (e *Engine) timeLeft(p place) time.Duration {
	db := e.mini.DB(p.space.db)
	if p.isField {
		return db.HTTL(p.key, p.field)
	}
	return db.TTL(p.key)
}

// sweep forgets deadlines of what does not exist any more.
func (e *Engine) sweep() {
	if e.deadlines.crowded() {
		e.deadlines.retain(func(p place) bool { return e.timeLeft(p) != 0 })
	}
}

// track notes when a key expires, if it does, after a command that may have changed that.
func (k keyspace) track(key string) {
	if left, ok := integerOf(k.call("PTTL", key)); ok && left >= 0 {
		k.expiresAt(key, k.engine.time.base+left)
	}
}

// expiresAt notes when a key expires, and removes it if that has been.
func (k keyspace) expiresAt(key string, at int64) {
	if at <= k.engine.time.milliseconds() {
		k.call("DEL", key)
		return
	}
	k.engine.deadlines.set(place{space: k.space(), key: key}, at)
}

// keepUntil gives a key that exists a deadline.
func (k keyspace) keepUntil(key string, at int64) {
	k.call("PEXPIRE", key, strconv.FormatInt(at-k.engine.time.base, 10))
	k.expiresAt(key, at)
}

// trackFields does the same for the fields of a hash.
func (k keyspace) trackFields(key string, fields ...string) {
	for i, left := range k.fieldTimes(key, fields) {
		if left >= 0 {
			k.fieldExpiresAt(key, fields[i], k.engine.time.base+left)
		}
	}
}

func (k keyspace) fieldExpiresAt(key, field string, at int64) {
	if at <= k.engine.time.milliseconds() {
		k.deleteField(key, field)
		return
	}
	k.engine.deadlines.set(place{space: k.space(), key: key, field: field, isField: true}, at)
}

// trackAll notes all deadlines of a key that has come from elsewhere.
func (k keyspace) trackAll(key string) {
	k.track(key)
	if k.engine.deadlines.fields && string(k.call("TYPE", key)) == "+hash\r\n" {
		k.trackFields(key, stringsOf(k.call("HKEYS", key))...)
	}
}

// fieldTimes asks for what miniredis keeps of each field: -2 where there is no such field, -1 where it stays.
func (k keyspace) fieldTimes(key string, fields []string) []int64 {
	left := integersOf(k.call(append([]string{"HPTTL", key, "FIELDS", strconv.Itoa(len(fields))}, fields...)...))
	for len(left) < len(fields) {
		left = append(left, -2)
	}
	return left
}
