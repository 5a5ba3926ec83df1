// An agent with two tools behind an HTTP API: POST /ask with a question as its body streams the answer as text.
//   java -cp ... Agent.java PORT
import static io.github.openai_grpc.Messages.chat;
import static io.github.openai_grpc.Messages.system;
import static io.github.openai_grpc.Messages.user;

import com.google.type.LatLng;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.github.openai_grpc.OpenAiGrpc;
import io.github.openai_grpc.OpenAiGrpcException;
import io.github.openai_grpc.ToolRunner;
import io.github.openai_grpc.Tools;
import io.github.openai_grpc.v1.UserLocation;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.concurrent.Executors;

class Agent {
  private static final int MAX_QUESTION = 64 << 10; // bytes

  private final OpenAiGrpc client;
  private final String model;

  Agent(OpenAiGrpc client, String model) {
    this.client = client;
    this.model = model;
  }

  /** Begins a run whose model may ask for the weather and the time. */
  ToolRunner<?, ?, ?> ask(String question) {
    return client
        .chat()
        .runTools(
            chat(model, system("Use the tools. Be brief."), user(question)),
            Tools.of("get_weather", "Current weather of a city", UserLocation.class, Agent::weather),
            Tools.of("get_time", "Local time at a place", LatLng.class, Agent::time))
        .maxRounds(5);
  }

  private static String weather(UserLocation at) {
    return "{\"city\":\"" + at.getCity() + "\",\"celsius\":" + (at.getCity().length() + 10) + "}";
  }

  private static String time(LatLng at) {
    var zone = ZoneId.of("UTC" + (at.getLongitude() < 0 ? "-" : "+") + Math.round(Math.abs(at.getLongitude()) / 15));
    return LocalTime.now(zone).withNano(0).toString();
  }

  private void serve(HttpExchange exchange) throws IOException {
    try (exchange) {
      if (!exchange.getRequestMethod().equals("POST")) {
        exchange.sendResponseHeaders(405, -1);
        return;
      }
      byte[] body = exchange.getRequestBody().readNBytes(MAX_QUESTION + 1);
      if (body.length == 0 || body.length > MAX_QUESTION) {
        exchange.sendResponseHeaders(body.length == 0 ? 400 : 413, -1);
        return;
      }
      answer(exchange, new String(body, StandardCharsets.UTF_8));
    }
  }

  /** Streams the answer; the status is that of the first failure, as long as no text has been sent. */
  private void answer(HttpExchange exchange, String question) throws IOException {
    var out = new Body(exchange);
    var run = ask(question);
    try {
      run.onText(out::write).run();
      out.end(200);
    } catch (OpenAiGrpcException error) {
      System.err.println("failed: " + error.status() + " " + error.reason());
      error.retryAfter().ifPresent(wait -> exchange.getResponseHeaders().set("retry-after", "" + wait.toSeconds()));
      out.end(error instanceof OpenAiGrpcException.LimitExceeded ? 429 : 502);
    } catch (ToolRunner.TooManyRounds endless) {
      out.end(502);
    } catch (UncheckedIOException gone) {
      run.cancel(); // who asked has left: the model stops, too
    }
  }

  /** A body that begins with its first text. */
  private static final class Body {
    private final HttpExchange exchange;
    private OutputStream out;

    Body(HttpExchange exchange) {
      this.exchange = exchange;
    }

    void write(String text) {
      try {
        if (out == null && !text.isEmpty()) {
          exchange.getResponseHeaders().set("content-type", "text/plain; charset=utf-8");
          exchange.sendResponseHeaders(200, 0);
          out = exchange.getResponseBody();
        }
        if (out != null) {
          out.write(text.getBytes(StandardCharsets.UTF_8));
          out.flush();
        }
      } catch (IOException error) {
        throw new UncheckedIOException(error);
      }
    }

    void end(int status) throws IOException {
      if (out == null) {
        exchange.sendResponseHeaders(status, -1);
      } else if (status == 200) {
        out.close(); // without it the client sees that the answer is not whole
      }
    }
  }

  public static void main(String[] args) throws IOException {
    var client = OpenAiGrpc.builder().timeout(Duration.ofMinutes(2)).build(); // to OPENAI_GRPC_ADDRESS
    var model = System.getenv().getOrDefault("MODEL", "gpt-4o-mini");
    var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(args[0]));
    var server = HttpServer.create(address, 0);
    server.setExecutor(Executors.newCachedThreadPool());
    server.createContext("/ask", new Agent(client, model)::serve);
    server.start();
    System.out.println("listening on " + server.getAddress().getPort());
    System.out.flush();
  }
}
