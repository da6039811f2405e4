package rdb

// What a byte between two keys says: the type of the key that follows, or what else does.
const (
	typeString            = 0
	typeList              = 1
	typeSet               = 2
	typeSortedSet         = 3 // scores in decimal
	typeHash              = 4
	typeSortedSet2        = 5 // scores in binary
	typeModule            = 6 // of the release candidates of Redis 4.0, without any framing
	typeModule2           = 7
	typeHashZipmap        = 9
	typeListZiplist       = 10
	typeSetIntset         = 11
	typeSortedSetZiplist  = 12
	typeHashZiplist       = 13
	typeListQuicklist     = 14 // of ziplists
	typeStream            = 15
	typeHashListpack      = 16
	typeSortedSetListpack = 17
	typeListQuicklist2    = 18 // of listpacks, and of long elements by themselves
	typeStream2           = 19 // with what was counted
	typeSetListpack       = 20
	typeStream3           = 21 // with when consumers were last active
	typeHashTTLEarly      = 22 // as the release candidates of Redis 7.4 wrote it
	typeHashTTLPackEarly  = 23
	typeHashTTL           = 24
	typeHashTTLPack       = 25

	opSlotInfo      = 244
	opFunction      = 245
	opFunctionEarly = 246 // as the release candidates of Redis 7.0 wrote it
	opModuleAux     = 247
	opIdle          = 248
	opFrequency     = 249
	opAux           = 250
	opSizes         = 251
	opExpireMillis  = 252
	opExpireSeconds = 253
	opDatabase      = 254
	opEnd           = 255
)
