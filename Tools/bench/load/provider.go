package main

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"time"
)

const (
	usageOfReply = `"usage":{"input_tokens":2500,"output_tokens":20,"cache_creation_input_tokens":0,"cache_read_input_tokens":0}`
	textReply    = `{"id":"msg_1","type":"message","role":"assistant","model":"simulated-judge","stop_reason":"end_turn","stop_sequence":null,` +
		usageOfReply + `,"content":[{"type":"text","text":"{\"winner\":\"first\"}"}]}`
	toolReply = `{"id":"msg_1","type":"message","role":"assistant","model":"simulated-judge","stop_reason":"tool_use","stop_sequence":null,` +
		usageOfReply + `,"content":[{"type":"tool_use","id":"toolu_1","name":"verdict","input":{"winner":"first"}}]}`
	// Of requests, at most.
	providerBody = 1 << 20
)

// provide answers every request to a model as if a model had, after a time, until it is killed. It does as little as can be, so that what is
// between it and the load has the processors.
func provide(latency time.Duration, address string) error {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return err
	}
	fmt.Println("http://" + listener.Addr().String())
	return http.Serve(listener, http.HandlerFunc(func(writer http.ResponseWriter, request *http.Request) {
		body, err := io.ReadAll(io.LimitReader(request.Body, providerBody))
		if err != nil {
			return
		}
		time.Sleep(latency)
		reply := textReply
		if bytes.Contains(body, []byte(`"tools"`)) {
			reply = toolReply
		}
		writer.Header().Set("content-type", "application/json")
		writer.Header().Set("request-id", "req_1")
		io.WriteString(writer, reply)
	}))
}

// post sends a file to a URL in a closed loop, over as many connections as there are calls at once.
func post(chosen options) error {
	body, err := os.ReadFile(chosen.body)
	if err != nil {
		return err
	}
	client := &http.Client{Transport: &http.Transport{
		MaxIdleConnsPerHost: chosen.inFlight, MaxConnsPerHost: chosen.inFlight, DisableCompression: true,
	}}
	return tell(loop(chosen, func(int) error {
		request, err := http.NewRequest("POST", chosen.address, bytes.NewReader(body))
		if err != nil {
			return err
		}
		request.Header.Set("content-type", "application/json")
		request.Header.Set("anthropic-version", "2023-06-01")
		request.Header.Set("x-api-key", chosen.key)
		request.Header.Set("authorization", "Bearer "+chosen.key)
		response, err := client.Do(request)
		if err != nil {
			return err
		}
		defer response.Body.Close()
		answer, err := io.ReadAll(response.Body)
		if err != nil {
			return err
		}
		if response.StatusCode != http.StatusOK {
			return fmt.Errorf("%s: %s", response.Status, answer)
		}
		return nil
	}))
}
