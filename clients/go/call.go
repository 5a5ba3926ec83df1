package openaigrpc

import (
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/peer"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	pb "github.com/openai-grpc/openai-grpc/clients/go/openai_grpc/v1"
)

const (
	pushback     = "grpc-retry-pushback-ms"
	firstPause   = 500 * time.Millisecond
	resumePause  = 100 * time.Millisecond // of a call that has come to something since the last failure
	longestPause = 8 * time.Second
)

// Call is what came with a reply besides its message: ids, rate limits, what it cost.
type Call struct {
	// Header and Trailer are all metadata of the reply; the trailer has it where a call failed.
	Header, Trailer metadata.MD
	// Info is what the gateway says of the call in the reply itself; nil where there was no reply.
	Info *pb.CallInfo
}

// Capture fills a [Call] when a call made through a [Client] has ended, well or not.
//
//	var call openaigrpc.Call
//	reply, err := client.Chat.CreateChatCompletion(ctx, request, openaigrpc.Capture(&call))
func Capture(call *Call) grpc.CallOption { return captureOption{call: call} }

// Get returns the first value of a metadata key, or an empty string.
func (c *Call) Get(name string) string {
	for _, from := range []metadata.MD{c.Header, c.Trailer} {
		if values := from.Get(name); len(values) > 0 {
			return values[0]
		}
	}
	return ""
}

// RequestID returns the gateway's id of the call, which its log names.
func (c *Call) RequestID() string { return c.Get("x-request-id") }

// UpstreamRequestID returns the upstream's id of the request, for its support.
func (c *Call) UpstreamRequestID() string {
	if id := c.Info.GetRequestId(); id != "" {
		return id
	}
	return c.Get("openai-request-id")
}

// Deployment returns the deployment that answered, as the gateway's configuration names it.
func (c *Call) Deployment() string {
	if name := c.Info.GetDeployment(); name != "" {
		return name
	}
	return c.Get("openai-grpc-deployment")
}

// Attempts returns how many requests to upstreams the gateway began for the call; 0: it did not say.
func (c *Call) Attempts() int { return int(c.Info.GetAttempts()) }

// Cost returns what the call cost in US dollars, and whether the gateway knows.
func (c *Call) Cost() (float64, bool) {
	return c.Info.GetCost(), c.Info != nil && c.Info.Cost != nil
}

// ProcessingTime returns how long the upstream took; 0: it did not say.
func (c *Call) ProcessingTime() time.Duration {
	milliseconds, err := strconv.ParseFloat(c.Get("openai-processing-ms"), 64)
	if err != nil {
		return 0
	}
	return time.Duration(milliseconds * float64(time.Millisecond))
}

// RateLimits are the upstream's limits for requests and tokens.
type RateLimits struct{ Requests, Tokens RateLimit }

// RateLimit is one limit; a field is nil where the upstream did not say.
type RateLimit struct {
	// Limit is what is allowed in the current period, Remaining what is left of it.
	Limit, Remaining *int64
	// Reset is how long it takes until all of it is there again.
	Reset *time.Duration
}

// RateLimits returns the limits that the upstream told.
func (c *Call) RateLimits() RateLimits {
	return RateLimits{Requests: c.rateLimit("requests"), Tokens: c.rateLimit("tokens")}
}

func (c *Call) rateLimit(unit string) RateLimit {
	number := func(kind string) *int64 {
		value, err := strconv.ParseInt(c.Get("x-ratelimit-"+kind+"-"+unit), 10, 64)
		if err != nil {
			return nil
		}
		return &value
	}
	limit := RateLimit{Limit: number("limit"), Remaining: number("remaining")}
	text := c.Get("x-ratelimit-reset-" + unit)
	if days, rest, found := strings.Cut(text, "d"); found { // 1d2h: Go has no days
		if count, err := strconv.Atoi(days); err == nil {
			text = strconv.Itoa(24*count) + "h" + rest
		}
	}
	reset, err := time.ParseDuration(text)
	if err != nil {
		reset, err = time.ParseDuration(text + "s") // a bare number of seconds
	}
	if err == nil {
		limit.Reset = &reset
	}
	return limit
}

type captureOption struct {
	grpc.EmptyCallOption
	call *Call
}

