package rdb

// How a node of a quicklist holds its elements.
const (
	nodeIsPlain  = 1 // one element by itself
	nodeIsPacked = 2
)

// quicklist reads a list that is cut into packed parts.
func (v *values) quicklist(kind byte) ([]string, error) {
	nodes, err := v.number()
	if err != nil {
		return nil, err
	}
	var texts []string
	for range nodes {
		container := uint64(nodeIsPacked)
		if kind == typeListQuicklist2 {
			if container, err = v.number(); err != nil {
				return nil, err
			}
		}
		switch container {
		case nodeIsPlain:
			text, err := v.text()
			if err != nil {
				return nil, err
			}
			if err := v.charge(sizeOfText); err != nil {
				return nil, err
			}
			texts = append(texts, text)
		case nodeIsPacked:
			pack, err := v.pack(kind)
			if err != nil {
				return nil, err
			}
			if texts, err = v.texts(texts, pack); err != nil {
				return nil, err
			}
		default:
			return nil, v.fail("quicklist: %d is no kind of node", container)
		}
	}
	return texts, nil
}
