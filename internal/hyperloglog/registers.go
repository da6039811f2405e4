package hyperloglog

// registers are all registers of a HyperLogLog, one a byte.
type registers [registerCount]uint8

// merge raises the registers to those of a string, whatever it is.
func (r *registers) merge(hll []byte) error {
	if err := checkHeader(hll); err != nil {
		return err
	}
	packed := hll[headerSize:]
	if encodingOf(hll) == dense {
		for index := range r {
			r[index] = max(r[index], readDense(packed, index))
		}
		return nil
	}
	return eachRun(packed, func(first int, next run) {
		if next.value == 0 {
			return
		}
		for index := first; index < first+next.length; index++ {
			r[index] = max(r[index], next.value)
		}
	})
}
