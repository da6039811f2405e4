package engine

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"sync"
	"syscall"

	"golang.org/x/sys/unix"
)

const haveEventLoop = true

// eventLoop serves all plain sockets of an engine from one goroutine, in the order in which the kernel reports them
// ready. That is how Redis works, and what makes "sent before" mean "applied before" between clients: with a goroutine
// for each socket the scheduler would decide.
//
// Sockets are watched edge-triggered: one that is level-triggered keeps its place in the kernel's queue when it has been
// read, and what it sends next would overtake others. While nothing happens the goroutine is parked in Go's own poller,
// which watches the loop's epoll descriptor, so it occupies no thread.
type eventLoop struct {
	engine *Engine
	epoll  *os.File
	poll   syscall.RawConn
	bell   int // an eventfd that wakes the loop when replies are to be sent
	done   chan struct{}

	// The loop's goroutine alone uses these.
	sockets map[int]*socket
	unread  []*socket // may have sent more than was read

	mu        sync.Mutex
	awake     bool // will look at outgoing before it parks
	closing   bool
	outgoing  []*socket // have replies to send
	listeners map[int]struct{}
}

// socket is one connection. Only the loop's goroutine uses it.
type socket struct {
	fd      int
	session *session
	clogged bool // the kernel takes no more for now
	queued  bool // is in outgoing; guarded by the loop's lock
}

func startEventLoop(e *Engine) (*eventLoop, error) {
	fd, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	if err != nil {
		return nil, fmt.Errorf("epoll: %w", err)
	}
	if err := unix.SetNonblock(fd, true); err != nil {
		return nil, errors.Join(fmt.Errorf("epoll: %w", err), unix.Close(fd))
	}
	bell, err := unix.Eventfd(0, unix.EFD_CLOEXEC|unix.EFD_NONBLOCK)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("eventfd: %w", err), unix.Close(fd))
	}
	l := &eventLoop{
		engine: e, epoll: os.NewFile(uintptr(fd), "epoll"), bell: bell, done: make(chan struct{}),
		sockets: map[int]*socket{}, listeners: map[int]struct{}{},
	}
	l.poll, err = l.epoll.SyscallConn()
	if err == nil {
		err = l.watch(bell, unix.EPOLLIN)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("epoll: %w", err), unix.Close(bell), l.epoll.Close())
	}
	go l.run()
	return l, nil
}

// listen takes over the connections to a listener, which must stay open until the loop is closed.
func (l *eventLoop) listen(listener net.Listener) error {
	owner, ok := listener.(syscall.Conn)
	if !ok {
		return fmt.Errorf("%T has no file descriptor", listener)
	}
	raw, err := owner.SyscallConn()
	if err != nil {
		return err
	}
	var watchErr error
	err = raw.Control(func(fd uintptr) {
		l.mu.Lock()
		l.listeners[int(fd)] = struct{}{}
		l.mu.Unlock()
		watchErr = l.watch(int(fd), unix.EPOLLIN)
	})
	return errors.Join(err, watchErr)
}

// readable is what sockets are watched for. Whether they can be written to is asked only of those that could not: for every
// event a socket takes its place in the kernel's queue, and what it sends later would be found there too early.
const readable = unix.EPOLLIN | unix.EPOLLRDHUP | unix.EPOLLET

func (l *eventLoop) watch(fd int, events uint32) error {
	return l.control(unix.EPOLL_CTL_ADD, fd, events)
}

func (l *eventLoop) change(fd int, events uint32) error {
	return l.control(unix.EPOLL_CTL_MOD, fd, events)
}

func (l *eventLoop) control(operation, fd int, events uint32) error {
	return unix.EpollCtl(int(l.epollFD()), operation, fd, &unix.EpollEvent{Events: events, Fd: int32(fd)})
}

// epollFD is the descriptor. It is asked for anew because File.Fd would put it into blocking mode.
func (l *eventLoop) epollFD() (fd uintptr) {
	_ = l.poll.Control(func(own uintptr) { fd = own }) // fails once closed, and then so does what uses the descriptor
	return fd
}

func (l *eventLoop) run() {
	defer close(l.done)
	events := make([]unix.EpollEvent, 64)
	input := make([]byte, 64<<10)
	for {
		l.send()
		n, err := l.wait(events)
		if err != nil {
			l.shut()
			return
		}
		unread := l.unread
		l.unread = nil
		for _, s := range unread {
			l.receive(s, input, false)
			l.send()
		}
		for _, event := range events[:n] {
			l.handle(event, input)
			l.send()
		}
	}
}

// wait parks until a descriptor is ready, unless there is something to be read or to be sent.
func (l *eventLoop) wait(events []unix.EpollEvent) (n int, err error) {
	pollErr := l.poll.Read(func(fd uintptr) bool {
		for {
			n, err = unix.EpollWait(int(fd), events, 0)
			switch {
			case errors.Is(err, unix.EINTR):
			case err != nil || n > 0 || len(l.unread) > 0:
				return true
			default:
				return !l.rest()
			}
		}
	})
	l.mu.Lock()
	l.awake = true
	l.mu.Unlock()
	return max(n, 0), errors.Join(pollErr, err)
}

// rest declares the loop asleep, unless there is something to send.
func (l *eventLoop) rest() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.awake = len(l.outgoing) > 0
	return !l.awake
}

