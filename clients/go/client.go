package openaigrpc

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/descriptorpb"

	pb "github.com/openai-grpc/openai-grpc/clients/go/openai_grpc/v1"
)

// DefaultTimeout is the time limit of a call with one reply whose context has no deadline.
const DefaultTimeout = 10 * time.Minute

// DefaultRetries is how often a call is made again that failed before anything could be billed.
const DefaultRetries = 2

// Client calls a gateway. It may be used by several goroutines at once; one serves a whole program.
//
// Every error of a call is an [*Error]. The services embed the generated clients, so every RPC is there
// under its own name, beside the shorter ways to call it.
type Client struct {
	Chat          Chat
	Responses     Responses
	Conversations Conversations
	Embeddings    Embeddings
	Audio         Audio
	Images        Images
	Moderations   Moderations
	Completions   Completions
	Models        Models
	Files         Files
	Batches       Batches
	Videos        Videos
	Raw           Raw
	Uploads       Uploads
	Decisions     Decisions
	// ContentProvenanceChecks looks for signs that a file was generated.
	ContentProvenanceChecks ContentProvenanceChecks

	Realtime Realtime

	connection *grpc.ClientConn
}

// Chat has the RPCs of chat completions.
type Chat struct{ pb.ChatServiceClient }

// Responses has the RPCs of the Responses API.
type Responses struct{ pb.ResponsesServiceClient }

// Conversations has the RPCs of conversations and their items.
type Conversations struct{ pb.ConversationsServiceClient }

// Embeddings has the RPCs of embeddings.
type Embeddings struct{ pb.EmbeddingsServiceClient }

// Audio has the RPCs of transcription, translation and speech.
type Audio struct{ pb.AudioServiceClient }

// Images has the RPCs of images.
type Images struct{ pb.ImagesServiceClient }

// Moderations has the RPC of moderations.
type Moderations struct{ pb.ModerationsServiceClient }

// Files has the RPCs of uploaded files.
type Files struct{ pb.FilesServiceClient }

// Batches has the RPCs of batches.
type Batches struct{ pb.BatchesServiceClient }

// Videos has the RPCs of videos and characters for them.
type Videos struct{ pb.VideosServiceClient }

// Raw has the RPCs of raw calls: paths of the upstream's API that the contract does not have, as the gateway's
// operator allows them.
type Raw struct{ pb.RawServiceClient }

// Uploads has the RPCs of uploads in parts.
type Uploads struct {
	pb.UploadsServiceClient

	retries int
}

// Decisions has the RPC of answers to closed questions.
type Decisions struct{ pb.DecisionsServiceClient }

// ContentProvenanceChecks has the RPCs of checks whether files were generated.
type ContentProvenanceChecks struct {
	pb.ContentProvenanceChecksServiceClient
}

// Realtime has the RPCs of realtime sessions, client secrets and calls.
type Realtime struct{ pb.RealtimeServiceClient }

// Completions has the RPCs of the older completions.
type Completions struct{ pb.CompletionsServiceClient }

// Models has the RPCs of models.
type Models struct{ pb.ModelsServiceClient }

// NewClient returns a client of the gateway at an address; it connects at the first call.
//
// The address is a host with or without a port (default 50051), several with commas between them, or
// any target of gRPC's name resolution, such as dns:///gateway.internal:50051 or unix:///run/gateway.sock.
// Calls are balanced over all of them. An empty address is that of the variable OPENAI_GRPC_ADDRESS, or
// localhost. Without [WithTLS] and its relatives the connection is not encrypted.
func NewClient(address string, options ...Option) (*Client, error) {
	made := settings{timeout: DefaultTimeout, retries: DefaultRetries, maxBytes: MaxMessageBytes}
	for _, option := range options {
		if err := option(&made); err != nil {
			return nil, err
		}
	}
	if address == "" {
		address = os.Getenv("OPENAI_GRPC_ADDRESS")
	}
	target, resolvers, err := parseAddress(address)
	if err != nil {
		return nil, err
	}
	dial, err := made.dialOptions()
	if err != nil {
		return nil, err
	}
	dial = append(dial, resolvers...)
	connection, err := grpc.NewClient(target, append(dial, made.dial...)...)
	if err != nil {
		return nil, fmt.Errorf("invalid address %q: %w", address, err)
	}
	return clientOf(connection, made.retries), nil
}

