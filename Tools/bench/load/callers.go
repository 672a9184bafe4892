package main

import (
	"context"
	"fmt"
	"net"
	"time"

	"github.com/containerd/ttrpc"
	"google.golang.org/grpc"
	"google.golang.org/grpc/encoding"
	"google.golang.org/protobuf/proto"

	wire "huleedu/wire/v1"
)

const service = "huleedu.bench.Load"

// message lets Debian's ttrpc and grpc, which speak the older protobuf library, carry messages of the newer one.
type message struct{ proto.Message }

func (m message) Reset()                         { proto.Reset(m.Message) }
func (m message) String() string                 { return "message" }
func (m message) ProtoMessage()                  {}
func (m message) Marshal() ([]byte, error)       { return proto.Marshal(m.Message) }
func (m message) Unmarshal(content []byte) error { return proto.Unmarshal(content, m.Message) }

// codec is what grpc uses instead of its own.
type codec struct{}

func (codec) Name() string                          { return "proto" }
func (codec) Marshal(v interface{}) ([]byte, error) { return v.(message).Marshal() }
func (codec) Unmarshal(content []byte, into interface{}) error {
	return into.(message).Unmarshal(content)
}

func init() { encoding.RegisterCodec(codec{}) }

// A caller is one connection to a server.
type caller struct {
	call  func(ctx context.Context, request, response message) error
	close func()
}

func connect(protocol, address string) (caller, error) {
	switch protocol {
	case "ttrpc":
		connection, err := net.DialTimeout("tcp", address, 10*time.Second)
		if err != nil {
			return caller{}, err
		}
		client := ttrpc.NewClient(connection)
		call := func(ctx context.Context, request, response message) error {
			return client.Call(ctx, service, "Echo", request, response)
		}
		return caller{call, func() { client.Close() }}, nil
	case "grpc":
		client, err := grpc.Dial(address, grpc.WithInsecure(), grpc.WithBlock())
		if err != nil {
			return caller{}, err
		}
		call := func(ctx context.Context, request, response message) error {
			return client.Invoke(ctx, "/"+service+"/Echo", request, response)
		}
		return caller{call, func() { client.Close() }}, nil
	default:
		return caller{}, fmt.Errorf("unknown protocol %s", protocol)
	}
}

func connectAll(chosen options) ([]caller, error) {
	callers := make([]caller, chosen.connections)
	for place := range callers {
		var err error
		if callers[place], err = connect(chosen.protocol, chosen.address); err != nil {
			return nil, err
		}
	}
	return callers, nil
}

// echo makes one call and looks at what comes back.
func (c caller) echo(ctx context.Context, content []byte) error {
	answer := &wire.Detail{}
	if err := c.call(ctx, message{&wire.Detail{Value: content}}, message{answer}); err != nil {
		return err
	}
	if len(answer.Value) != len(content) {
		return fmt.Errorf("sent %d bytes, got %d", len(content), len(answer.Value))
	}
	return nil
}
