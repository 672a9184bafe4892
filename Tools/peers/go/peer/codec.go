package main

import (
	"context"
	"time"

	"github.com/containerd/ttrpc"
	"google.golang.org/protobuf/proto"
)

// message lets Debian's ttrpc, which speaks the older protobuf library, carry messages of the newer one.
type message struct{ proto.Message }

func (m message) Reset()                         { proto.Reset(m.Message) }
func (m message) String() string                 { return "message" }
func (m message) ProtoMessage()                  {}
func (m message) Marshal() ([]byte, error)       { return proto.Marshal(m.Message) }
func (m message) Unmarshal(content []byte) error { return proto.Unmarshal(content, m.Message) }

// call makes one call that may take a minute.
func call(client *ttrpc.Client, service, method string, request, response proto.Message) error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	return callWith(ctx, client, service, method, request, response)
}

// callWith makes one call with the deadline and the metadata of a context.
func callWith(ctx context.Context, client *ttrpc.Client, service, method string, request, response proto.Message) error {
	return client.Call(ctx, service, method, message{request}, message{response})
}
