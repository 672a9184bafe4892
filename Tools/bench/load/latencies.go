package main

import (
	"sort"
	"time"
)

// figures of calls, latencies in microseconds.
type figures struct {
	Calls  int `json:"calls"`
	Errors int `json:"errors"`
	// Calls of a closed loop that were answered after its time, and count nowhere else.
	Late  int     `json:"late"`
	Rate  float64 `json:"rate"`
	P50   float64 `json:"p50"`
	P90   float64 `json:"p90"`
	P99   float64 `json:"p99"`
	Worst float64 `json:"worst"`
}

func summarize(latencies []time.Duration, errors int, over time.Duration) figures {
	found := figures{Calls: len(latencies), Errors: errors, Rate: float64(len(latencies)) / over.Seconds()}
	if len(latencies) == 0 {
		return found
	}
	sort.Slice(latencies, func(one, other int) bool { return latencies[one] < latencies[other] })
	at := func(share float64) float64 {
		return float64(latencies[int(share*float64(len(latencies)-1))].Nanoseconds()) / 1000
	}
	found.P50, found.P90, found.P99, found.Worst = at(0.5), at(0.9), at(0.99), at(1)
	return found
}
