// Command peer is a ttrpc client of HuleEdu's services that shares no code with them, and a server for their clients to try.
package main

import (
	"fmt"
	"net"
	"os"
	"time"

	"github.com/containerd/ttrpc"
)

const usage = `usage: peer rank ADDRESS FOLDER
       peer check ADDRESS
       peer echo ADDRESS
       peer serve ADDRESS`

func main() {
	arguments := os.Args[1:]
	switch {
	case len(arguments) == 3 && arguments[0] == "rank":
		client := connect(arguments[1])
		defer client.Close()
		if err := rank(client, arguments[2], os.Stdout); err != nil {
			fail("%v", err)
		}
	case len(arguments) == 2 && arguments[0] == "check":
		os.Exit(runChecks(arguments[1], serviceChecks))
	case len(arguments) == 2 && arguments[0] == "echo":
		os.Exit(runChecks(arguments[1], echoChecks))
	case len(arguments) == 2 && arguments[0] == "serve":
		if err := serve(arguments[1]); err != nil {
			fail("%v", err)
		}
	default:
		fmt.Fprintln(os.Stderr, usage)
		os.Exit(2)
	}
}

func connect(address string) *ttrpc.Client {
	return ttrpc.NewClient(dial(address))
}

func dial(address string) net.Conn {
	connection, err := net.DialTimeout("tcp", address, 10*time.Second)
	if err != nil {
		fail("%v", err)
	}
	return connection
}

func fail(format string, arguments ...interface{}) {
	fmt.Fprintf(os.Stderr, "peer: "+format+"\n", arguments...)
	os.Exit(1)
}
