package openaigrpc

import (
	"mime"
	"net/http"
	"os"
	"path/filepath"
	"strings"

	"google.golang.org/protobuf/proto"

	pb "github.com/openai-grpc/openai-grpc/clients/go/openai_grpc/v1"
)

// Ptr returns a pointer to a value, for a field that may be absent.
func Ptr[T any](value T) *T { return &value }

// Content is what a chat message says: a text, or parts.
type Content interface {
	string | []*pb.ChatCompletionContentPart
}

// Messages returns messages as a list.
func Messages(messages ...*pb.ChatCompletionRequestMessage) []*pb.ChatCompletionRequestMessage {
	return messages
}

// Parts returns content parts as a list.
func Parts(parts ...*pb.ChatCompletionContentPart) []*pb.ChatCompletionContentPart { return parts }

// UserMessage returns a message of the user.
func UserMessage[C Content](content C) *pb.ChatCompletionRequestMessage {
	message := &pb.ChatCompletionRequestUserMessage{Content: contentOf(content)}
	return &pb.ChatCompletionRequestMessage{Kind: &pb.ChatCompletionRequestMessage_User{User: message}}
}

// SystemMessage returns instructions, for models that have no developer role.
func SystemMessage[C Content](content C) *pb.ChatCompletionRequestMessage {
	message := &pb.ChatCompletionRequestSystemMessage{Content: contentOf(content)}
	return &pb.ChatCompletionRequestMessage{Kind: &pb.ChatCompletionRequestMessage_System{System: message}}
}

// DeveloperMessage returns instructions that the model follows before what users say.
func DeveloperMessage[C Content](content C) *pb.ChatCompletionRequestMessage {
	message := &pb.ChatCompletionRequestDeveloperMessage{Content: contentOf(content)}
	return &pb.ChatCompletionRequestMessage{Kind: &pb.ChatCompletionRequestMessage_Developer{Developer: message}}
}

// AssistantMessage returns what the model said: a text, or the message of a reply as it is.
func AssistantMessage[M string | *pb.ChatCompletionMessage](said M) *pb.ChatCompletionRequestMessage {
	var message *pb.ChatCompletionMessage
	switch said := any(said).(type) {
	case string:
		message = &pb.ChatCompletionMessage{Content: &said}
	case *pb.ChatCompletionMessage:
		message = said
	}
	return &pb.ChatCompletionRequestMessage{Kind: &pb.ChatCompletionRequestMessage_Assistant{Assistant: message}}
}

// ToolMessage returns the result of a tool call.
func ToolMessage[C Content](callID string, content C) *pb.ChatCompletionRequestMessage {
	message := &pb.ChatCompletionRequestToolMessage{Content: contentOf(content), ToolCallId: &callID}
	return &pb.ChatCompletionRequestMessage{Kind: &pb.ChatCompletionRequestMessage_Tool{Tool: message}}
}

func contentOf[C Content](content C) *pb.ChatCompletionContent {
	switch content := any(content).(type) {
	case string:
		return &pb.ChatCompletionContent{Kind: &pb.ChatCompletionContent_Text{Text: content}}
	case []*pb.ChatCompletionContentPart:
		parts := &pb.ChatCompletionContentParts{Parts: content}
		return &pb.ChatCompletionContent{Kind: &pb.ChatCompletionContent_Parts{Parts: parts}}
	}
	return nil
}

// TextPart returns a text.
func TextPart(text string) *pb.ChatCompletionContentPart {
	part := &pb.ChatCompletionContentPartText{Text: &text}
	return &pb.ChatCompletionContentPart{Kind: &pb.ChatCompletionContentPart_Text{Text: part}}
}

// ImageURLPart returns an image that upstream fetches.
func ImageURLPart(url string) *pb.ChatCompletionContentPart {
	return imagePart(&pb.ChatCompletionContentPartImage_ImageUrl{
		Source: &pb.ChatCompletionContentPartImage_ImageUrl_Url{Url: url},
	})
}

