package io.github.openai_grpc;

import io.github.openai_grpc.v1.CreateResponseRequest;
import io.github.openai_grpc.v1.Response;
import io.github.openai_grpc.v1.ResponseContent;
import io.github.openai_grpc.v1.ResponseContentPart;
import io.github.openai_grpc.v1.ResponseContentParts;
import io.github.openai_grpc.v1.ResponseFunctionToolCall;
import io.github.openai_grpc.v1.ResponseFunctionToolCallOutput;
import io.github.openai_grpc.v1.ResponseInput;
import io.github.openai_grpc.v1.ResponseInputFile;
import io.github.openai_grpc.v1.ResponseInputImage;
import io.github.openai_grpc.v1.ResponseInputText;
import io.github.openai_grpc.v1.ResponseItem;
import io.github.openai_grpc.v1.ResponseItems;
import io.github.openai_grpc.v1.ResponseMessage;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/** Builders of responses: requests, input items and content parts. {@link Messages} has those of chats. */
public final class Inputs {
  private Inputs() {}

  /** Returns a request whose input is a text, for its setters to be called. */
  public static CreateResponseRequest.Builder response(String model, String text) {
    return CreateResponseRequest.newBuilder().setModel(model).setInput(ResponseInput.newBuilder().setText(text));
  }

  /** Returns a request, for its setters to be called. */
  public static CreateResponseRequest.Builder response(String model, ResponseItem... items) {
    return CreateResponseRequest.newBuilder().setModel(model).setInput(input(List.of(items)));
  }

  /** Returns an input of items, such as those of an earlier response's output with new ones behind. */
  public static ResponseInput input(Iterable<ResponseItem> items) {
    return ResponseInput.newBuilder().setItems(ResponseItems.newBuilder().addAllItems(items)).build();
  }

  /** Returns what the user says. */
  public static ResponseItem user(String text) {
    return message("user", text);
  }

  /** Returns what the user says, with images and files. */
  public static ResponseItem user(ResponseContentPart... parts) {
    var content = ResponseContent.newBuilder();
    content.setParts(ResponseContentParts.newBuilder().addAllParts(List.of(parts)));
    return ResponseItem.newBuilder()
        .setMessage(ResponseMessage.newBuilder().setRole("user").setContent(content))
        .build();
  }

  /** Returns instructions to the model. */
  public static ResponseItem system(String text) {
    return message("system", text);
  }

  /** Returns instructions to a reasoning model. */
  public static ResponseItem developer(String text) {
    return message("developer", text);
  }

  /** Returns what the model has said. */
  public static ResponseItem assistant(String text) {
    return message("assistant", text);
  }

  private static ResponseItem message(String role, String text) {
    return ResponseItem.newBuilder()
        .setMessage(
            ResponseMessage.newBuilder().setRole(role).setContent(ResponseContent.newBuilder().setText(text)))
        .build();
  }

  /**
   * Returns the result of a function.
   *
   * @param callId the {@code call_id} of the call that it answers
   */
  public static ResponseItem functionOutput(String callId, String result) {
    return ResponseItem.newBuilder()
        .setFunctionCallOutput(
            ResponseFunctionToolCallOutput.newBuilder()
                .setCallId(callId)
                .setOutput(ResponseContent.newBuilder().setText(result)))
        .build();
  }

  /** Returns a part that is text. */
  public static ResponseContentPart text(String text) {
    return ResponseContentPart.newBuilder().setInputText(ResponseInputText.newBuilder().setText(text)).build();
  }

  /** Returns an image at a URL. */
  public static ResponseContentPart image(String url) {
    return image(ResponseInputImage.newBuilder().setImageUrl(url));
  }

  /** Returns an image in a file, which is read here. */
  public static ResponseContentPart image(Path file) {
    return image(ResponseInputImage.newBuilder().setData(Messages.inline(file)));
  }

  /**
   * Returns an image.
   *
   * @param mimeType such as {@code image/png}
   */
  public static ResponseContentPart image(byte[] data, String mimeType) {
    return image(ResponseInputImage.newBuilder().setData(Messages.inline(data, mimeType)));
  }

  private static ResponseContentPart image(ResponseInputImage.Builder image) {
    return ResponseContentPart.newBuilder().setInputImage(image.setDetail(KnownValues.ResponseInputImageDetail.AUTO)).build();
  }

  /** Returns a file, such as a PDF, which is read here. */
  public static ResponseContentPart file(Path file) {
    return file(
        ResponseInputFile.newBuilder().setFilename(file.getFileName().toString()).setData(Messages.inline(file)));
  }

  /** Returns a file; the extension of its name tells its type. */
  public static ResponseContentPart file(byte[] data, String filename) {
    return file(
        ResponseInputFile.newBuilder()
            .setFilename(filename)
            .setData(Messages.inline(data, Messages.typeOf(filename))));
  }

  /** Returns a file that has been uploaded. */
  public static ResponseContentPart fileId(String id) {
    return file(ResponseInputFile.newBuilder().setFileId(id));
  }

  /** Returns a file at a URL. */
  public static ResponseContentPart fileUrl(String url) {
    return file(ResponseInputFile.newBuilder().setFileUrl(url));
  }

  private static ResponseContentPart file(ResponseInputFile.Builder file) {
    return ResponseContentPart.newBuilder().setInputFile(file).build();
  }

  /** Returns the text of a response: that of all its messages, joined. */
  public static String outputText(Response response) {
    return response.getOutputList().stream()
        .filter(ResponseItem::hasMessage)
        .map(item -> text(item.getMessage().getContent()))
        .collect(Collectors.joining());
  }

  private static String text(ResponseContent content) {
    if (content.hasText()) {
      return content.getText();
    }
    return content.getParts().getPartsList().stream()
        .map(part -> part.getOutputText().getText())
        .collect(Collectors.joining());
  }

  /** Returns the calls of functions in a response. */
  public static List<ResponseFunctionToolCall> functionCalls(Response response) {
    return response.getOutputList().stream()
        .filter(ResponseItem::hasFunctionCall)
        .map(ResponseItem::getFunctionCall)
        .collect(Collectors.toList());
  }
}
