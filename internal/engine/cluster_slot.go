package engine

import "strings"

// hashSlots is how many slots the keys of a cluster are spread over.
const hashSlots = 16384

// hashSlot is the slot of a key: the CRC16 (XMODEM) of what stands in its first braces, or of all of it where nothing does.
func hashSlot(key string) int {
	if _, after, found := strings.Cut(key, "{"); found {
		if tag, _, closed := strings.Cut(after, "}"); closed && tag != "" {
			key = tag
		}
	}
	const polynomial = 0x1021
	var crc uint16
	for i := range len(key) {
		crc ^= uint16(key[i]) << 8
		for range 8 {
			carry := crc&0x8000 != 0
			crc <<= 1
			if carry {
				crc ^= polynomial
			}
		}
	}
	return int(crc % hashSlots)
}
