package rdb

import "fmt"

// The parts of which a module's data consists. Each but the last says how long it is.
const (
	modulePartEnd      = 0
	modulePartSigned   = 1
	modulePartUnsigned = 2
	modulePartFloat    = 3
	modulePartDouble   = 4
	modulePartText     = 5
)

// module skips a value, where that can be done.
func (v *values) module(kind byte) error {
	id, err := v.number()
	if err != nil {
		return err
	}
	if kind == typeModule {
		return v.fail("%w in a form whose end only the module knows", moduleError(id))
	}
	if err := v.skipModuleParts(); err != nil {
		return wrap(moduleError(id).Error(), err)
	}
	return unheld{moduleError(id)}
}

// moduleAux skips what a module has saved beside the keys, and returns the module as an error.
func (v *values) moduleAux() error {
	id, err := v.number()
	if err != nil {
		return err
	}
	if err := v.skipModuleParts(); err != nil { // the first part tells whether it belongs before or behind the keys
		return wrap(moduleError(id).Error(), err)
	}
	return unheld{moduleError(id)}
}

func (in *input) skipModuleParts() error {
	for {
		part, err := in.number()
		if err != nil {
			return err
		}
		switch part {
		case modulePartEnd:
			return nil
		case modulePartSigned, modulePartUnsigned:
			_, err = in.number()
		case modulePartFloat:
			_, err = in.take(4)
		case modulePartDouble:
			_, err = in.take(8)
		case modulePartText:
			err = in.discard()
		default:
			err = in.fail("%d is no part of a module's data", part)
		}
		if err != nil {
			return err
		}
	}
}

// moduleError names the module, whose id is nine characters of six bits and a version of ten.
func moduleError(id uint64) error {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	var name [9]byte
	for i, bits := len(name)-1, id>>10; i >= 0; i, bits = i-1, bits>>6 {
		name[i] = alphabet[bits&63]
	}
	return fmt.Errorf("%w %s, version %d", ErrModule, name[:], id&1023)
}