func clientOf(connection *grpc.ClientConn, retries int) *Client {
	return &Client{
		Chat:          Chat{pb.NewChatServiceClient(connection)},
		Responses:     Responses{pb.NewResponsesServiceClient(connection)},
		Conversations: Conversations{pb.NewConversationsServiceClient(connection)},
		Embeddings:    Embeddings{pb.NewEmbeddingsServiceClient(connection)},
		Audio:         Audio{pb.NewAudioServiceClient(connection)},
		Images:        Images{pb.NewImagesServiceClient(connection)},
		Moderations:   Moderations{pb.NewModerationsServiceClient(connection)},
		Completions:   Completions{pb.NewCompletionsServiceClient(connection)},
		Models:        Models{pb.NewModelsServiceClient(connection)},
		connection:    connection,
		Files:         Files{pb.NewFilesServiceClient(connection)},
		Batches:       Batches{pb.NewBatchesServiceClient(connection)},
		Videos:        Videos{pb.NewVideosServiceClient(connection)},
		Raw:           Raw{pb.NewRawServiceClient(connection)},
		Uploads:       Uploads{pb.NewUploadsServiceClient(connection), retries},
		Decisions:     Decisions{pb.NewDecisionsServiceClient(connection)},
		ContentProvenanceChecks: ContentProvenanceChecks{
			pb.NewContentProvenanceChecksServiceClient(connection),
		},

		Realtime: Realtime{pb.NewRealtimeServiceClient(connection)},
	}
}

// Conn returns the connection, for stubs of other services such as health and reflection.
func (c *Client) Conn() *grpc.ClientConn { return c.connection }

// Close ends all calls and the connection.
func (c *Client) Close() error { return c.connection.Close() }

// Option sets how a client connects and calls.
type Option func(*settings) error

type settings struct {
	token    func(context.Context) (string, error)
	tls      *tls.Config
	timeout  time.Duration
	retries  int
	maxBytes int
	metadata []string
	unary    []grpc.UnaryClientInterceptor
	stream   []grpc.StreamClientInterceptor
	dial     []grpc.DialOption
}

// WithKey sends a key with every call, as a bearer token.
func WithKey(key string) Option {
	if err := checkKey(key); err != nil {
		return func(*settings) error { return err }
	}
	return WithToken(func(context.Context) (string, error) { return key, nil })
}

func checkKey(key string) error {
	if key == "" {
		return errors.New("empty key: give one, or leave the option out")
	}
	for index := range len(key) {
		if key[index] <= ' ' || key[index] > '~' {
			return fmt.Errorf("invalid key: byte %d is not visible ASCII, perhaps a line break", index)
		}
	}
	return nil
}

// WithToken sends a bearer token that is asked for at each attempt of a call, for tokens that expire.
// The function may be called by several goroutines at once; its error ends the call.
func WithToken(token func(context.Context) (string, error)) Option {
	return func(s *settings) error {
		s.token = token
		return nil
	}
}

// WithTLS encrypts the connection; nil stands for the system's certificate authorities.
func WithTLS(config *tls.Config) Option {
	return func(s *settings) error {
		server, own := s.tlsConfig().RootCAs, s.tlsConfig().Certificates
		s.tls = &tls.Config{MinVersion: tls.VersionTLS12}
		if config != nil {
			s.tls = config.Clone()
		}
		if s.tls.RootCAs == nil {
			s.tls.RootCAs = server
		}
		if s.tls.Certificates == nil {
			s.tls.Certificates = own
		}
		return nil
	}
}

