package main

import (
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"os"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"google.golang.org/protobuf/proto"

	events "huleedu/events/v1"
	llm "huleedu/llm/v1"
	wire "huleedu/wire/v1"

	"github.com/containerd/ttrpc"
)

const (
	llmService  = "huleedu.llm.v1.LLMProvider"
	feedService = "huleedu.events.v1.EventFeed"
)

// submitted counts requests, whose ids it makes.
var submitted int64

func submitRequest(size int) *llm.SubmitRequest {
	return &llm.SubmitRequest{
		RequestId: fmt.Sprintf("%d-%d", os.Getpid(), atomic.AddInt64(&submitted, 1)), Owner: "bench",
		Provider: "simulated", Model: "simulated-judge", MaxOutputTokens: 512,
		Blocks: []*llm.PromptBlock{{
			Target: llm.PromptTarget_PROMPT_TARGET_USER, Text: text(size), Varies: true,
		}},
		ReplyFormat: &llm.ReplyFormat{
			Name: "verdict", Description: []byte("Which is better."),
			JsonSchema: []byte(`{"type":"object","properties":{"winner":{"type":"string","enum":["first","second"]}},` +
				`"required":["winner"],"additionalProperties":false}`),
		},
	}
}

func text(size int) []byte {
	words := make([]byte, size)
	for place := range words {
		words[place] = "the school summer "[place%18]
	}
	return words
}

// submit has requests to a model taken on: in a closed loop, or in an open one where a rate is given.
func submit(chosen options) error {
	clients, err := clientsOf(chosen)
	if err != nil {
		return err
	}
	call := func(number int) error { return takeOn(clients[number%len(clients)], submitRequest(chosen.size)) }
	if chosen.rate == 0 {
		return tell(loop(chosen, call))
	}
	found, err := arrivals(chosen, call)
	if err != nil {
		return err
	}
	return tell(found)
}

// submitMany has requests to a model taken on, many with each call, in a closed loop. Rates are of calls.
func submitMany(chosen options) error {
	clients, err := clientsOf(chosen)
	if err != nil {
		return err
	}
	return tell(loop(chosen, func(number int) error {
		many := &llm.SubmitManyRequest{}
		for len(many.Submissions) < chosen.together {
			many.Submissions = append(many.Submissions, &llm.Submission{Request: submitRequest(chosen.size)})
		}
		answers := &llm.SubmitManyResponse{}
		if err := call(clients[number%len(clients)], "SubmitMany", many, answers); err != nil {
			return err
		}
		for _, answer := range answers.Answers {
			if answer.GetResponse() == nil {
				return fmt.Errorf("one was not taken on: %v", answer.GetError())
			}
		}
		return nil
	}))
}

// complete has requests to a model passed on and waits for their answers, in a closed loop.
func complete(chosen options) error {
	clients, err := clientsOf(chosen)
	if err != nil {
		return err
	}
	return tell(loop(chosen, func(number int) error {
		answer := &llm.CompleteResponse{}
		request := &llm.CompleteRequest{Request: submitRequest(chosen.size)}
		if err := call(clients[number%len(clients)], "Complete", request, answer); err != nil {
			return err
		}
		if answer.GetResult().GetReply() == nil {
			return fmt.Errorf("no reply: %v", answer.GetResult().GetFailure())
		}
		return nil
	}))
}

func clientsOf(chosen options) ([]*ttrpc.Client, error) {
	var clients []*ttrpc.Client
	for number := 0; number < chosen.connections; number++ {
		connection, err := net.DialTimeout("tcp", chosen.address, 10*time.Second)
		if err != nil {
			return nil, err
		}
		clients = append(clients, ttrpc.NewClient(connection))
	}
	return clients, nil
}

func takeOn(client *ttrpc.Client, request *llm.SubmitRequest) error {
	return call(client, "Submit", request, &llm.SubmitResponse{})
}

func call(client *ttrpc.Client, method string, request, response proto.Message) error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	return client.Call(ctx, llmService, method, message{request}, message{response})
}

// durable has requests taken on and waits for the event that tells the result of each: as many at once as are in flight. A call's latency
// counts from Submit to the event.
func durable(chosen options) error {
	var ends ends
	if err := follow(chosen, &ends); err != nil {
		return err
	}
	clients, err := clientsOf(chosen)
	if err != nil {
		return err
	}
	return tell(loop(chosen, func(worker int) error {
		request := submitRequest(chosen.size)
		end := ends.expect(request.RequestId)
		if err := takeOn(clients[worker%len(clients)], request); err != nil {
			return err
		}
		select {
		case result := <-end:
			if result.GetReply() == nil {
				return fmt.Errorf("no reply: %v", result.GetFailure())
			}
			return nil
		case <-time.After(time.Minute):
			return fmt.Errorf("no event within a minute")
		}
	}))
}

// ends are the results that are waited for.
type ends struct {
	lock    sync.Mutex
	waiting map[string]chan *llm.Result
}

func (e *ends) expect(id string) chan *llm.Result {
	e.lock.Lock()
	defer e.lock.Unlock()
	if e.waiting == nil {
		e.waiting = map[string]chan *llm.Result{}
	}
	end := make(chan *llm.Result, 1)
	e.waiting[id] = end
	return end
}

func (e *ends) came(result *llm.Result) {
	e.lock.Lock()
	defer e.lock.Unlock()
	if end := e.waiting[result.RequestId]; end != nil {
		end <- result
		delete(e.waiting, result.RequestId)
	}
}

// follow reads the events of all partitions from the first on, on a connection each.
func follow(chosen options, ends *ends) error {
	partitions := make(chan uint32, 1)
	go followPartition(chosen, 0, ends, partitions)
	select {
	case count := <-partitions:
		for partition := uint32(1); partition < count; partition++ {
			go followPartition(chosen, partition, ends, nil)
		}
		return nil
	case <-time.After(10 * time.Second):
		return fmt.Errorf("no event feed")
	}
}

func followPartition(chosen options, partition uint32, ends *ends, partitions chan<- uint32) {
	connection, err := net.DialTimeout("tcp", chosen.address, 10*time.Second)
	if err != nil {
		fmt.Fprintln(os.Stderr, "load: the feed:", err)
		return
	}
	follow, _ := proto.Marshal(&events.FollowRequest{Limit: 1000, Partition: partition})
	request, _ := proto.Marshal(&wire.Request{
		Service: feedService, Method: "Follow", Payload: follow, TimeoutNano: (chosen.timeout() + time.Minute).Nanoseconds(),
	})
	frame := make([]byte, 10)
	binary.BigEndian.PutUint32(frame, uint32(len(request)))
	binary.BigEndian.PutUint32(frame[4:], 1)
	frame[8], frame[9] = typeRequest, flagClosed
	if _, err := connection.Write(append(frame, request...)); err != nil {
		return
	}
	for {
		if _, err := io.ReadFull(connection, frame); err != nil {
			return
		}
		payload := make([]byte, binary.BigEndian.Uint32(frame))
		if _, err := io.ReadFull(connection, payload); err != nil {
			return
		}
		told := &events.FollowResponse{}
		if frame[8] != typeData || proto.Unmarshal(payload, told) != nil {
			fmt.Fprintln(os.Stderr, "load: the feed of partition", strconv.Itoa(int(partition)), "ended")
			return
		}
		if partitions != nil {
			partitions <- told.Partitions
			partitions = nil
		}
		for _, event := range told.Events {
			finished := &events.LLMRequestFinished{}
			if proto.Unmarshal(event.Payload, finished) == nil && finished.Result != nil {
				ends.came(finished.Result)
			}
		}
	}
}
