package main

import (
	"context"
	"fmt"
	"net"
	"time"

	"github.com/containerd/ttrpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	wire "huleedu/wire/v1"
)

// serve serves the echo service until it is killed; the first line printed tells the address.
func serve(address string) error {
	server, err := ttrpc.NewServer()
	if err != nil {
		return err
	}
	server.Register(echoService, map[string]ttrpc.Method{
		"Describe": describe,
		"Empty":    empty,
		"Fail":     failAsAsked,
		"Wait":     wait,
	})
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return err
	}
	fmt.Println(listener.Addr())
	return server.Serve(context.Background(), listener)
}

// describe answers with the request as it was received; Debian's ttrpc keeps the order of metadata within a key only.
func describe(ctx context.Context, unmarshal func(interface{}) error) (interface{}, error) {
	request := &wire.Detail{}
	if err := unmarshal(message{request}); err != nil {
		return nil, err
	}
	payload, err := proto.Marshal(request)
	if err != nil {
		return nil, err
	}
	seen := &wire.Request{Service: echoService, Method: "Describe", Payload: payload}
	if deadline, ok := ctx.Deadline(); ok {
		seen.TimeoutNano = time.Until(deadline).Nanoseconds()
	}
	metadata, _ := ttrpc.GetMetadata(ctx)
	for key, values := range metadata {
		for _, value := range values {
			seen.Metadata = append(seen.Metadata, &wire.KeyValue{Key: key, Value: value})
		}
	}
	return message{seen}, nil
}

func empty(context.Context, func(interface{}) error) (interface{}, error) {
	return message{&wire.Detail{}}, nil
}

func failAsAsked(_ context.Context, unmarshal func(interface{}) error) (interface{}, error) {
	request := &wire.Status{}
	if err := unmarshal(message{request}); err != nil {
		return nil, err
	}
	return nil, status.Error(codes.Code(request.Code), request.Message)
}

// wait answers when the caller's time is over.
func wait(ctx context.Context, _ func(interface{}) error) (interface{}, error) {
	<-ctx.Done()
	return nil, ctx.Err()
}