// ImagePart returns an image of bytes; their type is read off them.
func ImagePart(data []byte) *pb.ChatCompletionContentPart {
	return imagePart(&pb.ChatCompletionContentPartImage_ImageUrl{
		Source: &pb.ChatCompletionContentPartImage_ImageUrl_Data{Data: inline("", data)},
	})
}

// ImagePathPart returns the image in a file.
func ImagePathPart(path string) (*pb.ChatCompletionContentPart, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	return imagePart(&pb.ChatCompletionContentPartImage_ImageUrl{
		Source: &pb.ChatCompletionContentPartImage_ImageUrl_Data{Data: inline(path, data)},
	}), nil
}

func imagePart(image *pb.ChatCompletionContentPartImage_ImageUrl) *pb.ChatCompletionContentPart {
	part := &pb.ChatCompletionContentPartImage{ImageUrl: image}
	return &pb.ChatCompletionContentPart{Kind: &pb.ChatCompletionContentPart_ImageUrl{ImageUrl: part}}
}

// AudioPart returns audio of a format, `wav` or `mp3`.
func AudioPart(data []byte, format string) *pb.ChatCompletionContentPart {
	audio := &pb.ChatCompletionContentPartInputAudio_InputAudio{Data: data, Format: &format}
	part := &pb.ChatCompletionContentPartInputAudio{InputAudio: audio}
	return &pb.ChatCompletionContentPart{Kind: &pb.ChatCompletionContentPart_InputAudio{InputAudio: part}}
}

// FilePart returns a file of bytes, such as a PDF; its name says what it is.
func FilePart(name string, data []byte) *pb.ChatCompletionContentPart {
	return filePart(&pb.ChatCompletionContentPartFile_File{
		Filename: &name,
		Source:   &pb.ChatCompletionContentPartFile_File_Data{Data: inline(name, data)},
	})
}

// FilePathPart returns a file.
func FilePathPart(path string) (*pb.ChatCompletionContentPart, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	return FilePart(filepath.Base(path), data), nil
}

// FileIDPart returns a file that was uploaded before.
func FileIDPart(id string) *pb.ChatCompletionContentPart {
	return filePart(&pb.ChatCompletionContentPartFile_File{FileId: &id})
}

func filePart(file *pb.ChatCompletionContentPartFile_File) *pb.ChatCompletionContentPart {
	part := &pb.ChatCompletionContentPartFile{File: file}
	return &pb.ChatCompletionContentPart{Kind: &pb.ChatCompletionContentPart_File{File: part}}
}

// inline types bytes by the extension of a name, or by themselves.
func inline(name string, data []byte) *pb.InlineData {
	kind := mime.TypeByExtension(filepath.Ext(name))
	if kind == "" {
		kind = http.DetectContentType(data)
	}
	kind, _, _ = strings.Cut(kind, ";")
	return &pb.InlineData{MimeType: &kind, Data: data}
}

// FunctionTool returns a function that the model may call. Its parameters are a JSON Schema, as text or made
// from a type by [SchemaOf]; one from a type is strict.
func FunctionTool[S string | Schema](name, description string, parameters S) *pb.ChatCompletionTool {
	text, strict := schemaText(parameters)
	definition := &pb.FunctionDefinition{Name: &name, Description: &description, ParametersJson: &text, Strict: strict}
	return &pb.ChatCompletionTool{Kind: &pb.ChatCompletionTool_Function{
		Function: &pb.ChatCompletionFunctionTool{Function: definition},
	}}
}

// ToolChoice returns `auto`, `none` or `required`.
func ToolChoice(mode string) *pb.ChatCompletionToolChoice {
	return &pb.ChatCompletionToolChoice{Kind: &pb.ChatCompletionToolChoice_Mode{Mode: mode}}
}

