package redistest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/big"
	"os"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
)

// A reply is nil, a string, int64, uint64, float64, bool, time.Duration or time.Time, or one of these. Whatever type
// go-redis gives it, it is compared and shown in the same way.
type (
	status  string  // OK and its like
	failure string  // an error
	list    []any   // of replies
	table   []field // maps, sorted by key, and structs
)

type field struct{ key, value any }

// replyOf is what a command was answered, in a copy that nobody else has.
func replyOf(cmd redis.Cmder, err error) any {
	switch {
	case errors.Is(err, redis.Nil):
		return nil
	case err != nil:
		return failureOf(err)
	}
	if cmd, ok := cmd.(*redis.StatusCmd); ok {
		return status(cmd.Val())
	}
	method := reflect.ValueOf(cmd).MethodByName("Val")
	if !method.IsValid() || method.Type().NumIn() > 0 {
		return nil
	}
	results := method.Call(nil)
	if len(results) == 1 {
		return replyIn(results[0])
	}
	all := make(list, len(results))
	for i, result := range results {
		all[i] = replyIn(result)
	}
	return all
}

// failureOf is an error as every backend tells it: what the server says as it is, and of the others those parts that
// depend on no address.
func failureOf(err error) failure {
	var ofServer redis.Error
	switch {
	case errors.As(err, &ofServer):
		return failure(err.Error())
	case errors.Is(err, context.Canceled):
		return failure(context.Canceled.Error())
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded):
		return "timed out"
	default:
		return failure(err.Error())
	}
}

func replyIn(v reflect.Value) any {
	if !v.IsValid() {
		return nil
	}
	if (v.Kind() == reflect.Pointer || v.Kind() == reflect.Interface) && v.IsNil() {
		return nil
	}
	if v.CanInterface() {
		switch value := v.Interface().(type) {
		case error:
			if errors.Is(value, redis.Nil) {
				return nil
			}
			return failureOf(value)
		case time.Duration:
			return value
		case time.Time:
			return value
		case []byte:
			return string(value)
		case *big.Int:
			return value.String()
		}
	}
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		return replyIn(v.Elem())
	case reflect.String:
		return v.String()
	case reflect.Bool:
		return v.Bool()
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return v.Int()
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return v.Uint()
	case reflect.Float32, reflect.Float64:
		return v.Float()
	case reflect.Slice, reflect.Array:
		all := make(list, v.Len())
		for i := range all {
			all[i] = replyIn(v.Index(i))
		}
		return all
	case reflect.Map:
		return tableOf(v)
	case reflect.Struct:
		var all table
		for _, f := range reflect.VisibleFields(v.Type()) {
			if f.IsExported() && !f.Anonymous {
				all = append(all, field{f.Name, replyIn(v.FieldByIndex(f.Index))})
			}
		}
		return all
	default:
		return fmt.Sprint(v)
	}
}

func tableOf(v reflect.Value) table {
	all := make(table, 0, v.Len())
	for iter := v.MapRange(); iter.Next(); {
		all = append(all, field{replyIn(iter.Key()), replyIn(iter.Value())})
	}
	slices.SortFunc(all, func(a, b field) int { return cmp.Compare(showReply(a.key), showReply(b.key)) })
	return all
}

// changeText is the same reply with every text, and the key of every table, changed.
func changeText(reply any, change func(string) string) any {
	switch reply := reply.(type) {
	case string:
		return change(reply)
	case failure:
		return failure(change(string(reply)))
	case list:
		all := make(list, len(reply))
		for i, element := range reply {
			all[i] = changeText(element, change)
		}
		return all
	case table:
		all := make(table, len(reply))
		for i, f := range reply {
			all[i] = field{changeText(f.key, change), changeText(f.value, change)}
		}
		return all
	default:
		return reply
	}
}

// showReply is a reply in one line. What is in quotes is text, the rest is not.
func showReply(reply any) string {
	switch reply := reply.(type) {
	case nil:
		return "nil"
	case string:
		return strconv.Quote(reply)
	case failure:
		return "the error " + string(reply)
	case list:
		parts := make([]string, len(reply))
		for i, element := range reply {
			parts[i] = showReply(element)
		}
		return "[" + strings.Join(parts, " ") + "]"
	case table:
		parts := make([]string, len(reply))
		for i, f := range reply {
			parts[i] = showReply(f.key) + ": " + showReply(f.value)
		}
		return "{" + strings.Join(parts, ", ") + "}"
	case time.Time:
		return reply.UTC().Format(time.RFC3339Nano)
	default:
		return fmt.Sprint(reply)
	}
}
