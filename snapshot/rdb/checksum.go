package rdb

import "hash/crc64"

// redisTable is that of the polynomial of Jones, with its bits reversed.
var redisTable = crc64.MakeTable(0x95AC9329AC4BC9B5)

// checksum continues a CRC-64 as Redis counts it: from 0, and without the inversions that the standard library makes.
func checksum(sum uint64, p []byte) uint64 { return ^crc64.Update(^sum, redisTable, p) }
