package tokenbroker.trackmage;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpResponse.ResponseInfo;
import java.net.http.HttpTimeoutException;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import tokenbroker.tokens.FetchResult.Failed;
import tokenbroker.tokens.FetchResult.TimedOut;
import tokenbroker.tokens.FetchResult.Unavailable;

/**
 * Sends one request and waits for the whole answer, within a time limit and a size limit.
 * Exceptions end here: theirs may name the URI, and a URI may hold a secret.
 */
final class UpstreamHttp {

  private static final int LARGEST_BODY = 256 * 1024;

  private final HttpClient http;
  private final Clock clock;

  UpstreamHttp(Duration connectTimeout, Clock clock) {
    this.clock = clock;
    this.http =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(connectTimeout)
            .executor(Executors.newVirtualThreadPerTaskExecutor())
            .build();
  }

  Reply send(HttpRequest request, Duration timeLimit) {
    var head = new AtomicReference<@Nullable ResponseInfo>();
    BodyHandler<String> body =
        info -> {
          head.set(info);
          return BodyHandlers.limiting(BodyHandlers.ofString(UTF_8), LARGEST_BODY).apply(info);
        };
    var sentAt = clock.instant();
    var begun = System.nanoTime();
    var answer = http.sendAsync(request, body);
    try {
      var response = answer.get(timeLimit.toNanos(), TimeUnit.NANOSECONDS);
      return new Reply.Answer(
          response.statusCode(), response.headers(), response.body(), true, sentAt, since(begun));
    } catch (TimeoutException e) {
      answer.cancel(true);
      return new Reply.None(new TimedOut());
    } catch (InterruptedException e) {
      answer.cancel(true);
      Thread.currentThread().interrupt();
      return new Reply.None(new TimedOut());
    } catch (ExecutionException e) {
      var started = head.get();
      return started == null
          ? new Reply.None(withoutAnswer(e.getCause()))
          : new Reply.Answer(
              started.statusCode(), started.headers(), "", false, sentAt, since(begun));
    }
  }

  private static Failed withoutAnswer(@Nullable Throwable cause) {
    return cause instanceof HttpTimeoutException && !(cause instanceof HttpConnectTimeoutException)
        ? new TimedOut()
        : new Unavailable("connect", null);
  }

  private static Duration since(long begun) {
    return Duration.ofNanos(System.nanoTime() - begun);
  }
}
