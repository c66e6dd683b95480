package tokenbroker.trackmage;

import java.io.IOException;
import java.net.ProtocolException;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.ResponseInfo;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import tokenbroker.time.Clocks;
import tokenbroker.time.Now;
import tokenbroker.trackmage.BoundedBody.Body;
import tokenbroker.trackmage.Reply.Answered;
import tokenbroker.trackmage.Reply.Late;
import tokenbroker.trackmage.Reply.NoConnection;
import tokenbroker.trackmage.Reply.NotHttp;

/**
 * Sends one request and waits for the whole answer, for a limited time.
 *
 * <p>A request may carry a secret in its URL, and the client's exceptions may carry the URL: none
 * of them is logged, wrapped or passed on. What is left of them is the kind of fault.
 */
final class UpstreamHttp implements AutoCloseable {

  private final HttpClient http;
  private final Clocks clocks;

  UpstreamHttp(Duration connectTimeout, Clocks clocks) {
    this.http =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(connectTimeout)
            .build();
    this.clocks = clocks;
  }

  Reply send(HttpRequest request, Duration limit) {
    var sent = clocks.now();
    var begun = new AtomicReference<@Nullable BoundedBody>();
    var answer = http.sendAsync(request, head -> begin(head, begun));
    try {
      var response = answer.get(limit.toNanos(), TimeUnit.NANOSECONDS);
      return answered(response.statusCode(), response.headers(), response.body(), sent);
    } catch (TimeoutException e) {
      return abandon(answer);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return abandon(answer);
    } catch (ExecutionException e) {
      var body = begun.get();
      return body == null
          ? faultOf(e.getCause())
          : answered(body.head().statusCode(), body.head().headers(), body.outcome(), sent);
    }
  }

  private static BoundedBody begin(
      ResponseInfo head, AtomicReference<@Nullable BoundedBody> begun) {
    var body = new BoundedBody(head);
    begun.set(body);
    return body;
  }

  private Answered answered(int status, HttpHeaders headers, Body body, Now sent) {
    return new Answered(status, headers, body, sent.wall(), clocks.wall(), sent.moment());
  }

  /** Closes the connection too, so that an answer that never ends does end. */
  private static Late abandon(CompletableFuture<?> answer) {
    answer.cancel(true);
    return new Late();
  }

  /**
   * Refused, unresolved, TLS and closed too early are all {@link IOException}s. What is left is the
   * client's stumbling over the answer's head, such as a {@code Content-Length} that is no number.
   */
  private static Reply faultOf(@Nullable Throwable cause) {
    return cause instanceof IOException && !(cause instanceof ProtocolException)
        ? new NoConnection()
        : new NotHttp();
  }

  @Override
  public void close() {
    http.shutdownNow();
  }
}