// ToolChoiceOf makes the model call one function.
func ToolChoiceOf(function string) *pb.ChatCompletionToolChoice {
	named := &pb.ChatCompletionNamedToolChoice_FunctionName{Name: &function}
	return &pb.ChatCompletionToolChoice{Kind: &pb.ChatCompletionToolChoice_Function{
		Function: &pb.ChatCompletionNamedToolChoice{Function: named},
	}}
}

// TextOf returns the text of a chat completion's first choice.
func TextOf(completion *pb.ChatCompletion) string {
	for _, choice := range completion.GetChoices() {
		if choice.GetIndex() == 0 {
			text := choice.GetMessage().GetContent()
			for _, part := range choice.GetMessage().GetContentParts() {
				text += part.GetText().GetText() + part.GetPlainText()
			}
			return text
		}
	}
	return ""
}

// ToolCalls returns the function calls of a chat completion's first choice.
func ToolCalls(completion *pb.ChatCompletion) []*pb.ChatCompletionMessageFunctionToolCall {
	var calls []*pb.ChatCompletionMessageFunctionToolCall
	for _, choice := range completion.GetChoices() {
		for _, call := range choice.GetMessage().GetToolCalls() {
			if function := call.GetFunction(); function != nil && choice.GetIndex() == 0 {
				calls = append(calls, function)
			}
		}
	}
	return calls
}

// InputContent is what an item of Responses says: a text, or parts.
type InputContent interface {
	string | []*pb.ResponseContentPart
}

// TextInput returns a text as the input of Responses.
func TextInput(text string) *pb.ResponseInput {
	return &pb.ResponseInput{Kind: &pb.ResponseInput_Text{Text: text}}
}

// ItemsInput returns items as the input of Responses; those of an earlier reply go back as they are.
func ItemsInput(items ...*pb.ResponseItem) *pb.ResponseInput {
	return &pb.ResponseInput{Kind: &pb.ResponseInput_Items{Items: &pb.ResponseItems{Items: items}}}
}

// InputMessage returns a message of a role: `user`, `system`, `developer` or `assistant`.
func InputMessage[C InputContent](role string, content C) *pb.ResponseItem {
	message := &pb.ResponseMessage{Role: &role, Content: inputContent(content)}
	return &pb.ResponseItem{Kind: &pb.ResponseItem_Message{Message: message}}
}

// FunctionOutput returns the result of a function call.
func FunctionOutput[C InputContent](callID string, output C) *pb.ResponseItem {
	item := &pb.ResponseFunctionToolCallOutput{CallId: &callID, Output: inputContent(output)}
	return &pb.ResponseItem{Kind: &pb.ResponseItem_FunctionCallOutput{FunctionCallOutput: item}}
}

func inputContent[C InputContent](content C) *pb.ResponseContent {
	switch content := any(content).(type) {
	case string:
		return &pb.ResponseContent{Kind: &pb.ResponseContent_Text{Text: content}}
	case []*pb.ResponseContentPart:
		parts := &pb.ResponseContentParts{Parts: content}
		return &pb.ResponseContent{Kind: &pb.ResponseContent_Parts{Parts: parts}}
	}
	return nil
}

// InputParts returns parts of Responses as a list.
func InputParts(parts ...*pb.ResponseContentPart) []*pb.ResponseContentPart { return parts }

// InputText returns a text.
func InputText(text string) *pb.ResponseContentPart {
	part := &pb.ResponseInputText{Text: &text}
	return &pb.ResponseContentPart{Kind: &pb.ResponseContentPart_InputText{InputText: part}}
}

// InputImageURL returns an image that upstream fetches.
func InputImageURL(url string) *pb.ResponseContentPart {
	return inputImage(&pb.ResponseInputImage{Source: &pb.ResponseInputImage_ImageUrl{ImageUrl: url}})
}

// InputImage returns an image of bytes; their type is read off them.
func InputImage(data []byte) *pb.ResponseContentPart {
	return inputImage(&pb.ResponseInputImage{Source: &pb.ResponseInputImage_Data{Data: inline("", data)}})
}

