package openaigrpc_test

import (
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/grpc/peer"
	"google.golang.org/protobuf/proto"

	openaigrpc "github.com/openai-grpc/openai-grpc/clients/go"
)

// checkJSON compares a message's JSON with what it should be.
func checkJSON(t *testing.T, message proto.Message, want string) {
	t.Helper()
	got, err := openaigrpc.ToJSON(message)
	if err != nil {
		t.Error(err)
		return
	}
	if lost := differences(decoded(t, []byte(want)), decoded(t, got), false, "$"); len(lost) > 0 {
		t.Errorf("%v in %s", lost, got)
	}
}

// peerOf returns the address that answered a stream.
func peerOf(stream grpc.ClientStream) string {
	found, ok := peer.FromContext(stream.Context())
	if !ok {
		return ""
	}
	return found.Addr.String()
}
