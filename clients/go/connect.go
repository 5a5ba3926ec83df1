package openaigrpc

import (
	"context"
	"errors"
	"io"
	"iter"
	"sync"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	pb "github.com/openai-grpc/openai-grpc/clients/go/openai_grpc/v1"
)

var (
	errNotCreated = errors.New("response has not begun: read its first event before it is steered")
	errForgotten  = errors.New("response was left before its end: read it to the end")
)

// ResponsesConnection runs several responses over one connection. Those of a lane run one after the other, those
// of different lanes at once. It may be used by several goroutines at once.
//
// An event is received when one is read for which it must be. So what nobody reads holds the others back no more than
// the connection's flow control does, and events of other responses that come first wait for their readers in memory.
type ResponsesConnection struct {
	stream grpc.BidiStreamingClient[pb.ResponsesClientEvent, pb.ResponsesServerEvent]
	cancel context.CancelFunc
	call   Call

	sending sync.Mutex

	mutex     sync.Mutex
	arrived   *sync.Cond
	receiving bool
	lanes     map[string][]*LaneResponse // those that are not over, in their order
	others    []*pb.ResponsesServerEvent
	err       error // io.EOF: the connection is over
	notice    *pb.CallDrain
}

// LaneResponse is a response of a [ResponsesConnection], and those that follow it when it is steered.
type LaneResponse struct {
	connection *ResponsesConnection
	lane       string
	ids        map[string]bool
	id         string
	events     []*pb.ResponsesServerEvent
	steers     int  // inputs that are not accounted for
	ended      bool // by a last event, which a steered response may have several of
	isOver     bool
	isLeft     bool
	whole      *pb.Response
	failure    *Error
}

// Connect opens a connection for responses. Close cancels what runs on it.
//
//	connection, err := client.Responses.Connect(ctx)
//	...
//	defer connection.Close()
//	response, err := connection.Create("lane", request)
//	...
//	for event, err := range response.All() {
func (r Responses) Connect(ctx context.Context, options ...grpc.CallOption) (*ResponsesConnection, error) {
	made := &ResponsesConnection{lanes: map[string][]*LaneResponse{}}
	made.arrived = sync.NewCond(&made.mutex)
	ctx, made.cancel = context.WithCancel(ctx)
	stream, err := r.ResponsesServiceClient.Connect(ctx, append(options[:len(options):len(options)], Capture(&made.call))...)
	if err != nil {
		made.cancel()
		return nil, err
	}
	made.stream = stream
	return made, nil
}

// Create begins a response in a lane; an empty one is a lane without a name.
func (c *ResponsesConnection) Create(lane string, request *pb.CreateResponseRequest) (*LaneResponse, error) {
	made := &LaneResponse{connection: c, lane: lane, ids: map[string]bool{}}
	event := &pb.ResponsesClientEvent{Kind: &pb.ResponsesClientEvent_Create{Create: request}}
	if lane != "" {
		event.StreamId = &lane
	}
	c.sending.Lock()
	defer c.sending.Unlock() // responses are noted in the order in which they are sent
	c.mutex.Lock()
	c.lanes[lane] = append(c.lanes[lane], made)
	c.mutex.Unlock()
	if err := c.send(event); err != nil {
		return nil, err
	}
	return made, nil
}

// Steer adds input to a response that runs, by its id; [LaneResponse.Steer] does so for one made here.
func (c *ResponsesConnection) Steer(responseID string, input *pb.ResponseInput) error {
	c.mutex.Lock()
	if found := c.byID(responseID); found != nil {
		found.steers++
	}
	c.mutex.Unlock()
	return c.Send(&pb.ResponsesClientEvent{Kind: &pb.ResponsesClientEvent_Steer{
		Steer: &pb.ResponseSteerEvent{PreviousResponseId: &responseID, Input: input},
	}})
}

// Send sends an event. Those of a response that it creates come by Recv.
func (c *ResponsesConnection) Send(event *pb.ResponsesClientEvent) error {
	c.sending.Lock()
	defer c.sending.Unlock()
	return c.send(event)
}

func (c *ResponsesConnection) send(event *pb.ResponsesClientEvent) error {
	err := c.stream.Send(event)
	if errors.Is(err, io.EOF) { // who receives has the status
		var none []*pb.ResponsesServerEvent
		_, err = c.await(&none, func() error { return nil })
	}
	return err
}