// resumeOption lets a call of one request go on after it broke off amid its replies: the request that next
// returns asks for what is missing; nil: it can't go on.
type resumeOption struct {
	grpc.EmptyCallOption
	next func() proto.Message
}

// finish gives what came with a reply to those who asked for it.
func finish(call *Call, options []grpc.CallOption) {
	for _, option := range options {
		if capture, ok := option.(captureOption); ok {
			*capture.call = *call
		}
	}
}

// note keeps what a message says of the call.
func (c *Call) note(message any) {
	if told, ok := message.(interface{ GetCallInfo() *pb.CallInfo }); ok {
		if info := told.GetCallInfo(); info != nil && info.Drain == nil {
			c.Info = info
		}
	}
}

// caller makes the calls of a client: time limit, metadata, retries, errors.
type caller struct {
	timeout  time.Duration
	retries  int
	metadata []string
}

var repeatables = sync.OnceValue(func() map[string]bool {
	found := map[string]bool{}
	for _, service := range services() {
		for index := range service.Methods().Len() {
			method := service.Methods().Get(index)
			found["/"+string(service.FullName())+"/"+string(method.Name())] = repeatable(method)
		}
	}
	return found
})

func (c *caller) outgoing(ctx context.Context) context.Context {
	ctx = withContract(ctx)
	if len(c.metadata) > 0 {
		ctx = metadata.AppendToOutgoingContext(ctx, c.metadata...)
	}
	return ctx
}

func (c *caller) unary(
	ctx context.Context, method string, request, reply any, connection *grpc.ClientConn,
	invoke grpc.UnaryInvoker, options ...grpc.CallOption,
) error {
	if _, limited := ctx.Deadline(); !limited && c.timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, c.timeout)
		defer cancel()
	}
	ctx = c.outgoing(ctx)
	var call Call
	var to peer.Peer
	all := append(slices.Clip(options), grpc.Header(&call.Header), grpc.Trailer(&call.Trailer), grpc.Peer(&to))
	defer func() { finish(&call, options) }()
	for failures := 0; ; failures++ {
		call, to = Call{}, peer.Peer{}
		err := invoke(ctx, method, request, reply, connection, all...)
		if err == nil {
			call.note(reply)
			return nil
		}
		failure := newError(err, &call, to.Addr != nil)
		if !c.pause(ctx, method, failure, failures) {
			return failure
		}
	}
}

func (c *caller) stream(
	ctx context.Context, description *grpc.StreamDesc, connection *grpc.ClientConn, method string,
	open grpc.Streamer, options ...grpc.CallOption,
) (grpc.ClientStream, error) {
	made := &clientStream{caller: c, method: method, options: options, single: !description.ClientStreams}
	for _, option := range options {
		if resume, ok := option.(resumeOption); ok {
			made.resume = resume.next
		}
	}
	made.ctx = c.outgoing(ctx)
	all := append(slices.Clip(options), grpc.Peer(&made.peer))
	made.open = func() (grpc.ClientStream, error) {
		return open(made.ctx, description, connection, method, all...)
	}
	inner, err := made.open()
	if err != nil {
		return nil, newError(err, &made.call, false)
	}
	made.ClientStream = inner
	return made, nil
}

// pause waits before another attempt, and tells whether there is one.
func (c *caller) pause(ctx context.Context, method string, failure *Error, failures int) bool {
	// What is repeatable, gRPC has repeated. An UNAVAILABLE without a reason is not the gateway's: the
	// connection may have been lost with the call under way.
	if repeatables()[method] || failure.Status != codes.Unavailable || failure.Reason == "" {
		return false
	}
	return c.wait(ctx, failure, failures, firstPause)
}

// interrupted tells whether what failed amid its replies may go on where it broke off.
func interrupted(failure *Error) bool {
	switch failure.Reason {
	case "UPSTREAM_TRUNCATED", "UPSTREAM_CONNECTION_LOST", "IDLE_TIMEOUT", "FIRST_TOKEN_TIMEOUT":
		return true
	case "": // not the gateway's: a connection was lost, or a proxy has reset the stream
		return failure.Status == codes.Unavailable || failure.Status == codes.Internal
	}
	return failure.Status == codes.Unavailable
}

