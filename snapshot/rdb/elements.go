package rdb

import (
	"errors"
	"math"
	"strconv"
)

// elements walks what is packed in one string: a ziplist, listpack, zipmap or intset.
type elements interface {
	// more tells whether there is another element.
	more() bool
	// next returns it. There is none at the end, which is an error.
	next() (element, error)
	// end tells whether the header was right.
	end() error
	// size is how many elements there are at the most.
	size() int
}

// element is a text or a number.
type element struct {
	text   string
	number int64
	isInt  bool
}

func (e element) String() string {
	if e.isInt {
		return strconv.FormatInt(e.number, 10)
	}
	return e.text
}

func (e element) score() (float64, error) {
	if e.isInt {
		return float64(e.number), nil
	}
	return parseScore(e.text)
}

// integer reads an element that the format wants to be a number.
func (e element) integer() (int64, error) {
	if e.isInt {
		return e.number, nil
	}
	return strconv.ParseInt(e.text, 10, 64)
}

var errNaN = errors.New("a score is not a number")

// parseScore reads what C's printf writes for a double.
func parseScore(text string) (float64, error) {
	score, err := strconv.ParseFloat(text, 64)
	switch {
	case err != nil && !errors.Is(err, strconv.ErrRange):
		return 0, errors.New("score " + strconv.Quote(text) + " is no number")
	case math.IsNaN(score):
		return 0, errNaN
	default:
		return score, nil
	}
}