// CloseSend says that no response will follow: the connection ends when those that run are over.
func (c *ResponsesConnection) CloseSend() error {
	c.sending.Lock()
	defer c.sending.Unlock()
	return c.stream.CloseSend()
}

// Close cancels all responses and ends the connection. It may be called more than once.
func (c *ResponsesConnection) Close() error {
	c.cancel()
	return nil
}

// Call returns what came with the connection. It is complete when it has ended.
func (c *ResponsesConnection) Call() *Call { return &c.call }

// Recv returns the next event that belongs to no response made by Create, and [io.EOF] at the end.
func (c *ResponsesConnection) Recv() (*pb.ResponsesServerEvent, error) {
	return c.await(&c.others, func() error { return nil })
}

// await returns the next event of a queue; it receives events where nobody else does.
func (c *ResponsesConnection) await(
	queue *[]*pb.ResponsesServerEvent, over func() error,
) (*pb.ResponsesServerEvent, error) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	for {
		if len(*queue) > 0 {
			event := (*queue)[0]
			*queue = (*queue)[1:]
			return event, nil
		}
		if err := over(); err != nil {
			return nil, err
		}
		if c.err != nil {
			return nil, c.err
		}
		if c.receiving {
			c.arrived.Wait()
			continue
		}
		c.receiving = true
		c.mutex.Unlock()
		event, err := c.stream.Recv()
		notice, alone := drainOf(event)
		c.mutex.Lock()
		c.receiving = false
		if notice != nil {
			c.notice = notice
		}
		if err != nil {
			c.err = err
			c.cancel()
		} else if !alone {
			c.deliver(event)
		}
		c.arrived.Broadcast()
	}
}

// Draining returns the notice that the gateway's replica is leaving, with the seconds that the responses which run
// have; nil: it is not.
func (c *ResponsesConnection) Draining() *pb.CallDrain {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	return c.notice
}

// byID returns the response with an id that is not over.
func (c *ResponsesConnection) byID(id string) *LaneResponse {
	for _, lane := range c.lanes {
		if lane[0].ids[id] { // only the first of a lane has begun
			return lane[0]
		}
	}
	return nil
}

// deliver puts an event where it is read.
func (c *ResponsesConnection) deliver(event *pb.ResponsesServerEvent) {
	var to *LaneResponse
	if steer := steerOf(event); steer.GetPreviousResponseId() != "" {
		to = c.byID(steer.GetPreviousResponseId())
	} else if lane := c.lanes[event.GetStreamId()]; len(lane) > 0 {
		to = lane[0]
	}
	if to == nil {
		c.others = append(c.others, event)
		return
	}
	if !to.isLeft {
		to.events = append(to.events, event)
	}
	if to.note(event); !to.isOver {
		return
	}
	if rest := c.lanes[to.lane][1:]; len(rest) > 0 {
		c.lanes[to.lane] = rest
	} else {
		delete(c.lanes, to.lane)
	}
}

// steerOf returns the steering input that an event is about; nil: none.
func steerOf(event *pb.ResponsesServerEvent) *pb.ResponseSteer {
	switch event := event.GetKind().(type) {
	case *pb.ResponsesServerEvent_SteerAccepted:
		return event.SteerAccepted.GetSteer()
	case *pb.ResponsesServerEvent_SteerPending:
		return event.SteerPending.GetSteer()
	case *pb.ResponsesServerEvent_SteerFailed:
		return event.SteerFailed.GetSteer()
	}
	return nil
}

// note keeps what an event says of its response. One that was steered is over when its successor is, or when all of
// its input was refused or waits for another response: so the gateway counts, too.
func (r *LaneResponse) note(event *pb.ResponsesServerEvent) {
	end := func(response *pb.Response) { r.whole, r.ended = response, true }
	switch event := event.GetKind().(type) {
	case *pb.ResponsesServerEvent_Created:
		r.steers, r.ended = 0, false
		r.id = event.Created.GetResponse().GetId()
		r.ids[r.id] = true
	case *pb.ResponsesServerEvent_SteerPending, *pb.ResponsesServerEvent_SteerFailed:
		r.steers = max(r.steers-1, 0)
	case *pb.ResponsesServerEvent_Completed:
		end(event.Completed.GetResponse())
	case *pb.ResponsesServerEvent_Incomplete:
		end(event.Incomplete.GetResponse())
	case *pb.ResponsesServerEvent_Failed:
		end(event.Failed.GetResponse())
	case *pb.ResponsesServerEvent_Error:
		r.failure, r.isOver = eventError(event.Error), true
		return
	}
	r.isOver = r.ended && r.steers == 0
}

