package main

import (
	"context"
	"fmt"
	"math/rand"
	"os"
	"runtime"
	"sync"
	"syscall"
	"time"
)

// closedLoop has each of a number of workers make its next call when it has the answer to the last.
func closedLoop(chosen options) error {
	callers, err := connectAll(chosen)
	if err != nil {
		return err
	}
	// One deadline for all: every request carries one, and no clock is started for each.
	ctx, cancel := context.WithTimeout(context.Background(), chosen.timeout())
	defer cancel()
	content := make([]byte, chosen.size)
	workers := chosen
	workers.inFlight *= chosen.connections
	return tell(loop(workers, func(number int) error { return callers[number%len(callers)].echo(ctx, content) }))
}

// loop has as many workers as calls may be in flight make one call after the other; each is told its own number.
func loop(chosen options, call func(worker int) error) figures {
	begin := time.Now().Add(chosen.warm)
	end := begin.Add(chosen.duration)
	var all tally
	var workers sync.WaitGroup
	for worker := 0; worker < chosen.inFlight; worker++ {
		workers.Add(1)
		go func(worker int) {
			defer workers.Done()
			var own tally
			for started := time.Now(); started.Before(end); {
				err := call(worker)
				ended := time.Now()
				if err != nil {
					time.Sleep(time.Millisecond)
				}
				switch {
				case err == nil && !ended.Before(end):
					own.late++
				case ended.After(begin):
					own.add(ended.Sub(started), err)
				}
				started = ended
			}
			all.merge(&own)
		}(worker)
	}
	workers.Wait()
	return all.figures(chosen.duration)
}

// openLoop begins calls at the moments of a Poisson process, the same in each run, whether others have ended or not. A call's latency
// counts from the moment at which it should have begun.
func openLoop(chosen options) error {
	callers, err := connectAll(chosen)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), chosen.timeout())
	defer cancel()
	content := make([]byte, chosen.size)
	found, err := arrivals(chosen, func(number int) error {
		return callers[number%len(callers)].echo(ctx, content)
	})
	if err != nil {
		return err
	}
	return tell(found)
}

const (
	// Calls a second, at least and at most: with none a call would begin at no moment, or all of them at once.
	leastRate = 0.001
	mostRate  = 1e6
)

func arrivals(chosen options, call func(number int) error) (figures, error) {
	if !(chosen.rate >= leastRate && chosen.rate <= mostRate) {
		return figures{}, fmt.Errorf("-rate takes %g to %.0f calls a second, not %v", leastRate, mostRate, chosen.rate)
	}
	runtime.GOMAXPROCS(runtime.NumCPU() + 2)
	runtime.LockOSThread()
	chance := rand.New(rand.NewSource(1))
	begin := time.Now().Add(chosen.warm)
	end := begin.Add(chosen.duration)
	due := time.Now()
	var all tally
	var calls sync.WaitGroup
	for number := 0; due.Before(end); number++ {
		// The runtime's own timers are rounded up to a millisecond when nothing else runs.
		for left := time.Until(due); left > 0; left = time.Until(due) {
			pause := syscall.NsecToTimespec(left.Nanoseconds())
			syscall.Nanosleep(&pause, nil)
		}
		calls.Add(1)
		go func(number int, due time.Time) {
			defer calls.Done()
			err := call(number)
			if due.After(begin) {
				all.record(time.Since(due), err)
			}
		}(number, due)
		due = due.Add(time.Duration(chance.ExpFloat64() / chosen.rate * float64(time.Second)))
	}
	calls.Wait()
	return all.figures(chosen.duration), nil
}

// A tally of calls.
type tally struct {
	lock      sync.Mutex
	latencies []time.Duration
	errors    int
	late      int
	// One of them, to be told.
	example error
}

func (t *tally) figures(over time.Duration) figures {
	if t.example != nil {
		fmt.Fprintf(os.Stderr, "load: %d calls failed, one of them: %v\n", t.errors, t.example)
	}
	found := summarize(t.latencies, t.errors, over)
	found.Late = t.late
	return found
}

func (t *tally) add(latency time.Duration, err error) {
	if err != nil {
		t.example = err
		t.errors++
		return
	}
	t.latencies = append(t.latencies, latency)
}

func (t *tally) record(latency time.Duration, err error) {
	t.lock.Lock()
	defer t.lock.Unlock()
	t.add(latency, err)
}

func (t *tally) merge(other *tally) {
	t.lock.Lock()
	defer t.lock.Unlock()
	t.latencies = append(t.latencies, other.latencies...)
	t.errors += other.errors
	t.late += other.late
	if other.example != nil {
		t.example = other.example
	}
}
