package rdb

// Without a limit of one's own, contents may need as much memory as what is common to all, and a multiple of the bytes
// read: an honest file of small compressed integers comes to about ten.
const (
	memoryForAll     = 16 << 20
	memoryPerByte    = 32
	unlimited        = -1
	dependsOnTheFile = 0
)

// What things take in memory beside their text, in bytes.
const (
	sizeOfText    = 16
	sizeOfField   = 40
	sizeOfMember  = 24
	sizeOfEntry   = 40
	sizeOfGroup   = 96
	sizeOfPending = 64
	sizeOfKey     = 200 // with its place in an index
)

// budget counts the memory that contents take.
type budget struct {
	limit int64
	spent int64
}

// spend is false where there is not enough left, once this many bytes of the file are read.
func (b *budget) spend(bytes, read int64) bool {
	b.spent += bytes
	switch b.limit {
	case unlimited:
		return true
	case dependsOnTheFile:
		return b.spent <= memoryForAll+memoryPerByte*read
	default:
		return b.spent <= b.limit
	}
}
