package io.github.openai_grpc;

import com.google.protobuf.ByteString;
import io.github.openai_grpc.v1.ChatCompletion;
import io.github.openai_grpc.v1.ChatCompletionContent;
import io.github.openai_grpc.v1.ChatCompletionContentPart;
import io.github.openai_grpc.v1.ChatCompletionContentPartFile;
import io.github.openai_grpc.v1.ChatCompletionContentPartImage;
import io.github.openai_grpc.v1.ChatCompletionContentPartInputAudio;
import io.github.openai_grpc.v1.ChatCompletionContentPartText;
import io.github.openai_grpc.v1.ChatCompletionContentParts;
import io.github.openai_grpc.v1.ChatCompletionMessage;
import io.github.openai_grpc.v1.ChatCompletionMessageFunctionToolCall;
import io.github.openai_grpc.v1.ChatCompletionMessageToolCall;
import io.github.openai_grpc.v1.ChatCompletionRequestDeveloperMessage;
import io.github.openai_grpc.v1.ChatCompletionRequestMessage;
import io.github.openai_grpc.v1.ChatCompletionRequestSystemMessage;
import io.github.openai_grpc.v1.ChatCompletionRequestToolMessage;
import io.github.openai_grpc.v1.ChatCompletionRequestUserMessage;
import io.github.openai_grpc.v1.CreateChatCompletionRequest;
import io.github.openai_grpc.v1.InlineData;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Builders of chats: requests, messages and content parts. {@link Inputs} has those of responses. */
public final class Messages {
  private static final Map<String, String> TYPES =
      Map.of(
          "webp", "image/webp",
          "pdf", "application/pdf",
          "md", "text/markdown",
          "json", "application/json",
          "csv", "text/csv",
          "docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document");

  private Messages() {}

  /** Returns a request, for its setters to be called. */
  public static CreateChatCompletionRequest.Builder chat(String model, ChatCompletionRequestMessage... messages) {
    return CreateChatCompletionRequest.newBuilder().setModel(model).addAllMessages(List.of(messages));
  }

  /** Returns what the user says. */
  public static ChatCompletionRequestMessage user(String text) {
    return user(content(text));
  }

  /** Returns what the user says, with images and files. */
  public static ChatCompletionRequestMessage user(ChatCompletionContentPart... parts) {
    return user(content(parts));
  }

  private static ChatCompletionRequestMessage user(ChatCompletionContent content) {
    return ChatCompletionRequestMessage.newBuilder()
        .setUser(ChatCompletionRequestUserMessage.newBuilder().setContent(content))
        .build();
  }

  /** Returns instructions to the model. */
  public static ChatCompletionRequestMessage system(String text) {
    return ChatCompletionRequestMessage.newBuilder()
        .setSystem(ChatCompletionRequestSystemMessage.newBuilder().setContent(content(text)))
        .build();
  }

  /** Returns instructions to a reasoning model, which replace those of the system. */
  public static ChatCompletionRequestMessage developer(String text) {
    return ChatCompletionRequestMessage.newBuilder()
        .setDeveloper(ChatCompletionRequestDeveloperMessage.newBuilder().setContent(content(text)))
        .build();
  }

  /** Returns what the model has said. */
  public static ChatCompletionRequestMessage assistant(String text) {
    return assistant(ChatCompletionMessage.newBuilder().setContent(text).build());
  }

  /** Returns the message of a reply, with its tool calls, to be sent back. */
  public static ChatCompletionRequestMessage assistant(ChatCompletionMessage message) {
    return ChatCompletionRequestMessage.newBuilder().setAssistant(message).build();
  }

  /** Returns the message of a reply's first choice, to be sent back. */
  public static ChatCompletionRequestMessage assistant(ChatCompletion reply) {
    return assistant(message(reply));
  }

  /**
   * Returns the result of a tool.
   *
   * @param callId the id of the tool call that it answers
   */
  public static ChatCompletionRequestMessage tool(String callId, String result) {
    return ChatCompletionRequestMessage.newBuilder()
        .setTool(ChatCompletionRequestToolMessage.newBuilder().setToolCallId(callId).setContent(content(result)))
        .build();
  }

  /** Returns content that is a text. */
  public static ChatCompletionContent content(String text) {
    return ChatCompletionContent.newBuilder().setText(text).build();
  }

  /** Returns content of several parts. */
  public static ChatCompletionContent content(ChatCompletionContentPart... parts) {
    return ChatCompletionContent.newBuilder()
        .setParts(ChatCompletionContentParts.newBuilder().addAllParts(List.of(parts)))
        .build();
  }

  /** Returns a part that is text. */
  public static ChatCompletionContentPart text(String text) {
    return ChatCompletionContentPart.newBuilder()
        .setText(ChatCompletionContentPartText.newBuilder().setText(text))
        .build();
  }

