package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"time"
)

// idle keeps connections on each of which one call was made, until its input ends.
func idle(chosen options) error {
	for number := 0; number < chosen.connections; number++ {
		connection, err := connectFrames(chosen, 0)
		if err != nil {
			return err
		}
		if err := connection.call("Echo", make([]byte, chosen.size)); err != nil {
			return err
		}
	}
	fmt.Println("ready")
	_, err := io.Copy(io.Discard, os.Stdin)
	return err
}

// What became of the calls of a server that was told to end.
type ending struct {
	Answered int `json:"answered"`
	// Told that the server shuts down.
	Refused int `json:"refused"`
	// Written, and neither answered nor refused.
	Unanswered int `json:"unanswered"`
	// Written, and the server has said that no handler sees them: they may be made elsewhere.
	Moved int `json:"moved"`
	// Not written: the connection was known to be gone, or the server to be going.
	Unsent int `json:"unsent"`
	Failed int `json:"failed"`
}

// drain makes calls in a closed loop until the server ends; each worker goes home at the first call that is not answered.
func drain(chosen options) error {
	var lock sync.Mutex
	var all ending
	var workers sync.WaitGroup
	content := make([]byte, chosen.size)
	for number := 0; number < chosen.connections; number++ {
		connection, err := connectFrames(chosen, 0)
		if err != nil {
			return err
		}
		if err := connection.hello(); err != nil {
			return err
		}
		for worker := 0; worker < chosen.inFlight; worker++ {
			workers.Add(1)
			go func() {
				defer workers.Done()
				var own ending
				err := connection.call("Echo", content)
				for ; err == nil; err = connection.call("Echo", content) {
					own.Answered++
				}
				lock.Lock()
				defer lock.Unlock()
				all.Answered += own.Answered
				all.add(err)
			}()
		}
	}
	time.Sleep(chosen.warm)
	fmt.Println("running")
	workers.Wait()
	return tell(all)
}

func (e *ending) add(err error) {
	var told failure
	switch {
	case errors.Is(err, errClosed):
		e.Unanswered++
	case errors.Is(err, errMoved):
		e.Moved++
	case errors.Is(err, errUnsent):
		e.Unsent++
	case errors.As(err, &told) && told.status.Code == codeUnavailable:
		e.Refused++
	default:
		e.Failed++
	}
}
