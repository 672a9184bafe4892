package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/signal"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/containerd/ttrpc"
	"google.golang.org/grpc"

	wire "huleedu/wire/v1"
)

// answered counts calls.
var answered int64

// serve serves the same unary methods as our own server until it is told to end, and then tells how many calls it has answered.
func serve(protocol, address string) error {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return err
	}
	fmt.Println(listener.Addr())
	switch protocol {
	case "ttrpc":
		err = serveTTRPC(listener)
	case "grpc":
		err = serveGRPC(listener)
	default:
		err = fmt.Errorf("unknown protocol %s", protocol)
	}
	fmt.Println("answered", atomic.LoadInt64(&answered))
	return err
}

func untilTold() {
	told := make(chan os.Signal, 1)
	signal.Notify(told, syscall.SIGTERM)
	<-told
}

func serveTTRPC(listener net.Listener) error {
	server, err := ttrpc.NewServer()
	if err != nil {
		return err
	}
	method := func(answer func(*wire.Detail) *wire.Detail) ttrpc.Method {
		return func(_ context.Context, unmarshal func(interface{}) error) (interface{}, error) {
			request := &wire.Detail{}
			if err := unmarshal(message{request}); err != nil {
				return nil, err
			}
			atomic.AddInt64(&answered, 1)
			return message{answer(request)}, nil
		}
	}
	server.Register(service, map[string]ttrpc.Method{"Echo": method(echo), "Take": method(take)})
	go server.Serve(context.Background(), listener)
	untilTold()
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	return server.Shutdown(ctx)
}

func serveGRPC(listener net.Listener) error {
	server := grpc.NewServer(grpc.MaxRecvMsgSize(8 << 20))
	method := func(answer func(*wire.Detail) *wire.Detail) func(interface{}, context.Context, func(interface{}) error, grpc.UnaryServerInterceptor) (interface{}, error) {
		return func(_ interface{}, _ context.Context, decode func(interface{}) error, _ grpc.UnaryServerInterceptor) (interface{}, error) {
			request := &wire.Detail{}
			if err := decode(message{request}); err != nil {
				return nil, err
			}
			atomic.AddInt64(&answered, 1)
			return message{answer(request)}, nil
		}
	}
	server.RegisterService(&grpc.ServiceDesc{
		ServiceName: service, HandlerType: (*interface{})(nil),
		Methods: []grpc.MethodDesc{{MethodName: "Echo", Handler: method(echo)}, {MethodName: "Take", Handler: method(take)}},
	}, struct{}{})
	go server.Serve(listener)
	untilTold()
	server.GracefulStop()
	return nil
}

func echo(request *wire.Detail) *wire.Detail { return request }
func take(*wire.Detail) *wire.Detail         { return &wire.Detail{} }
