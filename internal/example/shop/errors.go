package shop

import "errors"

var (
	// ErrNoSession is returned where a session has expired, was logged out or never was.
	ErrNoSession = errors.New("no such session")
	// ErrEmptyCart is returned where there is nothing to buy.
	ErrEmptyCart = errors.New("cart is empty")
	// ErrSoldOut is returned where the stock has less than the cart asks for.
	ErrSoldOut = errors.New("sold out")
)