// wait waits before another attempt as long as the gateway asks for, and tells whether there is one.
func (c *caller) wait(ctx context.Context, failure *Error, failures int, first time.Duration) bool {
	if failures >= c.retries {
		return false
	}
	wait := backoff(failures, first)
	if told := failure.Call.Trailer.Get(pushback); len(told) > 0 {
		milliseconds, err := strconv.Atoi(told[0])
		if err != nil || milliseconds < 0 {
			return false
		}
		wait = time.Duration(milliseconds) * time.Millisecond
	}
	return sleep(ctx, wait)
}

// backoff returns the pause after so many failures before the last one; its randomness spreads load.
func backoff(failures int, first time.Duration) time.Duration {
	longest := min(first<<failures, longestPause)
	return longest/2 + time.Duration(rand.Int64N(int64(longest/2)))
}

// sleep waits, and tells whether the context lasts.
func sleep(ctx context.Context, wait time.Duration) bool {
	if deadline, limited := ctx.Deadline(); limited && time.Until(deadline) <= wait {
		return false
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}

// clientStream gives the errors of a stream their details, and makes a call of one request again whose
// reply has not begun, or that can be resumed.
type clientStream struct {
	grpc.ClientStream

	caller   *caller
	ctx      context.Context
	method   string
	options  []grpc.CallOption
	single   bool
	open     func() (grpc.ClientStream, error)
	resume   func() proto.Message
	peer     peer.Peer
	call     Call
	request  any
	received bool
	failures int
}

func (s *clientStream) SendMsg(message any) error {
	if s.single {
		s.request = message
	}
	err := s.ClientStream.SendMsg(message)
	if err == nil || errors.Is(err, io.EOF) { // RecvMsg has the status
		return err
	}
	return newError(err, &s.call, true)
}

func (s *clientStream) RecvMsg(message any) error {
	for {
		err := s.ClientStream.RecvMsg(message)
		if err == nil {
			s.call.note(message)
			if s.resume != nil {
				s.failures = 0
			}
			if !s.received {
				s.received, s.request = true, nil
				s.call.Header, _ = s.ClientStream.Header()
				finish(&s.call, s.options)
			}
			return nil
		}
		s.call.Trailer = s.ClientStream.Trailer()
		if header, failed := s.ClientStream.Header(); failed == nil {
			s.call.Header = header
		}
		if errors.Is(err, io.EOF) {
			finish(&s.call, s.options)
			return err
		}
		failure := newError(err, &s.call, s.peer.Addr != nil)
		failure.MayHaveBeenBilled = failure.MayHaveBeenBilled || s.received
		if !s.mayGoOn(failure) || s.again() != nil {
			finish(&s.call, s.options)
			return failure
		}
	}
}

// mayGoOn waits before another attempt, and tells whether there is one: of a call without a reply so far, or
// of one that can be resumed.
func (s *clientStream) mayGoOn(failure *Error) bool {
	if !s.received {
		return s.single && s.caller.pause(s.ctx, s.method, failure, s.failures)
	}
	if s.resume == nil || !interrupted(failure) || !s.caller.wait(s.ctx, failure, s.failures, resumePause) {
		return false
	}
	request := s.resume()
	s.request = request
	return request != nil
}

func (s *clientStream) Header() (metadata.MD, error) {
	header, err := s.ClientStream.Header()
	if err != nil {
		return header, newError(err, &s.call, true)
	}
	return header, nil
}

func (s *clientStream) again() error {
	s.failures++
	s.call, s.peer = Call{}, peer.Peer{}
	inner, err := s.open()
	if err != nil {
		return err
	}
	s.ClientStream = inner
	if err := inner.SendMsg(s.request); err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	return inner.CloseSend()
}

// shallow copies a message without what is in it, to change a field of a request that is not ours.
func shallow[M proto.Message](message M) M {
	source := message.ProtoReflect()
	copied := source.New()
	source.Range(func(field protoreflect.FieldDescriptor, value protoreflect.Value) bool {
		copied.Set(field, value)
		return true
	})
	copied.SetUnknown(source.GetUnknown())
	result, _ := copied.Interface().(M)
	return result
}
