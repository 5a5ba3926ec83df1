package openaigrpc_test

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"math/big"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"

	openaigrpc "github.com/openai-grpc/openai-grpc/clients/go"
	options "github.com/openai-grpc/openai-grpc/clients/go/openai_grpc/options/v1"
)

// corpora are where exchanges are: recordings of real servers where there are any, or those of the tests.
var corpora = []string{"../../../shared/corpus", "../../tests/conformance/corpus"}

// exchange is a recorded request with its answer, as tests/conformance/corpus.py describes it.
type exchange struct {
	ID           string          `json:"id"`
	Method       string          `json:"method"`
	Path         string          `json:"op_path"`
	Status       int             `json:"status"`
	RequestBody  json.RawMessage `json:"request_body"`
	ResponseBody json.RawMessage `json:"response_body"`
	Events       []struct {
		Data json.RawMessage `json:"data"`
	} `json:"response_sse"`
}

// operation is the types of a route.
type operation struct {
	request, reply, event protoreflect.MessageDescriptor
}

var parameter = regexp.MustCompile(`\{\w*\}`)

func operations() map[string]*operation {
	found := map[string]*operation{}
	protoregistry.GlobalFiles.RangeFilesByPackage("openai_grpc.v1", func(file protoreflect.FileDescriptor) bool {
		for service := range file.Services().Len() {
			methods := file.Services().Get(service).Methods()
			for index := range methods.Len() {
				method := methods.Get(index)
				told, _ := proto.GetExtension(method.Options(), options.E_Rest).(*options.RestRoute)
				route := told.GetMethod() + " " + parameter.ReplaceAllString(told.GetPath(), "{}")
				if found[route] == nil {
					found[route] = &operation{}
				}
				switch {
				case method.IsStreamingServer():
					found[route].event = method.Output()
					if found[route].request == nil {
						found[route].request = method.Input()
					}
				case !method.IsStreamingClient():
					found[route].request, found[route].reply = method.Input(), method.Output()
				}
			}
		}
		return true
	})
	return found
}

func TestReplay(t *testing.T) {
	routes := operations()
	total, lossy := 0, 0
	for _, line := range recordings(t) {
		var each exchange
		if err := json.Unmarshal(line, &each); err != nil {
			t.Fatal(err)
		}
		route := routes[each.Method+" "+parameter.ReplaceAllString(each.Path, "{}")]
		if route == nil {
			continue
		}
		total++
		var lost []string
		lost = append(lost, through(t, route.request, without(each.RequestBody, "stream"), false)...)
		if each.Status < 300 {
			lost = append(lost, through(t, route.reply, each.ResponseBody, true)...)
			for _, event := range each.Events {
				if route.event != nil {
					lost = append(lost, through(t, route.event, unwrapped(event.Data), true)...)
				}
			}
		}
		if len(lost) > 0 {
			if lossy++; lossy <= 40 {
				t.Errorf("%s: %s", each.ID, strings.Join(lost[:min(len(lost), 3)], "; "))
			}
		}
	}
	if total < 80 || lossy > 0 {
		t.Errorf("replay: lossless %d of %d", total-lossy, total)
	}
	t.Logf("replay: lossless %d of %d", total-lossy, total)
}

func recordings(t *testing.T) [][]byte {
	t.Helper()
	var lines [][]byte
	for _, folder := range corpora {
		files, err := filepath.Glob(filepath.Join(folder, "*.jsonl*"))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range files {
			file, err := os.Open(name)
			if err != nil {
				t.Fatal(err)
			}
			var source io.Reader = file
			if strings.HasSuffix(name, ".gz") {
				if source, err = gzip.NewReader(file); err != nil {
					t.Fatal(err)
				}
			}
			reader := bufio.NewReaderSize(source, 1<<20)
			for {
				line, err := reader.ReadBytes('\n')
				if len(bytes.TrimSpace(line)) > 0 {
					lines = append(lines, line)
				}
				if err != nil {
					break
				}
			}
			_ = file.Close()
		}
		if len(lines) > 0 {
			return lines
		}
	}
	t.Fatalf("no exchanges in %v", corpora)
	return nil
}

