package io.github.openai_grpc;

import com.google.protobuf.Message;
import io.github.openai_grpc.v1.ChatCompletionFunctionTool;
import io.github.openai_grpc.v1.ChatCompletionNamedToolChoice;
import io.github.openai_grpc.v1.ChatCompletionTool;
import io.github.openai_grpc.v1.ChatCompletionToolChoice;
import io.github.openai_grpc.v1.FunctionDefinition;
import io.github.openai_grpc.v1.FunctionTool;
import io.github.openai_grpc.v1.ResponseTool;
import io.github.openai_grpc.v1.ResponseToolChoice;
import io.github.openai_grpc.v1.ToolChoiceFunction;
import java.util.Map;
import java.util.function.Function;

/** Builders of tools and tool choices, for chats and responses. */
public final class Tools {
  private Tools() {}

  /**
   * Returns a function.
   *
   * @param parameters a JSON Schema, as text
   */
  public static ChatCompletionTool function(String name, String description, String parameters) {
    return function(FunctionDefinition.newBuilder().setParametersJson(parameters), name, description);
  }

  /**
   * Returns a function.
   *
   * @param parameters a JSON Schema, as maps and lists
   */
  public static ChatCompletionTool function(String name, String description, Map<String, ?> parameters) {
    return function(name, description, JsonText.write(parameters));
  }

  /**
   * Returns a function whose parameters are a message; the model keeps strictly to its schema.
   *
   * @throws IllegalArgumentException strict mode can't express the type
   */
  public static ChatCompletionTool function(String name, String description, Class<? extends Message> parameters) {
    return function(name, description, Schema.of(parameters));
  }

  /** Returns a function whose parameters follow a schema strictly. */
  public static ChatCompletionTool function(String name, String description, Schema<?> parameters) {
    var definition = FunctionDefinition.newBuilder().setParametersJson(parameters.json()).setStrict(true);
    return function(definition, name, description);
  }

  private static ChatCompletionTool function(FunctionDefinition.Builder definition, String name, String description) {
    definition.setName(name).setDescription(description);
    return ChatCompletionTool.newBuilder()
        .setFunction(ChatCompletionFunctionTool.newBuilder().setFunction(definition))
        .build();
  }

  /** Returns the same function for a response. */
  public static ResponseTool forResponse(ChatCompletionTool tool) {
    FunctionDefinition definition = tool.getFunction().getFunction();
    FunctionTool.Builder function =
        FunctionTool.newBuilder()
            .setName(definition.getName())
            .setDescription(definition.getDescription())
            .setParametersJson(definition.getParametersJson());
    function.setStrict(definition.getStrict());
    return ResponseTool.newBuilder().setFunction(function).build();
  }

  /** Returns a choice by mode: {@code none}, {@code auto} or {@code required}. */
  public static ChatCompletionToolChoice choice(String mode) {
    return ChatCompletionToolChoice.newBuilder().setMode(mode).build();
  }

  /** Returns the choice of one function. */
  public static ChatCompletionToolChoice choiceOf(String function) {
    var named = ChatCompletionNamedToolChoice.FunctionName.newBuilder().setName(function);
    return ChatCompletionToolChoice.newBuilder()
        .setFunction(ChatCompletionNamedToolChoice.newBuilder().setFunction(named))
        .build();
  }

  /** Returns a choice by mode, for a response. */
  public static ResponseToolChoice responseChoice(String mode) {
    return ResponseToolChoice.newBuilder().setMode(mode).build();
  }

  /** Returns the choice of one function, for a response. */
  public static ResponseToolChoice responseChoiceOf(String function) {
    return ResponseToolChoice.newBuilder().setFunction(ToolChoiceFunction.newBuilder().setName(function)).build();
  }

  /**
   * Returns a function of Java that a model may call, for {@link ToolRunner}.
   *
   * @param parameters the message type of its argument
   * @param body what it does; its result is text for the model, such as JSON
   */
  public static <T extends Message> Callable of(
      String name, String description, Class<T> parameters, Function<T, String> body) {
    return of(name, description, Schema.of(parameters), body);
  }

  /** Returns a function of Java that a model may call, whose parameters have a schema. */
  public static <T extends Message> Callable of(
      String name, String description, Schema<T> parameters, Function<T, String> body) {
    return new Callable(name, function(name, description, parameters), json -> body.apply(argument(parameters, json)));
  }

  private static <T extends Message> T argument(Schema<T> parameters, String json) {
    try {
      return parameters.read(json);
    } catch (ReplyException.Invalid invalid) {
      throw new InvalidArguments(invalid);
    }
  }

  /** Arguments that are not of a function's type, which the model can correct. */
  static final class InvalidArguments extends RuntimeException {
    private static final long serialVersionUID = 1;

    InvalidArguments(ReplyException.Invalid cause) {
      super("invalid arguments: " + cause.getCause().getMessage(), cause);
    }
  }

  /** A function of Java that a model may call. */
  public static final class Callable {
    final String name;
    final ChatCompletionTool tool;
    final Function<String, String> body;

    private Callable(String name, ChatCompletionTool tool, Function<String, String> body) {
      this.name = name;
      this.tool = tool;
      this.body = body;
    }

    /** Returns the tool, to be sent. */
    public ChatCompletionTool tool() {
      return tool;
    }
  }
}
