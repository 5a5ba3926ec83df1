module calls

go 1.25.0

require (
	github.com/openai-grpc/openai-grpc/clients/go v0.0.0
	github.com/openai/openai-go/v3 v3.30.0
	google.golang.org/grpc v1.80.0
)

require (
	github.com/tidwall/gjson v1.18.0 // indirect
	github.com/tidwall/match v1.1.1 // indirect
	github.com/tidwall/pretty v1.2.1 // indirect
	github.com/tidwall/sjson v1.2.5 // indirect
	golang.org/x/net v0.49.0 // indirect
	golang.org/x/sys v0.40.0 // indirect
	golang.org/x/text v0.33.0 // indirect
	google.golang.org/genproto/googleapis/rpc v0.0.0-20260120221211-b8f7ae30c516 // indirect
	google.golang.org/protobuf v1.36.11 // indirect
)

replace github.com/openai-grpc/openai-grpc/clients/go => ../../../clients/go