// TestCasesOfAnotherCodec compares messages with those that the Python codec reads, which test_go.py writes down.
func TestCasesOfAnotherCodec(t *testing.T) {
	name, ok := os.LookupEnv("OPENAI_GRPC_TEST_CASES")
	if !ok {
		t.Skip("OPENAI_GRPC_TEST_CASES is not set: test_go.py runs this one by itself")
	}
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	count := 0
	for line := range bytes.Lines(text) {
		var kind, body string
		var wire *string
		var reply bool
		if err := json.Unmarshal(line, &[]any{&kind, &reply, &body, &wire}); err != nil {
			t.Fatal(err)
		}
		found, err := protoregistry.GlobalTypes.FindMessageByName(protoreflect.FullName(kind))
		if err != nil {
			t.Fatal(err)
		}
		read, want := found.New(), found.New()
		decode := openaigrpc.RequestFromJSON
		if reply {
			decode = openaigrpc.FromJSON
		}
		count++
		if err := decode([]byte(body), read.Interface()); err != nil {
			if wire != nil {
				t.Errorf("%v: %s", err, body)
			}
			continue
		}
		if wire == nil {
			t.Errorf("%s was read as %v", body, read.Interface())
			continue
		}
		lost := through(t, found.Descriptor(), json.RawMessage(body), reply)
		data, err := base64.StdEncoding.DecodeString(*wire)
		if err != nil {
			t.Fatal(err)
		}
		if err := proto.Unmarshal(data, want.Interface()); err != nil {
			t.Fatal(err)
		}
		sortJSON(read)
		sortJSON(want)
		if len(lost) > 0 || !proto.Equal(read.Interface(), want.Interface()) {
			t.Errorf("%s: %v\n%v\n%v", body, lost, read.Interface(), want.Interface())
		}
	}
	t.Logf("%d cases", count)
}

// sortJSON writes the texts of a message that are JSON in one way.
func sortJSON(message protoreflect.Message) {
	message.Range(func(field protoreflect.FieldDescriptor, value protoreflect.Value) bool {
		told, _ := proto.GetExtension(field.Options(), options.E_Json).(*options.JsonField)
		raw := told.GetForm() == options.JsonForm_JSON_FORM_RAW || told.GetForm() == options.JsonForm_JSON_FORM_EXTRA
		switch {
		case field.IsMap():
			if field.MapValue().Message() != nil {
				value.Map().Range(func(_ protoreflect.MapKey, each protoreflect.Value) bool {
					sortJSON(each.Message())
					return true
				})
			}
		case field.IsList():
			for index := range value.List().Len() {
				if field.Message() != nil {
					sortJSON(value.List().Get(index).Message())
				} else if raw {
					value.List().Set(index, protoreflect.ValueOfString(sortedJSON(value.List().Get(index).String())))
				}
			}
		case field.Message() != nil:
			sortJSON(value.Message())
		case raw:
			message.Set(field, protoreflect.ValueOfString(sortedJSON(value.String())))
		}
		return true
	})
}

func sortedJSON(text string) string {
	var value any
	reader := json.NewDecoder(strings.NewReader(text))
	reader.UseNumber()
	if reader.Decode(&value) != nil {
		return text
	}
	sorted, err := json.Marshal(rational(value))
	if err != nil {
		return text
	}
	return string(sorted)
}

// rational writes every number in one way.
func rational(value any) any {
	switch value := value.(type) {
	case map[string]any:
		for key, item := range value {
			value[key] = rational(item)
		}
	case []any:
		for index, item := range value {
			value[index] = rational(item)
		}
	case json.Number:
		if number, ok := new(big.Rat).SetString(value.String()); ok {
			return number.RatString()
		}
	}
	return value
}

