package openaigrpc

import (
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
)

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
