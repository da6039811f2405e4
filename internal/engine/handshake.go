package engine

import (
	"fmt"
	"math"
	"strings"

	"github.com/alicebob/miniredis/v2/server"
)

// databases is how many SELECT offers, as in Redis' default configuration.
const databases = 16

const wrongPassword = "WRONGPASS invalid username-password pair or user is disabled."

// hello answers HELLO [protover [AUTH user password] [SETNAME name]].
func (s *session) hello(args []string) {
	resp3, name := s.peer.Resp3, s.name
	words := args[1:]
	if len(words) > 0 {
		version, ok := parseInteger(words[0])
		switch {
		case !ok:
			s.peer.WriteError("ERR Protocol version is not an integer or out of range")
			return
		case version != 2 && version != 3:
			s.peer.WriteError("NOPROTO unsupported protocol version")
			return
		}
		resp3 = version == 3
		words = words[1:]
	}
	for len(words) > 0 {
		switch option := strings.ToUpper(words[0]); {
		case option == "AUTH" && len(words) > 2:
			if !s.login(words[1], words[2]) {
				s.peer.WriteError(wrongPassword)
				return
			}
			words = words[3:]
		case option == "SETNAME" && len(words) > 1:
			if !validClientName(words[1]) {
				s.peer.WriteError(badClientName)
				return
			}
			name, words = words[1], words[2:]
		default:
			s.peer.WriteError("ERR Syntax error in HELLO option '" + words[0] + "'")
			return
		}
	}
	if !s.admit() {
		s.peer.WriteError("NOAUTH HELLO must be called with the client already authenticated, otherwise the HELLO AUTH " +
			"<user> <pass> option can be used to authenticate the client and select the RESP protocol version at the same time")
		return
	}
	s.peer.Resp3, s.name = resp3, name
	s.greet()
}

func (s *session) greet() {
	version := 2
	if s.peer.Resp3 {
		version = 3
	}
	p := s.peer
	p.WriteMapLen(7)
	p.WriteBulk("server")
	p.WriteBulk("redis")
	p.WriteBulk("version")
	p.WriteBulk(EmulatedVersion)
	p.WriteBulk("proto")
	p.WriteInt(version)
	p.WriteBulk("id")
	p.WriteInt(int(s.id))
	p.WriteBulk("mode")
	p.WriteBulk(map[bool]string{false: "standalone", true: "cluster"}[s.engine.cluster != nil])
	p.WriteBulk("role")
	p.WriteBulk("master")
	p.WriteBulk("modules")
	p.WriteLen(0)
}

// auth answers AUTH [user] password.
func (s *session) auth(args []string) {
	switch len(args) {
	case 2:
		if reply := s.call(args...); isError(reply, "ERR") {
			s.peer.WriteRaw(string(reply)) // there is no password
			return
		}
		args = []string{"AUTH", "default", args[1]}
	case 3:
	default:
		s.peer.WriteError("ERR syntax error")
		return
	}
	if !s.login(args[1], args[2]) {
		s.peer.WriteError(wrongPassword)
		return
	}
	s.peer.WriteOK()
}

// login tells whether the password is the user's. Without any password set, the default user takes every one.
func (s *session) login(user, password string) bool {
	reply := s.call("AUTH", user, password)
	if isError(reply, "WRONGPASS") || isError(reply, "") && user != "default" {
		return false
	}
	s.admitted = true
	s.requests.stranger = false
	return true
}

// selectDB answers SELECT index.
func (s *session) selectDB(args []string) {
	db, err := databaseIndex(args[1])
	if err != nil {
		s.peer.WriteError(err.Error())
		return
	}
	s.db = db
	s.peer.WriteRaw(string(s.call(args...)))
}

// databaseIndex reads the number of a database.
func databaseIndex(word string) (int, error) {
	db, ok := parseInteger(word)
	switch {
	case !ok:
		return 0, errNotInteger
	case db < math.MinInt32 || db > math.MaxInt32:
		return 0, redisError(fmt.Sprintf("ERR value is out of range, value must between %d and %d", math.MinInt32, math.MaxInt32))
	case db < 0 || db >= databases:
		return 0, redisError("ERR DB index is out of range")
	}
	return int(db), nil
}

// ping answers PING [message], which is a message of its own to a subscribed client of RESP2.
func (s *session) ping(args []string) {
	switch {
	case len(args) > 2:
		s.peer.WriteError(wrongArity("ping"))
	case s.subs.count() > 0 && !s.peer.Resp3:
		s.peer.WriteLen(2)
		s.peer.WriteBulk("pong")
		s.peer.WriteBulk(strings.Join(args[1:], ""))
	case len(args) == 2:
		s.peer.WriteBulk(args[1])
	default:
		s.peer.WriteInline("PONG")
	}
}

func (s *session) quit([]string) {
	s.peer.WriteOK()
	s.leaving = true
}

// reset answers RESET: the connection is as it was when it was new.
func (s *session) reset([]string) {
	s.tx = nil
	s.endWatch()
	s.subs.dropAll(s)
	s.flush()
	s.peer = server.NewPeer(s.replies)
	s.db, s.name, s.admitted = 0, "", false
	s.requests.stranger = s.engine.protected
	s.peer.WriteInline("RESET")
}
