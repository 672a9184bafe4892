package main

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"time"

	"google.golang.org/protobuf/proto"

	wire "huleedu/wire/v1"
)

// Debian's ttrpc knows no streams and does not tell what became of a call whose connection closes, so these connections are written from
// proto/PROTOCOL.md.

const (
	typeRequest  = 1
	typeResponse = 2
	typeData     = 3
	typePing     = 0x81
	typePong     = 0x82
	typeGoAway   = 0x83

	flagClosed = 1
	flagOpen   = 2

	codeUnavailable = 14

	// Where frames stand that are about the connection.
	controlStream = 0xFFFFFFFF
)

// errClosed ends calls that were written and not answered.
var errClosed = errors.New("the connection closed before the answer")

// errUnsent ends calls that could not be written.
var errUnsent = errors.New("the call could not be written")

// errMoved ends calls that were written, and of which the server has said that no handler sees them.
var errMoved = errors.New("the server goes away and has not taken the call")

// An answer, or that there will be none because the server has not taken the call.
type answer struct {
	response *wire.Response
	isMoved  bool
}

type frames struct {
	connection net.Conn
	lock       sync.Mutex
	next       uint32
	waiting    map[uint32]chan answer
	isClosed   bool
	// The server takes no more calls.
	isGoing bool
	// What requests carry as theirs.
	timeout time.Duration
	// How long the reader waits after each message of a stream.
	sloth time.Duration
}

func connectFrames(chosen options, sloth time.Duration) (*frames, error) {
	connection, err := net.DialTimeout("tcp", chosen.address, 10*time.Second)
	if err != nil {
		return nil, err
	}
	opened := &frames{
		connection: connection, next: 1, waiting: map[uint32]chan answer{}, timeout: chosen.timeout(), sloth: sloth,
	}
	go opened.read()
	return opened, nil
}

// hello agrees on what the server can do beyond plain ttrpc; a server that has no word for it stays a plain one.
func (f *frames) hello() error {
	payload, err := proto.Marshal(&wire.HelloRequest{
		Version: 1, Features: []wire.Feature{wire.Feature_FEATURE_PING, wire.Feature_FEATURE_GO_AWAY},
		Limits: &wire.ConnectionLimits{}, Agent: "load",
	})
	if err != nil {
		return err
	}
	_, told, err := f.request("huleedu.wire.v1.Control", "Hello", 0, payload)
	if err != nil {
		return err
	}
	err = outcome(told)
	var isPlain failure
	if errors.As(err, &isPlain) {
		return nil
	}
	return err
}

func (f *frames) read() {
	reader := bufio.NewReaderSize(f.connection, 64<<10)
	header := make([]byte, 10)
	for {
		if _, err := io.ReadFull(reader, header); err != nil {
			break
		}
		payload := make([]byte, binary.BigEndian.Uint32(header))
		if _, err := io.ReadFull(reader, payload); err != nil {
			break
		}
		switch header[8] {
		case typeResponse:
		case typePing:
			f.lock.Lock()
			// A connection that takes no pong ends with the next read.
			_ = f.write(controlStream, typePong, 0, payload)
			f.lock.Unlock()
			continue
		case typeGoAway:
			if len(payload) >= 4 {
				f.goAway(binary.BigEndian.Uint32(payload))
			}
			continue
		default:
			time.Sleep(f.sloth)
			continue
		}
		response := &wire.Response{}
		if err := proto.Unmarshal(payload, response); err != nil {
			break
		}
		stream := binary.BigEndian.Uint32(header[4:])
		f.lock.Lock()
		if waiting := f.waiting[stream]; waiting != nil {
			waiting <- answer{response: response}
			delete(f.waiting, stream)
		}
		f.closeWhenGone()
		f.lock.Unlock()
	}
	f.lock.Lock()
	defer f.lock.Unlock()
	f.isClosed = true
	for _, waiting := range f.waiting {
		close(waiting)
	}
	f.waiting = nil
}

// goAway ends the calls on streams above the last that the server has taken, and begins no more.
func (f *frames) goAway(last uint32) {
	f.lock.Lock()
	defer f.lock.Unlock()
	f.isGoing = true
	for stream, waiting := range f.waiting {
		if stream > last {
			waiting <- answer{isMoved: true}
			delete(f.waiting, stream)
		}
	}
	f.closeWhenGone()
}

// closeWhenGone closes a connection on which nothing runs and nothing more begins; the lock is held.
func (f *frames) closeWhenGone() {
	if f.isGoing && len(f.waiting) == 0 {
		f.connection.Close()
	}
}

func (f *frames) write(stream uint32, kind, flags byte, payload []byte) error {
	frame := make([]byte, 10, 10+len(payload))
	binary.BigEndian.PutUint32(frame, uint32(len(payload)))
	binary.BigEndian.PutUint32(frame[4:], stream)
	frame[8], frame[9] = kind, flags
	_, err := f.connection.Write(append(frame, payload...))
	return err
}

// begin writes a request; its answer, or nothing when the connection ends before, comes by the channel.
func (f *frames) begin(method string, flags byte, content []byte) (uint32, chan answer, error) {
	payload, err := proto.Marshal(&wire.Detail{Value: content})
	if err != nil {
		return 0, nil, err
	}
	return f.request(service, method, flags, payload)
}

func (f *frames) request(service, method string, flags byte, payload []byte) (uint32, chan answer, error) {
	request, err := proto.Marshal(&wire.Request{
		Service: service, Method: method, Payload: payload, TimeoutNano: f.timeout.Nanoseconds(),
	})
	if err != nil {
		return 0, nil, err
	}
	told := make(chan answer, 1)
	f.lock.Lock()
	defer f.lock.Unlock()
	if f.isClosed || f.isGoing {
		return 0, nil, errUnsent
	}
	stream := f.next
	f.next += 2
	f.waiting[stream] = told
	if err := f.write(stream, typeRequest, flags, request); err != nil {
		delete(f.waiting, stream)
		return 0, nil, errUnsent
	}
	return stream, told, nil
}

// send writes a message of a stream.
func (f *frames) send(stream uint32, content []byte) error {
	payload, err := proto.Marshal(&wire.Detail{Value: content})
	if err != nil {
		return err
	}
	f.lock.Lock()
	defer f.lock.Unlock()
	return f.write(stream, typeData, 0, payload)
}

// A failure that the server has told.
type failure struct{ status *wire.Status }

func (f failure) Error() string { return fmt.Sprintf("code %d: %s", f.status.Code, f.status.Message) }

func (f *frames) call(method string, content []byte) error {
	_, told, err := f.begin(method, 0, content)
	if err != nil {
		return err
	}
	return outcome(told)
}

// outcome waits for an answer, and returns what went wrong.
func outcome(told chan answer) error {
	answer, isThere := <-told
	switch {
	case !isThere:
		return errClosed
	case answer.isMoved:
		return errMoved
	case answer.response.Status.GetCode() != 0:
		return failure{answer.response.Status}
	default:
		return nil
	}
}
