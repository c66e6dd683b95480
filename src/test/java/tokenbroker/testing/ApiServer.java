package tokenbroker.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/**
 * The part of a Kubernetes API server that publishes the keys of service accounts and reviews their
 * tokens. Like the real one, it publishes keys in one media type only, and answers 406 if a request
 * does not accept it.
 */
public final class ApiServer implements AutoCloseable {

  private static final String PATH = "/openid/v1/jwks";
  private static final String MEDIA_TYPE = "application/jwk-set+json";
  private static final int NO_BODY = -1;

  private final HttpServer server;
  private final TokenReviewEndpoint reviews = new TokenReviewEndpoint();
  private final List<String> authorizations = new CopyOnWriteArrayList<>();
  private volatile int status = 200;
  private volatile byte[] body = new byte[0];
  private volatile @Nullable String requiredToken;
  private volatile CountDownLatch answering = new CountDownLatch(0);

  private ApiServer(String jwks) {
    body(jwks);
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.createContext(PATH, this::answer);
    server.createContext(TokenReviewEndpoint.PATH, reviews::answer);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.start();
  }

  /** Starts a server that publishes these keys to all clients. */
  public static ApiServer publishing(String jwks) {
    return new ApiServer(jwks);
  }

  /** Makes the server answer 401 to every other bearer token. */
  public ApiServer requiring(String token) {
    requiredToken = token;
    reviews.requiring(token);
    return this;
  }

  /** Sets the body of the responses. It need not be a JWKS. */
  public void body(String text) {
    body = text.getBytes(UTF_8);
  }

  /** Sets the status of the responses. */
  public void status(int status) {
    this.status = status;
  }

  /** Answers no request until {@link #release}. */
  public void hold() {
    answering = new CountDownLatch(1);
  }

  public void release() {
    answering.countDown();
  }

  /** The TokenReview endpoint. It always needs a bearer token, see {@link #requiring}. */
  public TokenReviewEndpoint reviews() {
    return reviews;
  }

  public int port() {
    return server.getAddress().getPort();
  }

  public String url() {
    return "http://127.0.0.1:" + port() + PATH;
  }

  /** The {@code Authorization} of each request so far; {@code none} if there was none. */
  public List<String> authorizations() {
    return authorizations;
  }

  @Override
  public void close() {
    server.stop(0);
  }

  private void answer(HttpExchange exchange) throws IOException {
    var authorization = exchange.getRequestHeaders().getFirst("Authorization");
    authorizations.add(authorization == null ? "none" : authorization);
    try {
      answering.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    var accept = String.join(",", exchange.getRequestHeaders().getOrDefault("Accept", List.of()));
    if (requiredToken != null && !("Bearer " + requiredToken).equals(authorization)) {
      answer(
          exchange, 401, "application/json", "{\"kind\":\"Status\",\"code\":401}".getBytes(UTF_8));
    } else if (!accept.contains(MEDIA_TYPE)) {
      var refusal = "406: Not Acceptable\n\nAvailable representations: " + MEDIA_TYPE + "\n";
      answer(exchange, 406, "text/plain", refusal.getBytes(UTF_8));
    } else {
      answer(exchange, status, MEDIA_TYPE, body);
    }
  }

  private static void answer(HttpExchange exchange, int status, String mediaType, byte[] body)
      throws IOException {
    exchange.getResponseHeaders().set("Content-Type", mediaType);
    if (status / 100 == 3) {
      exchange.getResponseHeaders().set("Location", "/elsewhere");
    }
    exchange.sendResponseHeaders(status, body.length == 0 ? NO_BODY : body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }
}
