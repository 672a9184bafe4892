package main

import (
	"errors"
	"fmt"
	"time"
)

const (
	// How long a slow reader waits after each message.
	sloth = 10 * time.Millisecond
	// A message of a stream.
	streamedBytes = 16 << 10
	// Uploads begin this far apart.
	uploadSpacing = 50 * time.Millisecond
	// What a frame of four mebibytes holds beside its envelope.
	uploadedBytes = 4<<20 - 256
)

// beside makes small calls at a steady rate on one connection, while something else goes on.
func beside(chosen options) error {
	calls, err := connectFrames(chosen, 0)
	if err != nil {
		return err
	}
	other := calls
	if !chosen.shared {
		if other, err = connectFrames(chosen, sloth); err != nil {
			return err
		}
	}
	// A stream may tell two: that a message could not be sent, and that it has ended.
	failed := make(chan error, 2)
	switch chosen.disturber {
	case "none":
	case "pour":
		if chosen.shared {
			return fmt.Errorf("a reader that is slow is slow for all calls of its connection")
		}
		err = pour(other, failed)
	case "sip":
		err = feed(other, failed)
	case "upload":
		go upload(other, failed)
	default:
		err = fmt.Errorf("unknown disturber %s", chosen.disturber)
	}
	if err != nil {
		return err
	}
	content := make([]byte, chosen.size)
	found, err := arrivals(chosen, func(int) error { return calls.call("Echo", content) })
	if err != nil {
		return err
	}
	select {
	case err := <-failed:
		return fmt.Errorf("the disturbance ended before the calls: %w", err)
	default:
		return tell(found)
	}
}

// pour has a handler send messages without end.
func pour(connection *frames, failed chan<- error) error {
	_, told, err := connection.begin("Pour", flagClosed, make([]byte, streamedBytes))
	if err != nil {
		return err
	}
	go watch(told, failed)
	return nil
}

// feed sends messages to a handler that takes one every ten milliseconds: twice as many.
func feed(connection *frames, failed chan<- error) error {
	stream, told, err := connection.begin("Sip", flagOpen, nil)
	if err != nil {
		return err
	}
	go watch(told, failed)
	go func() {
		for {
			if err := connection.send(stream, make([]byte, streamedBytes)); err != nil {
				failed <- err
				return
			}
			time.Sleep(sloth / 2)
		}
	}()
	return nil
}

// watch waits for the answer to a stream, which is to come after the last call.
func watch(told chan answer, failed chan<- error) {
	err := outcome(told)
	if err == nil {
		err = errors.New("the handler returned")
	}
	failed <- err
}

func upload(connection *frames, failed chan<- error) {
	content := make([]byte, uploadedBytes)
	for next := time.Now(); ; next = next.Add(uploadSpacing) {
		time.Sleep(time.Until(next))
		if err := connection.call("Take", content); err != nil {
			failed <- err
			return
		}
	}
}
