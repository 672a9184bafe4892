package main

import (
	"context"
	"fmt"
	"time"

	"github.com/containerd/ttrpc"
	"google.golang.org/grpc/codes"

	wire "huleedu/wire/v1"
)

// The service of the test server. Describe answers with the request as it was received, Fail with the status that it is sent, Wait never.
const echoService = "huleedu.test.Echo"

// echoChecks need a server that tells what it received.
var echoChecks = []check{
	{"payload, service and method arrive as they were sent", func(client *ttrpc.Client, _ string) error {
		sent := &wire.Detail{TypeUrl: "å∫ç", Value: []byte{0, 1, 0xFF}}
		seen := &wire.Request{}
		if err := call(client, echoService, "Describe", sent, seen); err != nil {
			return err
		}
		if seen.Service != echoService || seen.Method != "Describe" || string(seen.Payload) != "\x0a\x07å∫ç\x12\x03\x00\x01\xff" {
			return fmt.Errorf("got %v", seen)
		}
		return nil
	}},
	{"metadata arrives in order, repeated keys included", func(client *ttrpc.Client, _ string) error {
		metadata := ttrpc.MD{}
		metadata.Append("Trace-ID", "first", "second")
		seen := &wire.Request{}
		ctx := ttrpc.WithMetadata(context.Background(), metadata)
		if err := callWith(ctx, client, echoService, "Describe", &wire.Detail{}, seen); err != nil {
			return err
		}
		got := fmt.Sprint(len(seen.Metadata))
		for _, entry := range seen.Metadata {
			got += " " + entry.Key + "=" + entry.Value
		}
		if got != "2 trace-id=first trace-id=second" {
			return fmt.Errorf("got %s", got)
		}
		return nil
	}},
	{"a client's deadline reaches the handler", func(client *ttrpc.Client, _ string) error {
		seen := &wire.Request{}
		if err := call(client, echoService, "Describe", &wire.Detail{}, seen); err != nil {
			return err
		}
		if left := time.Duration(seen.TimeoutNano); left <= 0 || left > time.Minute {
			return fmt.Errorf("%v are left of a minute", left)
		}
		return nil
	}},
	{"a handler that goes on for too long is answered for at the deadline", func(_ *ttrpc.Client, address string) error {
		client := ttrpc.NewClient(dial(address), withTimeoutOnTheWire(50*time.Millisecond))
		defer client.Close()
		err := callWith(context.Background(), client, echoService, "Wait", &wire.Detail{}, &wire.Detail{})
		return expect(err, codes.DeadlineExceeded, "")
	}},
	{"an empty message is a message", func(client *ttrpc.Client, _ string) error {
		return call(client, echoService, "Empty", &wire.Detail{}, &wire.Detail{})
	}},
	{"all codes but OK cross the wire with their messages", func(client *ttrpc.Client, _ string) error {
		for code := codes.Canceled; code <= codes.Unauthenticated; code++ {
			message := fmt.Sprintf("number %d", code)
			sent := &wire.Status{Code: int32(code), Message: message}
			if err := expect(call(client, echoService, "Fail", sent, &wire.Detail{}), code, message); err != nil {
				return err
			}
		}
		return nil
	}},
}