func (l *eventLoop) handle(event unix.EpollEvent, input []byte) {
	fd := int(event.Fd)
	if fd == l.bell {
		var count [8]byte
		_, _ = unix.Read(fd, count[:]) // resets it; what it announces is in outgoing
		return
	}
	l.mu.Lock()
	_, listens := l.listeners[fd]
	l.mu.Unlock()
	s := l.sockets[fd]
	switch {
	case listens:
		l.accept(fd)
	case s != nil:
		if event.Events&unix.EPOLLOUT != 0 {
			l.unclog(s)
		}
		if event.Events&^unix.EPOLLOUT != 0 {
			l.receive(s, input, event.Events&(unix.EPOLLRDHUP|unix.EPOLLHUP|unix.EPOLLERR) != 0)
		}
	}
}

// accept admits the clients that wait. What they have sent already has its turn when the kernel reports it.
func (l *eventLoop) accept(listener int) {
	for {
		fd, from, err := unix.Accept4(listener, unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC)
		if errors.Is(err, unix.EINTR) || errors.Is(err, unix.ECONNABORTED) {
			continue
		}
		if err != nil {
			return // nobody waits any more
		}
		s := &socket{fd: fd}
		s.session, err = l.engine.newSession(remoteAddr(from), func() { l.queue(s) })
		if err != nil {
			_ = unix.Close(fd) // the engine is closing
			return
		}
		if _, ok := from.(*unix.SockaddrUnix); !ok {
			_ = unix.SetsockoptInt(fd, unix.IPPROTO_TCP, unix.TCP_NODELAY, 1) // merely slower without
		}
		l.sockets[fd] = s
		if err := l.watch(fd, readable); err != nil {
			l.drop(s)
		}
	}
}

// receive reads once what a client has sent, and runs it. What is left, the end of the connection included, has its turn
// after everybody else's.
func (l *eventLoop) receive(s *socket, input []byte, ended bool) {
	if l.sockets[s.fd] != s {
		return // dropped meanwhile
	}
	n, err := unix.Read(s.fd, input)
	switch {
	case errors.Is(err, unix.EAGAIN):
	case errors.Is(err, unix.EINTR):
		l.unread = append(l.unread, s)
	case err != nil || n == 0:
		l.drop(s)
	default:
		s.session.receive(input[:n])
		if n == len(input) || ended {
			l.unread = append(l.unread, s)
		}
	}
}

// queue notes that a session has something to send. It may be called from any goroutine.
func (l *eventLoop) queue(s *socket) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if s.queued || l.closing {
		return
	}
	s.queued = true
	l.outgoing = append(l.outgoing, s)
	if !l.awake {
		l.awake = true
		_, _ = unix.Write(l.bell, []byte{1, 0, 0, 0, 0, 0, 0, 0}) // fails only where it rings already
	}
}

// send writes the replies of all sessions that have some.
func (l *eventLoop) send() {
	l.mu.Lock()
	ready := l.outgoing
	l.outgoing = nil
	for _, s := range ready {
		s.queued = false
	}
	l.mu.Unlock()
	for _, s := range ready {
		if l.sockets[s.fd] == s && !s.clogged {
			l.write(s)
		}
	}
}

// write gives the kernel as much as it takes.
func (l *eventLoop) write(s *socket) {
	if finished := l.transmit(s); finished {
		l.drop(s)
	}
}

// transmit is true where the connection has come to its end.
func (l *eventLoop) transmit(s *socket) bool {
	out := &s.session.out
	out.mu.Lock()
	defer out.mu.Unlock()
	for len(out.unread()) > 0 {
		n, err := unix.Write(s.fd, out.unread())
		switch {
		case err == nil:
			out.take(n)
		case errors.Is(err, unix.EINTR):
		case errors.Is(err, unix.EAGAIN):
			s.clogged = true
			return l.change(s.fd, readable|unix.EPOLLOUT) != nil
		default:
			return true
		}
	}
	return out.ended
}

// unclog goes on writing.
func (l *eventLoop) unclog(s *socket) {
	s.clogged = false
	if err := l.change(s.fd, readable); err != nil {
		l.drop(s)
		return
	}
	l.write(s)
}

// drop closes a connection.
func (l *eventLoop) drop(s *socket) {
	if l.sockets[s.fd] != s {
		return
	}
	delete(l.sockets, s.fd)
	_ = unix.Close(s.fd) // which takes it out of the epoll set, too
	s.session.leave()
}

// close ends the loop, having sent what the sessions had still to say.
func (l *eventLoop) close() error {
	l.mu.Lock()
	l.closing = true
	l.mu.Unlock()
	err := l.epoll.Close()
	<-l.done
	return errors.Join(err, unix.Close(l.bell))
}

// shut is the end of the loop's goroutine.
func (l *eventLoop) shut() {
	l.send()
	for _, s := range l.sockets {
		l.drop(s)
	}
}

func remoteAddr(from unix.Sockaddr) net.Addr {
	switch from := from.(type) {
	case *unix.SockaddrInet4:
		return net.TCPAddrFromAddrPort(netip.AddrPortFrom(netip.AddrFrom4(from.Addr), uint16(from.Port)))
	case *unix.SockaddrInet6:
		return net.TCPAddrFromAddrPort(netip.AddrPortFrom(netip.AddrFrom16(from.Addr), uint16(from.Port)))
	default:
		return &net.UnixAddr{Name: "unix", Net: "unix"}
	}
}