// WithCA encrypts the connection, and trusts the authorities of a PEM file instead of the system's.
func WithCA(file string) Option {
	return func(s *settings) error {
		text, err := os.ReadFile(file)
		if err != nil {
			return fmt.Errorf("unreadable CA file: %w", err)
		}
		authorities := x509.NewCertPool()
		if !authorities.AppendCertsFromPEM(text) {
			return fmt.Errorf("no certificate in CA file %s: it must be PEM", file)
		}
		s.tlsConfig().RootCAs = authorities
		return nil
	}
}

// WithCertificate encrypts the connection, and shows the gateway a certificate of the client's own.
// Both files are PEM.
func WithCertificate(certificateFile, keyFile string) Option {
	return func(s *settings) error {
		certificate, err := tls.LoadX509KeyPair(certificateFile, keyFile)
		if err != nil {
			return fmt.Errorf("unusable client certificate: %w", err)
		}
		s.tlsConfig().Certificates = []tls.Certificate{certificate}
		return nil
	}
}

// WithTimeout is the time limit of a call with one reply whose context has no deadline, all attempts
// together. Default: [DefaultTimeout]; 0: none. Streams have only what their context says.
func WithTimeout(limit time.Duration) Option {
	return func(s *settings) error {
		if limit < 0 {
			return fmt.Errorf("invalid time limit %v: must not be negative", limit)
		}
		s.timeout = limit
		return nil
	}
}

// WithRetries is how often a call is made again that failed before anything could be billed: 0 to 4.
// Default: [DefaultRetries]. A gateway that has retried by itself says so, and the call is not made again.
func WithRetries(most int) Option {
	return func(s *settings) error {
		if most < 0 || most > 4 {
			return fmt.Errorf("invalid number of retries %d: must be 0 to 4", most)
		}
		s.retries = most
		return nil
	}
}

// WithMaxMessageBytes is the largest message in either direction. Default: [MaxMessageBytes].
func WithMaxMessageBytes(limit int) Option {
	return func(s *settings) error {
		if limit < 1 {
			return fmt.Errorf("invalid message size %d: must be at least 1 byte", limit)
		}
		s.maxBytes = limit
		return nil
	}
}

// WithMetadata sends metadata with every call: keys and values by turns.
func WithMetadata(pairs ...string) Option {
	return func(s *settings) error {
		if len(pairs)%2 != 0 {
			return errors.New("odd number of metadata arguments: give keys and values by turns")
		}
		s.metadata = append(s.metadata, pairs...)
		return nil
	}
}

// WithUnaryInterceptors adds interceptors around calls with one request and one reply. They see each
// call once, however often it is retried, and its error as an [*Error].
func WithUnaryInterceptors(interceptors ...grpc.UnaryClientInterceptor) Option {
	return func(s *settings) error {
		s.unary = append(s.unary, interceptors...)
		return nil
	}
}

// WithStreamInterceptors adds interceptors around calls that stream, like [WithUnaryInterceptors].
func WithStreamInterceptors(interceptors ...grpc.StreamClientInterceptor) Option {
	return func(s *settings) error {
		s.stream = append(s.stream, interceptors...)
		return nil
	}
}

// WithDialOptions adds options of gRPC, which override the client's own.
func WithDialOptions(options ...grpc.DialOption) Option {
	return func(s *settings) error {
		s.dial = append(s.dial, options...)
		return nil
	}
}

func (s *settings) tlsConfig() *tls.Config {
	if s.tls == nil {
		s.tls = &tls.Config{MinVersion: tls.VersionTLS12}
	}
	return s.tls
}

