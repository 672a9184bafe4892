package main

import (
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"time"

	"google.golang.org/protobuf/proto"

	events "huleedu/events/v1"
	wire "huleedu/wire/v1"

	"github.com/containerd/ttrpc"
)

// Debian's ttrpc knows no streams, so this one is written from the protocol's page, frame by frame.

const (
	feedService = "huleedu.events.v1.EventFeed"

	typeRequest  = 1
	typeResponse = 2
	typeData     = 3

	flagClosed = 1
	flagNoData = 4
)

// A frame of a stream.
type frame struct {
	kind, flags byte
	payload     []byte
}

func writeFrame(connection net.Conn, stream uint32, kind, flags byte, payload []byte) error {
	header := make([]byte, 10, 10+len(payload))
	binary.BigEndian.PutUint32(header, uint32(len(payload)))
	binary.BigEndian.PutUint32(header[4:], stream)
	header[8], header[9] = kind, flags
	_, err := connection.Write(append(header, payload...))
	return err
}

func readFrame(connection net.Conn, stream uint32) (frame, error) {
	header := make([]byte, 10)
	if _, err := io.ReadFull(connection, header); err != nil {
		return frame{}, err
	}
	if got := binary.BigEndian.Uint32(header[4:]); got != stream {
		return frame{}, fmt.Errorf("expected stream %d, got %d", stream, got)
	}
	payload := make([]byte, binary.BigEndian.Uint32(header))
	_, err := io.ReadFull(connection, payload)
	return frame{header[8], header[9], payload}, err
}

// openStream asks for a stream of answers; a timeout of zero says nothing about how long it may last.
func openStream(connection net.Conn, stream uint32, method string, message proto.Message, timeout time.Duration) error {
	payload, err := proto.Marshal(message)
	if err != nil {
		return err
	}
	request, err := proto.Marshal(&wire.Request{
		Service: feedService, Method: method, Payload: payload, TimeoutNano: timeout.Nanoseconds(),
	})
	if err != nil {
		return err
	}
	return writeFrame(connection, stream, typeRequest, flagClosed, request)
}

// statusOf reads the status that ends a stream which failed.
func statusOf(answer frame) (*wire.Status, error) {
	if answer.kind != typeResponse || answer.flags != 0 {
		return nil, fmt.Errorf("expected a response, got type %d with flags %d", answer.kind, answer.flags)
	}
	response := &wire.Response{}
	if err := proto.Unmarshal(answer.payload, response); err != nil {
		return nil, err
	}
	return response.Status, nil
}

// followFeed reads the events from the first on, one to a message, and what ends a stream: a bad request, and the time.
func followFeed(_ *ttrpc.Client, address string) error {
	connection := dial(address)
	defer connection.Close()
	connection.SetDeadline(time.Now().Add(time.Minute))
	if err := openStream(connection, 1, "Follow", &events.FollowRequest{Limit: 1}, 0); err != nil {
		return err
	}
	for position := uint64(1); position <= 2; position++ {
		answer, err := readFrame(connection, 1)
		if err != nil {
			return err
		}
		message := &events.FollowResponse{}
		if err := proto.Unmarshal(answer.payload, message); err != nil {
			return err
		}
		if answer.kind != typeData || answer.flags != 0 || len(message.Events) != 1 || message.Events[0].Position != position {
			return fmt.Errorf("expected event %d alone, got type %d, flags %d, %v", position, answer.kind, answer.flags, message)
		}
	}
	return streamsEnd(address)
}

func streamsEnd(address string) error {
	connection := dial(address)
	defer connection.Close()
	connection.SetDeadline(time.Now().Add(time.Minute))
	if err := openStream(connection, 1, "Follow", &events.FollowRequest{}, 0); err != nil {
		return err
	}
	answer, err := readFrame(connection, 1)
	if err != nil {
		return err
	}
	status, err := statusOf(answer)
	if err != nil || status.GetCode() != 3 {
		return fmt.Errorf("expected INVALID_ARGUMENT, got %v, %v", status, err)
	}
	// Data after the end is dropped, in either form of a last frame.
	for _, flags := range []byte{0, flagClosed, flagClosed | flagNoData} {
		if err := writeFrame(connection, 1, typeData, flags, nil); err != nil {
			return err
		}
	}
	if err := openStream(connection, 3, "Follow", &events.FollowRequest{Limit: 1, AfterPosition: 1 << 40}, 50*time.Millisecond); err != nil {
		return err
	}
	if answer, err = readFrame(connection, 3); err != nil || answer.kind != typeData || len(answer.payload) == 0 {
		return fmt.Errorf("expected a message that says the feed is there, got %v, %v", answer, err)
	}
	if answer, err = readFrame(connection, 3); err != nil {
		return err
	}
	if status, err = statusOf(answer); err != nil || status.GetCode() != 4 {
		return fmt.Errorf("expected DEADLINE_EXCEEDED, got %v, %v", status, err)
	}
	return nil
}
