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

	flagClosed = 1
	flagOpen   = 2

	codeUnavailable = 14
)

// errClosed ends calls that were written and not answered.
var errClosed = errors.New("the connection closed before the answer")

// errUnsent ends calls that could not be written.
var errUnsent = errors.New("the call could not be written")

type frames struct {
	connection net.Conn
	lock       sync.Mutex
	next       uint32
	waiting    map[uint32]chan *wire.Response
	isClosed   bool
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
		connection: connection, next: 1, waiting: map[uint32]chan *wire.Response{}, timeout: chosen.timeout(), sloth: sloth,
	}
	go opened.read()
	return opened, nil
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
		if header[8] != typeResponse {
			time.Sleep(f.sloth)
			continue
		}
		response := &wire.Response{}
		if err := proto.Unmarshal(payload, response); err != nil {
			break
		}
		stream := binary.BigEndian.Uint32(header[4:])
		f.lock.Lock()
		if answer := f.waiting[stream]; answer != nil {
			answer <- response
			delete(f.waiting, stream)
		}
		f.lock.Unlock()
	}
	f.lock.Lock()
	defer f.lock.Unlock()
	f.isClosed = true
	for _, answer := range f.waiting {
		close(answer)
	}
	f.waiting = nil
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
func (f *frames) begin(method string, flags byte, content []byte) (uint32, chan *wire.Response, error) {
	payload, err := proto.Marshal(&wire.Detail{Value: content})
	if err != nil {
		return 0, nil, err
	}
	request, err := proto.Marshal(&wire.Request{
		Service: service, Method: method, Payload: payload, TimeoutNano: f.timeout.Nanoseconds(),
	})
	if err != nil {
		return 0, nil, err
	}
	answer := make(chan *wire.Response, 1)
	f.lock.Lock()
	defer f.lock.Unlock()
	if f.isClosed {
		return 0, nil, errUnsent
	}
	stream := f.next
	f.next += 2
	f.waiting[stream] = answer
	if err := f.write(stream, typeRequest, flags, request); err != nil {
		delete(f.waiting, stream)
		return 0, nil, errUnsent
	}
	return stream, answer, nil
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
	_, answer, err := f.begin(method, 0, content)
	if err != nil {
		return err
	}
	return outcome(answer)
}

// outcome waits for an answer, and returns what went wrong.
func outcome(answer chan *wire.Response) error {
	response, isThere := <-answer
	if !isThere {
		return errClosed
	}
	if response.Status.GetCode() != 0 {
		return failure{response.Status}
	}
	return nil
}
