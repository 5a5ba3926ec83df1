package openaigrpc

import (
	"context"
	"strconv"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	pb "github.com/openai-grpc/openai-grpc/clients/go/openai_grpc/v1"
)

// Error is how a call of a [Client] fails. [errors.As] finds it:
//
//	var failure *openaigrpc.Error
//	if errors.As(err, &failure) && failure.Status == codes.ResourceExhausted { ... }
//
// It is also what [status.FromError] takes, and [errors.Is] finds [context.DeadlineExceeded] and
// [context.Canceled] in one with the status of that name.
type Error struct {
	// Status is the gRPC status.
	Status codes.Code
	// Message says what went wrong, for people.
	Message string
	// Reason says it for programs, such as RATE_LIMITED. Empty where the call failed on the way.
	Reason string
	// HTTPStatus is the upstream's; 0 where it did not answer.
	HTTPStatus int
	// Type, Code and Param are those of OpenAI's error object; empty where it had none.
	Type, Code, Param string
	// RequestID is the upstream's id of the request, or else the gateway's of the call.
	RequestID string
	// RetryAfter is when to try again; 0 where nobody said.
	RetryAfter time.Duration
	// MayHaveBeenBilled tells whether an upstream may have carried the call out; false: surely not.
	MayHaveBeenBilled bool
	// FieldViolations name the fields of the request that are at fault.
	FieldViolations []*errdetails.BadRequest_FieldViolation
	// Quota names the limits that are spent.
	Quota []*errdetails.QuotaFailure_Violation
	// Metadata has all that the upstream's error object said, by its keys.
	Metadata map[string]string
	// Call is what came with the error, such as rate limits.
	Call Call

	status *status.Status
}

// Error returns the message with the status, the reason and the id of the request.
func (e *Error) Error() string {
	text := e.Message + " (" + e.Status.String()
	if e.Reason != "" {
		text += ", " + e.Reason
	}
	text += ")"
	if e.RequestID != "" {
		text += " [request " + e.RequestID + "]"
	}
	return text
}

// GRPCStatus returns the status with its details.
func (e *Error) GRPCStatus() *status.Status { return e.status }

// Is finds the errors of a context in those of a call that it ended.
func (e *Error) Is(target error) bool {
	return (target == context.DeadlineExceeded && e.Status == codes.DeadlineExceeded) ||
		(target == context.Canceled && e.Status == codes.Canceled)
}

// unbilled are the statuses of calls that were refused before an upstream began them, which the gateway
// gives to no other call (docs/errors.md).
var unbilled = map[codes.Code]bool{
	codes.InvalidArgument: true, codes.NotFound: true, codes.PermissionDenied: true, codes.Unauthenticated: true,
	codes.FailedPrecondition: true, codes.Aborted: true, codes.ResourceExhausted: true, codes.Unimplemented: true,
	codes.Unavailable: true, codes.OutOfRange: true,
}

// newError reads the details of a failed call.
func newError(err error, call *Call, sent bool) *Error {
	told := status.Convert(err)
	made := &Error{Status: told.Code(), Message: told.Message(), Call: *call, status: told}
	for _, detail := range told.Details() {
		switch detail := detail.(type) {
		case *errdetails.ErrorInfo:
			made.Reason, made.Metadata = detail.GetReason(), detail.GetMetadata()
		case *errdetails.RetryInfo:
			made.RetryAfter = detail.GetRetryDelay().AsDuration()
		case *errdetails.BadRequest:
			made.FieldViolations = detail.GetFieldViolations()
		case *errdetails.QuotaFailure:
			made.Quota = detail.GetViolations()
		}
	}
	made.HTTPStatus, _ = strconv.Atoi(made.Metadata["http_status"])
	made.Type, made.Code, made.Param = made.Metadata["type"], made.Metadata["code"], made.Metadata["param"]
	for _, id := range []string{made.Metadata["request_id"], call.UpstreamRequestID(), call.RequestID()} {
		if id != "" {
			made.RequestID = id
			break
		}
	}
	made.MayHaveBeenBilled = sent && mayBeBilled(made)
	return made
}

func mayBeBilled(failure *Error) bool {
	switch failure.Reason {
	case "": // not the gateway's: the connection may have been lost with the call under way
		return true
	case "UPSTREAM_CREDENTIALS", "UPSTREAM_REDIRECT":
		return false
	case "MESSAGE_TOO_LARGE": // the reply may be what is too large
		return true
	}
	return !unbilled[failure.Status]
}

// ResponseFailedError is a response that the model failed to make; the call itself went well.
type ResponseFailedError struct {
	// Response has in its `error` why.
	Response *pb.Response
}

// Error says why the response failed.
func (e *ResponseFailedError) Error() string {
	why := e.Response.GetError().GetMessage()
	if why == "" {
		why = e.Response.GetError().GetCode()
	}
	if why == "" {
		why = "the upstream did not say why"
	}
	return "the response failed: " + why
}

// Detail returns the first detail of type T of a gRPC error, such as *[errdetails.QuotaFailure] or
// *[errdetails.BadRequest], and whether there is one.
func Detail[T proto.Message](err error) (T, bool) {
	for _, detail := range status.Convert(err).Details() {
		if found, ok := detail.(T); ok {
			return found, true
		}
	}
	var none T
	return none, false
}

// ErrorInfo returns why a call failed: a reason such as RATE_LIMITED, and as metadata what is
// known of http_status, type, param, code and request_id. It is nil for an error that is not the
// gateway's, such as a refused connection; its getters may be called all the same.
func ErrorInfo(err error) *errdetails.ErrorInfo {
	info, _ := Detail[*errdetails.ErrorInfo](err)
	return info
}

// RetryDelay returns how long upstream asks to wait before the call is tried again, and whether it
// does.
func RetryDelay(err error) (time.Duration, bool) {
	info, ok := Detail[*errdetails.RetryInfo](err)
	if !ok {
		return 0, false
	}
	return info.GetRetryDelay().AsDuration(), true
}
