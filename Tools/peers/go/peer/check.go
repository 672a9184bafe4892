package main

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/containerd/ttrpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	cj "huleedu/cj/v1"
	events "huleedu/events/v1"
	wire "huleedu/wire/v1"
)

const healthService = "huleedu.wire.v1.Health"

// A check tries one promise of the protocol; it returns nil when the promise was kept.
type check struct {
	name string
	run  func(client *ttrpc.Client, address string) error
}

// serviceChecks are for a cj-assessment service as it is.
var serviceChecks = []check{
	{"health answers for the server and for the service", healthAnswers},
	{"health of an unknown service is NOT_FOUND", func(client *ttrpc.Client, _ string) error {
		request := &wire.HealthCheckRequest{Service: "no.such.Service"}
		return expect(call(client, healthService, "Check", request, &wire.HealthCheckResponse{}), codes.NotFound, "")
	}},
	{"an unknown method is UNIMPLEMENTED", func(client *ttrpc.Client, _ string) error {
		return expect(call(client, assessmentService, "Guess", &cj.GetAssessmentRequest{}, &cj.GetAssessmentResponse{}),
			codes.Unimplemented, "Guess")
	}},
	{"an unknown service is UNIMPLEMENTED", func(client *ttrpc.Client, _ string) error {
		return expect(call(client, "no.such.Service", "Check", &wire.HealthCheckRequest{}, &wire.HealthCheckResponse{}),
			codes.Unimplemented, "no.such.Service")
	}},
	{"a bad field is INVALID_ARGUMENT and is named", badField},
	{"a NUL in a string is INVALID_ARGUMENT and is named", func(client *ttrpc.Client, _ string) error {
		request := &cj.GetAssessmentRequest{AssessmentId: "a\x00b"}
		return expect(call(client, assessmentService, "GetAssessment", request, &cj.GetAssessmentResponse{}),
			codes.InvalidArgument, "assessment_id")
	}},
	{"a request whose time is over is DEADLINE_EXCEEDED", timeIsOver},
	{"metadata within the limit is taken, beyond it refused", metadataLimit},
	{"a message over the limit is RESOURCE_EXHAUSTED and the connection stays usable", oversize},
	{"two hundred calls share one connection", manyCalls},
	{"a stream asked for as a unary call is refused at once", func(client *ttrpc.Client, _ string) error {
		request := &events.FollowRequest{Limit: 1}
		return expect(call(client, feedService, "Follow", request, &events.FollowResponse{}), codes.InvalidArgument, "streams")
	}},
	{"the event feed can be followed", followFeed},
}

// runChecks runs each check on a connection of its own and returns how many failed.
func runChecks(address string, checks []check) int {
	failed := 0
	for _, check := range checks {
		client := connect(address)
		if err := check.run(client, address); err != nil {
			failed++
			fmt.Printf("FAIL %s: %v\n", check.name, err)
		} else {
			fmt.Printf("ok   %s\n", check.name)
		}
		client.Close()
	}
	return failed
}

// expect turns "the call ended with this code, and its message holds this text" into an error or nil.
func expect(err error, code codes.Code, text string) error {
	answer, ok := status.FromError(err)
	if !ok || answer.Code() != code {
		return fmt.Errorf("expected %v, got %v", code, err)
	}
	if !strings.Contains(answer.Message(), text) {
		return fmt.Errorf("expected a message with %q, got %q", text, answer.Message())
	}
	return nil
}

func healthAnswers(client *ttrpc.Client, _ string) error {
	for _, service := range []string{"", assessmentService} {
		response := &wire.HealthCheckResponse{}
		if err := call(client, healthService, "Check", &wire.HealthCheckRequest{Service: service}, response); err != nil {
			return err
		}
		if response.Status != wire.ServingStatus_SERVING_STATUS_SERVING {
			return fmt.Errorf("%q is %v: %s", service, response.Status, response.Reason)
		}
	}
	return nil
}

func badField(client *ttrpc.Client, _ string) error {
	request := &cj.StartAssessmentRequest{
		AssessmentId: "go-peer-check",
		Essays:       []*cj.Essay{{Id: "a", Text: []byte("One.")}, {Id: "b", Text: []byte("Two.")}},
		Language:     "tlh",
		Judge:        &cj.JudgeSettings{Provider: "simulated", Model: "simulated-judge"},
	}
	return expect(call(client, assessmentService, "StartAssessment", request, &cj.StartAssessmentResponse{}),
		codes.InvalidArgument, "language")
}

// timeIsOver sends a timeout that the server alone sees, so that it is the server that says that the time is over.
func timeIsOver(_ *ttrpc.Client, address string) error {
	client := ttrpc.NewClient(dial(address), withTimeoutOnTheWire(-time.Nanosecond))
	defer client.Close()
	err := callWith(context.Background(), client, healthService, "Check", &wire.HealthCheckRequest{}, &wire.HealthCheckResponse{})
	return expect(err, codes.DeadlineExceeded, "")
}

func withTimeoutOnTheWire(timeout time.Duration) ttrpc.ClientOpts {
	return ttrpc.WithUnaryClientInterceptor(func(
		ctx context.Context, request *ttrpc.Request, response *ttrpc.Response, _ *ttrpc.UnaryClientInfo, invoke ttrpc.Invoker,
	) error {
		request.TimeoutNano = timeout.Nanoseconds()
		return invoke(ctx, request, response)
	})
}

func metadataLimit(client *ttrpc.Client, _ string) error {
	if err := healthWithMetadata(client, 8<<10); err != nil {
		return err
	}
	return expect(healthWithMetadata(client, 20<<10), codes.ResourceExhausted, "metadata")
}

func healthWithMetadata(client *ttrpc.Client, size int) error {
	metadata := ttrpc.MD{}
	metadata.Set("x-filler", strings.Repeat("x", size))
	ctx := ttrpc.WithMetadata(context.Background(), metadata)
	return callWith(ctx, client, healthService, "Check", &wire.HealthCheckRequest{}, &wire.HealthCheckResponse{})
}

func oversize(client *ttrpc.Client, _ string) error {
	request := &wire.HealthCheckRequest{Service: strings.Repeat("x", 4<<20)}
	err := call(client, healthService, "Check", request, &wire.HealthCheckResponse{})
	if err := expect(err, codes.ResourceExhausted, ""); err != nil {
		return err
	}
	return call(client, healthService, "Check", &wire.HealthCheckRequest{}, &wire.HealthCheckResponse{})
}

func manyCalls(client *ttrpc.Client, _ string) error {
	var group sync.WaitGroup
	errs := make(chan error, 200)
	for i := 0; i < cap(errs); i++ {
		group.Add(1)
		go func() {
			defer group.Done()
			errs <- call(client, healthService, "Check", &wire.HealthCheckRequest{}, &wire.HealthCheckResponse{})
		}()
	}
	group.Wait()
	close(errs)
	for err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