func (s *settings) dialOptions() ([]grpc.DialOption, error) {
	config, err := serviceConfig(s.retries)
	if err != nil {
		return nil, err
	}
	calls := &caller{timeout: s.timeout, retries: s.retries, metadata: s.metadata}
	options := append(channelOptions(s.maxBytes),
		grpc.WithDefaultServiceConfig(config),
		grpc.WithChainUnaryInterceptor(append(s.unary[:len(s.unary):len(s.unary)], calls.unary)...),
		grpc.WithChainStreamInterceptor(append(s.stream[:len(s.stream):len(s.stream)], calls.stream)...),
	)
	token := s.token
	if key := os.Getenv("OPENAI_GRPC_API_KEY"); token == nil && key != "" {
		if err := checkKey(key); err != nil {
			return nil, fmt.Errorf("OPENAI_GRPC_API_KEY: %w", err)
		}
		token = func(context.Context) (string, error) { return key, nil }
	}
	if token != nil {
		options = append(options, grpc.WithPerRPCCredentials(bearer(token)))
	}
	if s.tls != nil {
		return append(options, grpc.WithTransportCredentials(credentials.NewTLS(s.tls))), nil
	}
	return append(options, grpc.WithTransportCredentials(insecure.NewCredentials())), nil
}

type bearer func(context.Context) (string, error)

func (b bearer) GetRequestMetadata(ctx context.Context, _ ...string) (map[string]string, error) {
	token, err := b(ctx)
	if err != nil {
		return nil, err
	}
	return map[string]string{"authorization": "Bearer " + token}, nil
}

// A gateway on the same host or in a mesh is called in plain text.
func (b bearer) RequireTransportSecurity() bool { return false }

// serviceConfig balances calls over all addresses, and lets gRPC repeat those that may be repeated
// without harm. Of the others, the caller below repeats what the gateway says was not begun.
func serviceConfig(retries int) (string, error) {
	config := map[string]any{"loadBalancingConfig": []any{map[string]any{"round_robin": struct{}{}}}}
	if retries > 0 {
		var names []map[string]string
		for _, service := range services() {
			for index := range service.Methods().Len() {
				if method := service.Methods().Get(index); repeatable(method) {
					name := map[string]string{"service": string(service.FullName()), "method": string(method.Name())}
					names = append(names, name)
				}
			}
		}
		config["methodConfig"] = []any{map[string]any{"name": names, "retryPolicy": map[string]any{
			"maxAttempts":          retries + 1,
			"initialBackoff":       "0.2s",
			"maxBackoff":           "5s",
			"backoffMultiplier":    2,
			"retryableStatusCodes": []string{"UNAVAILABLE"},
		}}}
	}
	text, err := json.Marshal(config)
	return string(text), err
}

func services() []protoreflect.ServiceDescriptor {
	files := []protoreflect.FileDescriptor{
		pb.File_openai_grpc_v1_chat_proto, pb.File_openai_grpc_v1_responses_proto,
		pb.File_openai_grpc_v1_embeddings_proto, pb.File_openai_grpc_v1_audio_proto,
		pb.File_openai_grpc_v1_completions_proto, pb.File_openai_grpc_v1_models_proto,
		pb.File_openai_grpc_v1_images_proto, pb.File_openai_grpc_v1_moderations_proto,
		pb.File_openai_grpc_v1_conversations_proto,
		pb.File_openai_grpc_v1_files_proto, pb.File_openai_grpc_v1_batches_proto,
		pb.File_openai_grpc_v1_videos_proto, pb.File_openai_grpc_v1_raw_proto,
		pb.File_openai_grpc_v1_uploads_proto,
		pb.File_openai_grpc_v1_decisions_proto, pb.File_openai_grpc_v1_content_provenance_checks_proto,
	}
	var found []protoreflect.ServiceDescriptor
	for _, file := range files {
		for index := range file.Services().Len() {
			found = append(found, file.Services().Get(index))
		}
	}
	return found
}

// repeatable tells whether carrying a call out twice does no harm.
func repeatable(method protoreflect.MethodDescriptor) bool {
	options, ok := method.Options().(*descriptorpb.MethodOptions)
	return ok && options.GetIdempotencyLevel() != descriptorpb.MethodOptions_IDEMPOTENCY_UNKNOWN
}