// InputImagePath returns the image in a file.
func InputImagePath(path string) (*pb.ResponseContentPart, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	return inputImage(&pb.ResponseInputImage{Source: &pb.ResponseInputImage_Data{Data: inline(path, data)}}), nil
}

func inputImage(image *pb.ResponseInputImage) *pb.ResponseContentPart {
	image.Detail = proto.String(pb.ResponseInputImageDetailAuto)
	return &pb.ResponseContentPart{Kind: &pb.ResponseContentPart_InputImage{InputImage: image}}
}

// InputFile returns a file of bytes; its name says what it is.
func InputFile(name string, data []byte) *pb.ResponseContentPart {
	return inputFile(&pb.ResponseInputFile{Filename: &name, Source: &pb.ResponseInputFile_Data{Data: inline(name, data)}})
}

// InputFilePath returns a file.
func InputFilePath(path string) (*pb.ResponseContentPart, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	return InputFile(filepath.Base(path), data), nil
}

// InputFileURL returns a file that upstream fetches.
func InputFileURL(url string) *pb.ResponseContentPart {
	return inputFile(&pb.ResponseInputFile{FileUrl: &url})
}

// InputFileID returns a file that was uploaded before.
func InputFileID(id string) *pb.ResponseContentPart {
	return inputFile(&pb.ResponseInputFile{FileId: &id})
}

func inputFile(file *pb.ResponseInputFile) *pb.ResponseContentPart {
	return &pb.ResponseContentPart{Kind: &pb.ResponseContentPart_InputFile{InputFile: file}}
}

// ResponseFunction returns a function that the model may call in Responses, like [FunctionTool].
func ResponseFunction[S string | Schema](name, description string, parameters S) *pb.ResponseTool {
	text, strict := schemaText(parameters)
	if strict == nil {
		strict = Ptr(false) // Responses takes any schema for a strict one that does not say so
	}
	tool := &pb.FunctionTool{Name: &name, Description: &description, ParametersJson: &text, Strict: strict}
	return &pb.ResponseTool{Kind: &pb.ResponseTool_Function{Function: tool}}
}

// ResponseToolChoice returns `auto`, `none` or `required`.
func ResponseToolChoice(mode string) *pb.ResponseToolChoice {
	return &pb.ResponseToolChoice{Kind: &pb.ResponseToolChoice_Mode{Mode: mode}}
}

// ResponseToolChoiceOf makes the model call one function.
func ResponseToolChoiceOf(function string) *pb.ResponseToolChoice {
	named := &pb.ToolChoiceFunction{Name: &function}
	return &pb.ResponseToolChoice{Kind: &pb.ResponseToolChoice_Function{Function: named}}
}

// OutputText returns the text of a response: that of all its messages.
func OutputText(response *pb.Response) string {
	var text strings.Builder
	for _, item := range response.GetOutput() {
		content := item.GetMessage().GetContent()
		text.WriteString(content.GetText())
		for _, part := range content.GetParts().GetParts() {
			text.WriteString(part.GetOutputText().GetText())
		}
	}
	return text.String()
}

// FunctionCalls returns the function calls of a response.
func FunctionCalls(response *pb.Response) []*pb.ResponseFunctionToolCall {
	var calls []*pb.ResponseFunctionToolCall
	for _, item := range response.GetOutput() {
		if call := item.GetFunctionCall(); call != nil {
			calls = append(calls, call)
		}
	}
	return calls
}

// EmbeddingText returns a text to embed.
func EmbeddingText(text string) *pb.EmbeddingInput {
	return &pb.EmbeddingInput{Kind: &pb.EmbeddingInput_Text{Text: text}}
}

// EmbeddingTexts returns texts to embed.
func EmbeddingTexts(texts ...string) *pb.EmbeddingInput {
	list := &pb.EmbeddingInput_TextList{Values: texts}
	return &pb.EmbeddingInput{Kind: &pb.EmbeddingInput_Texts{Texts: list}}
}
