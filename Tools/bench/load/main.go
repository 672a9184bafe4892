// Command load puts load on the servers that the benches compare, from outside of all of them, and is some of those servers itself.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"time"
)

const usage = `usage: load closed|open|beside|idle|drain|post|submit|submit-many|complete|durable [FLAG …] ADDRESS
       load serve ttrpc|grpc ADDRESS
       load provide LATENCY ADDRESS`

// options of all kinds of load; each kind takes what concerns it.
type options struct {
	address     string
	protocol    string
	connections int
	inFlight    int
	size        int
	rate        float64
	warm        time.Duration
	duration    time.Duration
	disturber   string
	shared      bool
	together    int
	body        string
	key         string
}

// timeout is the time to the end of the run, and a minute for what has begun by then.
func (chosen options) timeout() time.Duration { return chosen.warm + chosen.duration + time.Minute }

func main() {
	if len(os.Args) == 4 && os.Args[1] == "serve" {
		exit(serve(os.Args[2], os.Args[3]))
	}
	if len(os.Args) == 4 && os.Args[1] == "provide" {
		latency, err := time.ParseDuration(os.Args[2])
		if err != nil {
			exit(err)
		}
		exit(provide(latency, os.Args[3]))
	}
	kinds := map[string]func(options) error{
		"closed": closedLoop, "open": openLoop, "beside": beside, "idle": idle, "drain": drain,
		"post": post, "submit": submit, "submit-many": submitMany, "complete": complete, "durable": durable,
	}
	if len(os.Args) < 3 || kinds[os.Args[1]] == nil {
		fmt.Fprintln(os.Stderr, usage)
		os.Exit(2)
	}
	var chosen options
	flags := flag.NewFlagSet(os.Args[1], flag.ExitOnError)
	flags.StringVar(&chosen.protocol, "protocol", "ttrpc", "ttrpc or grpc")
	flags.IntVar(&chosen.connections, "connections", 1, "at once")
	flags.IntVar(&chosen.inFlight, "in-flight", 1, "calls at once: closed and drain on each connection, the others in all")
	flags.IntVar(&chosen.size, "bytes", 64, "of the text that is echoed")
	flags.Float64Var(&chosen.rate, "rate", 0, "calls a second, which do not wait for one another; submit without it has them wait")
	flags.DurationVar(&chosen.warm, "warm", 500*time.Millisecond, "before anything counts")
	flags.DurationVar(&chosen.duration, "for", 3*time.Second, "how long calls count")
	flags.StringVar(&chosen.disturber, "disturber", "none", "none, pour, sip or upload")
	flags.BoolVar(&chosen.shared, "same-connection", false, "the disturber shares the connection of the calls")
	flags.IntVar(&chosen.together, "together", 100, "requests of each call that submits many")
	flags.StringVar(&chosen.body, "body", "", "file that is posted")
	flags.StringVar(&chosen.key, "key", "simulated", "that is shown with it")
	flags.Parse(os.Args[2:])
	chosen.address = flags.Arg(0)
	exit(kinds[os.Args[1]](chosen))
}

func exit(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "load:", err)
		os.Exit(1)
	}
	os.Exit(0)
}

func tell(result interface{}) error {
	return json.NewEncoder(os.Stdout).Encode(result)
}