// ID returns the id of the response, or of the one that follows it; empty before its first event was received.
func (r *LaneResponse) ID() string {
	r.connection.mutex.Lock()
	defer r.connection.mutex.Unlock()
	return r.id
}

// Lane returns the name of the lane.
func (r *LaneResponse) Lane() string { return r.lane }

// Steer adds input to the response while it runs. If it is accepted, another response follows it, whose events come
// by this one as well.
func (r *LaneResponse) Steer(input *pb.ResponseInput) error {
	id := r.ID()
	if id == "" {
		return errNotCreated
	}
	return r.connection.Steer(id, input)
}

// Recv returns the next event of the response, and [io.EOF] after the last one. A response that failed before its end
// has an error event as the last one, which [LaneResponse.Final] returns as an [*Error].
func (r *LaneResponse) Recv() (*pb.ResponsesServerEvent, error) {
	event, err := r.connection.await(&r.events, func() error {
		switch {
		case r.isLeft:
			return errForgotten
		case r.isOver:
			return io.EOF
		}
		return nil
	})
	if errors.Is(err, io.EOF) && !r.isOver { // the connection's end
		return nil, io.ErrUnexpectedEOF
	}
	return event, err
}

// Leave forgets the events that are left. The response runs on: closing the connection cancels it.
func (r *LaneResponse) Leave() {
	r.connection.mutex.Lock()
	defer r.connection.mutex.Unlock()
	if !r.isOver {
		r.isLeft = true
	}
	r.events = nil
}

// All yields the events. Leaving the loop forgets the rest, as Leave does.
func (r *LaneResponse) All() iter.Seq2[*pb.ResponsesServerEvent, error] {
	return func(yield func(*pb.ResponsesServerEvent, error) bool) {
		defer r.Leave()
		for {
			event, err := r.Recv()
			if errors.Is(err, io.EOF) {
				return
			}
			if !yield(event, err) || err != nil {
				return
			}
		}
	}
}

// Text yields the text that the model says, piece by piece. Leaving the loop forgets the rest.
func (r *LaneResponse) Text() iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		for event, err := range r.All() {
			if err != nil {
				yield("", err)
				return
			}
			if text := event.GetOutputTextDelta().GetDelta(); text != "" && !yield(text, nil) {
				return
			}
		}
		if r.failure != nil {
			yield("", r.failure)
		}
	}
}

// Final reads the rest and returns the whole response, the last one if it was steered. Its status may be `incomplete`;
// for one that failed the error is a [*ResponseFailedError] or an [*Error].
func (r *LaneResponse) Final() (*pb.Response, error) {
	for {
		if _, err := r.Recv(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return nil, err
		}
	}
	switch {
	case r.failure != nil:
		return nil, r.failure
	case r.whole.GetStatus() == pb.ResponseStatusFailed:
		return nil, &ResponseFailedError{r.whole}
	}
	return r.whole, nil
}

// statuses are those of calls that fail with an HTTP status, as docs/errors.md has them.
var statuses = map[int]codes.Code{
	400: codes.InvalidArgument, 401: codes.Unauthenticated, 402: codes.FailedPrecondition, 403: codes.PermissionDenied,
	404: codes.NotFound, 408: codes.DeadlineExceeded, 409: codes.Aborted, 413: codes.InvalidArgument,
	422: codes.InvalidArgument, 429: codes.ResourceExhausted, 503: codes.Unavailable, 504: codes.DeadlineExceeded,
}

// eventError returns the error of an event as that of a call.
func eventError(event *pb.ResponseSocketErrorEvent) *Error {
	code, known := statuses[int(event.GetStatus())]
	if !known {
		code = codes.Internal
	}
	first := func(values ...string) string {
		for _, value := range values {
			if value != "" {
				return value
			}
		}
		return ""
	}
	nested := event.GetError()
	made := &Error{
		Status:     code,
		Message:    first(nested.GetMessage(), event.GetMessage(), "the response failed"),
		HTTPStatus: int(event.GetStatus()),
		Type:       nested.GetType(),
		Code:       first(nested.GetCode(), event.GetCode()),
		Param:      first(nested.GetParam(), event.GetParam()),
		Metadata:   nested.GetHeaders(),
	}
	made.RequestID = made.Metadata["x-request-id"]
	made.MayHaveBeenBilled = !unbilled[code]
	made.status = status.New(code, made.Message)
	return made
}