// through sends a JSON object through a message and its wire form, and returns what of it was lost.
func through(t *testing.T, kind protoreflect.MessageDescriptor, body json.RawMessage, reply bool) []string {
	t.Helper()
	if kind == nil || !bytes.HasPrefix(bytes.TrimSpace(body), []byte("{")) {
		return nil
	}
	found, err := protoregistry.GlobalTypes.FindMessageByName(kind.FullName())
	if err != nil {
		t.Fatal(err)
	}
	read := openaigrpc.RequestFromJSON
	if reply {
		read = openaigrpc.FromJSON
	}
	message := found.New().Interface()
	if err := read(body, message); err != nil {
		return []string{fmt.Sprintf("%s: %v", kind.Name(), err)}
	}
	wire, err := proto.Marshal(message)
	if err != nil {
		return []string{fmt.Sprintf("%s: %v", kind.Name(), err)}
	}
	second := found.New().Interface()
	if err := proto.Unmarshal(wire, second); err != nil {
		return []string{fmt.Sprintf("%s: %v", kind.Name(), err)}
	}
	back, err := openaigrpc.ToJSON(second)
	if err != nil {
		return []string{fmt.Sprintf("%s: %v", kind.Name(), err)}
	}
	return differences(decoded(t, body), decoded(t, back), reply, string(kind.Name()))
}

func decoded(t *testing.T, text []byte) any {
	t.Helper()
	var value any
	reader := json.NewDecoder(bytes.NewReader(text))
	reader.UseNumber()
	if err := reader.Decode(&value); err != nil {
		t.Fatalf("%v in %.200s", err, text)
	}
	return value
}

// differences returns where two JSON values differ. Numbers are the same as decimals; in a reply null, an empty
// list and an empty object are the same as an absent key.
func differences(sent, received any, reply bool, path string) []string {
	switch sent := sent.(type) {
	case map[string]any:
		received, ok := received.(map[string]any)
		if !ok {
			break
		}
		var lost []string
		for key, value := range sent {
			other, found := received[key]
			switch {
			case reply && isAbsent(value) && isAbsent(other):
			case !found:
				lost = append(lost, path+"."+key+" lost")
			default:
				lost = append(lost, differences(value, other, reply, path+"."+key)...)
			}
		}
		for key, value := range received {
			if _, found := sent[key]; !found && !(reply && isAbsent(value)) {
				lost = append(lost, path+"."+key+" added")
			}
		}
		return lost
	case []any:
		received, ok := received.([]any)
		if !ok || len(sent) != len(received) {
			break
		}
		var lost []string
		for index := range sent {
			lost = append(lost, differences(sent[index], received[index], reply, fmt.Sprintf("%s[%d]", path, index))...)
		}
		return lost
	case json.Number:
		received, ok := received.(json.Number)
		if !ok {
			break
		}
		one, _ := new(big.Rat).SetString(sent.String())
		other, _ := new(big.Rat).SetString(received.String())
		if one != nil && other != nil && one.Cmp(other) == 0 {
			return nil
		}
	default:
		if sent == received {
			return nil
		}
	}
	return []string{path + " changed"}
}

func isAbsent(value any) bool {
	switch value := value.(type) {
	case nil:
		return true
	case []any:
		return len(value) == 0
	case map[string]any:
		return len(value) == 0
	}
	return false
}

func without(body json.RawMessage, key string) json.RawMessage {
	var fields map[string]json.RawMessage
	if json.Unmarshal(body, &fields) != nil || fields[key] == nil {
		return body
	}
	delete(fields, key)
	text, err := json.Marshal(fields)
	if err != nil {
		return nil
	}
	return text
}

// unwrapped returns the data of an event that was recorded as text.
func unwrapped(data json.RawMessage) json.RawMessage {
	var text string
	if json.Unmarshal(data, &text) != nil {
		return data
	}
	return json.RawMessage(text)
}
