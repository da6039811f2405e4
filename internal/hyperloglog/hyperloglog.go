// Package hyperloglog is Redis's HyperLogLog as a value: the string that GET returns of a key that PFADD made, byte for
// byte as redis-server 7.0 would write it after the same commands in the same order.
//
// Such a string is a header of 16 bytes and 16384 registers of 6 bits. The header:
//
//	offset 0, 4 bytes   "HYLL"
//	offset 4, 1 byte    the encoding of the registers: 0 is dense, 1 is sparse
//	offset 5, 3 bytes   not used; kept as they are
//	offset 8, 8 bytes   the cached cardinality, little endian; its top bit says that the cache is stale
//
// Dense registers are packed into 12288 bytes, the low bits of a byte first. Sparse registers are run lengths:
//
//	00xxxxxx            xxxxxx+1 registers of zero
//	01xxxxxx yyyyyyyy   xxxxxxyyyyyyyy+1 registers of zero
//	1vvvvvxx            xx+1 registers of vvvvv+1
//
// A string is born sparse, and is made dense by a register over 32 or by growing past 3000 bytes, Redis's default
// for hll-sparse-max-bytes. It never goes back.
//
// In all functions nil means a key that does not exist, while an empty string that is not nil is a value that is no
// HyperLogLog. No function modifies its arguments, and a result may share memory with an argument that it is equal to. All
// may be called from many goroutines.
//
// A sparse string whose runs do not add up to 16384 registers is corrupted. PFADD only notices where it has to, as in Redis, and
// so does [Add]. Runs past the last register are always an error, as in the releases that mend CVE-2025-32023; earlier ones
// let some of them pass.
package hyperloglog

// New is the empty HyperLogLog that PFADD with a key alone creates: sparse, and its cache stale.
func New() []byte {
	s := create()
	s.invalidateCache()
	return s.result()
}

// Add is PFADD: it returns hll with the elements in it, and reports as changed what PFADD replies. A nil hll is created,
// which is a change even without elements. Elements are any bytes.
//
// The error is [ErrWrongType], with hll returned as it was, or [ErrCorrupted], found at one of the elements: updated then
// holds the elements before that one, as the key of a real server does, and changed reports whether they made a difference.
func Add(hll []byte, elements ...string) (updated []byte, changed bool, err error) {
	s := create()
	if hll == nil {
		s.invalidateCache()
		changed = true
	} else {
		if err := checkHeader(hll); err != nil {
			return hll, false, err
		}
		s = open(hll)
	}
	for _, element := range elements {
		raised, err := s.raise(locate(element))
		if err != nil {
			return s.result(), changed, err
		}
		changed = changed || raised
	}
	return s.result(), changed, nil
}

// Count is PFCOUNT with several keys: the estimated number of different elements in the union of hlls, among which nil
// counts as empty. The caches are not asked; see [CountCached] for PFCOUNT with one key. Registers that no elements could have
// set may give the smallest int64, as in Redis.
//
// The error is [ErrWrongType] or [ErrCorrupted].
func Count(hlls ...[]byte) (int64, error) {
	var union registers
	for _, hll := range hlls {
		if hll == nil {
			continue
		}
		if err := union.merge(hll); err != nil {
			return 0, err
		}
	}
	return union.estimate(), nil
}

// CountCached is PFCOUNT with one key: it replies the cached cardinality, or where that is stale the estimate, and then
// reports changed and returns hll with the estimate in its cache, which Redis stores in the key. Nil counts as 0.
//
// The error is [ErrWrongType] or [ErrCorrupted], with hll returned as it was. A fresh cache hides corruption.
func CountCached(hll []byte) (n int64, updated []byte, changed bool, err error) {
	if hll == nil {
		return 0, nil, false, nil
	}
	if err := checkHeader(hll); err != nil {
		return 0, hll, false, err
	}
	if n, fresh := readCache(hll); fresh {
		return n, hll, false, nil
	}
	n, err = Count(hll)
	if err != nil {
		return 0, hll, false, err
	}
	s := open(hll)
	s.writeCache(n)
	return n, s.result(), true, nil
}

// Merge is PFMERGE: it returns the union of dest and the sources, stored over dest, among which nil counts as empty. It is
// dense if any of them is, or if it has to be. Its cache is stale, even if nothing else changed.
//
// The error is [ErrWrongType] or [ErrCorrupted], with dest returned as it was.
func Merge(dest []byte, sources ...[]byte) ([]byte, error) {
	var union registers
	anyDense := false
	for i := range 1 + len(sources) {
		hll := dest
		if i > 0 {
			hll = sources[i-1]
		}
		if hll == nil {
			continue
		}
		if err := union.merge(hll); err != nil {
			return dest, err
		}
		anyDense = anyDense || encodingOf(hll) == dense
	}

	s := create()
	if dest != nil {
		s = open(dest)
	}
	if anyDense {
		if err := s.promote(); err != nil {
			return dest, err
		}
	}
	for index, value := range union {
		if value == 0 {
			continue
		}
		if _, err := s.raise(index, value); err != nil {
			return dest, err
		}
	}
	s.invalidateCache()
	return s.result(), nil
}

// Validate reports whether hll is a HyperLogLog that every command accepts: nil, [ErrWrongType] if it is none at all, or
// [ErrCorrupted] if its sparse runs do not add up to 16384 registers.
func Validate(hll []byte) error {
	if err := checkHeader(hll); err != nil {
		return err
	}
	if encodingOf(hll) == dense {
		return nil
	}
	return eachRun(hll[headerSize:], func(int, run) {})
}