  /** Returns an image at a URL. */
  public static ChatCompletionContentPart image(String url) {
    return image(ChatCompletionContentPartImage.ImageUrl.newBuilder().setUrl(url));
  }

  /** Returns an image in a file, which is read here. */
  public static ChatCompletionContentPart image(Path file) {
    return image(ChatCompletionContentPartImage.ImageUrl.newBuilder().setData(inline(file)));
  }

  /**
   * Returns an image.
   *
   * @param mimeType such as {@code image/png}
   */
  public static ChatCompletionContentPart image(byte[] data, String mimeType) {
    return image(ChatCompletionContentPartImage.ImageUrl.newBuilder().setData(inline(data, mimeType)));
  }

  private static ChatCompletionContentPart image(ChatCompletionContentPartImage.ImageUrl.Builder source) {
    return ChatCompletionContentPart.newBuilder()
        .setImageUrl(ChatCompletionContentPartImage.newBuilder().setImageUrl(source))
        .build();
  }

  /** Returns a file, such as a PDF, which is read here. */
  public static ChatCompletionContentPart file(Path file) {
    return file(
        ChatCompletionContentPartFile.File.newBuilder()
            .setFilename(file.getFileName().toString())
            .setData(inline(file)));
  }

  /** Returns a file; the extension of its name tells its type. */
  public static ChatCompletionContentPart file(byte[] data, String filename) {
    return file(
        ChatCompletionContentPartFile.File.newBuilder().setFilename(filename).setData(inline(data, typeOf(filename))));
  }

  /** Returns a file that has been uploaded. */
  public static ChatCompletionContentPart fileId(String id) {
    return file(ChatCompletionContentPartFile.File.newBuilder().setFileId(id));
  }

  private static ChatCompletionContentPart file(ChatCompletionContentPartFile.File.Builder source) {
    return ChatCompletionContentPart.newBuilder()
        .setFile(ChatCompletionContentPartFile.newBuilder().setFile(source))
        .build();
  }

  /**
   * Returns sound.
   *
   * @param format such as {@code wav} or {@code mp3}
   */
  public static ChatCompletionContentPart audio(byte[] data, String format) {
    var audio = ChatCompletionContentPartInputAudio.InputAudio.newBuilder().setFormat(format);
    audio.setData(ByteString.copyFrom(data));
    return ChatCompletionContentPart.newBuilder()
        .setInputAudio(ChatCompletionContentPartInputAudio.newBuilder().setInputAudio(audio))
        .build();
  }

  /** Returns the message of the first choice, or an empty message. */
  public static ChatCompletionMessage message(ChatCompletion reply) {
    return firstChoice(reply).map(ChatCompletion.Choice::getMessage).orElse(ChatCompletionMessage.getDefaultInstance());
  }

  /** Returns the choice with the index 0, which need not be the first that is sent. */
  static Optional<ChatCompletion.Choice> firstChoice(ChatCompletion reply) {
    return reply.getChoicesList().stream().filter(choice -> choice.getIndex() == 0).findFirst();
  }

  /** Returns the text of the first choice, or an empty string. */
  public static String outputText(ChatCompletion reply) {
    ChatCompletionMessage message = message(reply);
    if (message.hasContent() || message.getContentPartsCount() == 0) {
      return message.getContent();
    }
    return textOf(message.getContentPartsList());
  }

  static String textOf(List<ChatCompletionContentPart> parts) {
    return parts.stream()
        .map(part -> part.hasPlainText() ? part.getPlainText() : part.getText().getText())
        .collect(Collectors.joining());
  }

  /** Returns the calls of functions in the first choice. */
  public static List<ChatCompletionMessageFunctionToolCall> functionCalls(ChatCompletion reply) {
    return message(reply).getToolCallsList().stream()
        .filter(ChatCompletionMessageToolCall::hasFunction)
        .map(ChatCompletionMessageToolCall::getFunction)
        .collect(Collectors.toList());
  }

  static InlineData inline(Path file) {
    try {
      return inline(Files.readAllBytes(file), typeOf(file.getFileName().toString()));
    } catch (IOException error) {
      throw new UncheckedIOException(error);
    }
  }

  static InlineData inline(byte[] data, String mimeType) {
    return InlineData.newBuilder().setMimeType(mimeType).setData(ByteString.copyFrom(data)).build();
  }

  static String typeOf(String filename) {
    String extension = filename.substring(filename.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
    String known = TYPES.get(extension);
    String guessed = known != null ? known : URLConnection.guessContentTypeFromName(filename.toLowerCase(Locale.ROOT));
    return guessed != null ? guessed : "application/octet-stream";
  }

}
