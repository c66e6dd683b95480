package tokenbroker.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The TokenReview endpoint of a Kubernetes API server. It makes the same checks in the same order:
 * authentication (401), RBAC (403), media types (406, 415), and the object (400). Each valid review
 * gets status 201, whatever its result.
 */
public final class TokenReviewEndpoint {

  static final String PATH = "/apis/authentication.k8s.io/v1/tokenreviews";

  private static final ObjectMapper JSON = new ObjectMapper();

  private final List<String> reviewed = new CopyOnWriteArrayList<>();
  private final Set<String> withdrawn = ConcurrentHashMap.newKeySet();
  private final AtomicInteger underWay = new AtomicInteger();
  private final AtomicInteger mostAtOnce = new AtomicInteger();
  private volatile @Nullable String requiredToken;
  private volatile boolean mayReview = true;
  private volatile int status = 201;
  private volatile @Nullable String body;
  private volatile CountDownLatch answering = new CountDownLatch(0);

  void requiring(String token) {
    requiredToken = token;
  }

  /** Sets whether the client has the role {@code system:auth-delegator}. */
  public void mayReview(boolean may) {
    mayReview = may;
  }

  /** Makes a token invalid, as if its pod or its service account were deleted. */
  public void withdraw(String token) {
    withdrawn.add(token);
  }

  public void restore(String token) {
    withdrawn.remove(token);
  }

  /** Sets the status of responses to valid requests. A real server sends 201. */
  public void status(int status) {
    this.status = status;
  }

  /** Sets the body of responses to valid requests. Null restores the review itself. */
  public void body(@Nullable String body) {
    this.body = body;
  }

  /** Answers no request until {@link #release}. */
  public void hold() {
    answering = new CountDownLatch(1);
  }

  public void release() {
    answering.countDown();
  }

  /** The tokens of all reviews so far, in order. */
  public List<String> reviewed() {
    return reviewed;
  }

  /** Returns the largest number of reviews that ran at the same time. */
  public int mostAtOnce() {
    return mostAtOnce.get();
  }

  void answer(HttpExchange exchange) throws IOException {
    var request = exchange.getRequestBody().readAllBytes();
    mostAtOnce.accumulateAndGet(underWay.incrementAndGet(), Math::max);
    try {
      var refusal = refusal(exchange);
      if (refusal != 0) {
        answer(exchange, refusal, failure(refusal));
        return;
      }
      var review = parsed(request);
      if (review == null) {
        answer(exchange, 400, failure(400));
        return;
      }
      reviewed.add(review.path("spec").path("token").asText());
      answering.await();
      var answer = body == null ? review(review) : body;
      answer(exchange, status, status == 201 ? answer : failure(status));
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    } finally {
      underWay.decrementAndGet();
    }
  }

  private int refusal(HttpExchange exchange) {
    var headers = exchange.getRequestHeaders();
    if (requiredToken == null
        || !("Bearer " + requiredToken).equals(headers.getFirst("Authorization"))) {
      return 401;
    }
    if (!exchange.getRequestURI().getPath().equals(PATH)) {
      return 404;
    }
    if (!exchange.getRequestMethod().equals("POST")) {
      return 405;
    }
    if (!mayReview) {
      return 403;
    }
    var accept = headers.getFirst("Accept");
    if (accept != null && !accept.contains("application/json") && !accept.contains("*/*")) {
      return 406;
    }
    return "application/json".equals(headers.getFirst("Content-Type")) ? 0 : 415;
  }

  private static @Nullable JsonNode parsed(byte[] request) throws IOException {
    try {
      var review = JSON.readTree(request);
      return review.path("apiVersion").asText().equals("authentication.k8s.io/v1")
              && review.path("kind").asText().equals("TokenReview")
              && review.path("spec").path("token").isTextual()
              && review.path("spec").path("audiences").isArray()
              && review.propertyStream().count() == 3
          ? review
          : null;
    } catch (JsonProcessingException e) {
      return null;
    }
  }

  private String review(JsonNode review) throws IOException {
    var token = review.path("spec").path("token").textValue();
    var answer = review.deepCopy();
    var status = ((ObjectNode) answer).putObject("status");
    var claims = claims(token);
    var asked =
        review
            .path("spec")
            .path("audiences")
            .valueStream()
            .map(JsonNode::asText)
            .collect(Collectors.toSet());
    var common = asked.stream().filter(each -> has(claims.path("aud"), each)).sorted().toList();
    if (withdrawn.contains(token) || common.isEmpty()) {
      status.putObject("user"); // A false `authenticated` is left out, as Go does.
      status.put("error", "[invalid bearer token, service account token has been invalidated]");
      return answer.toString();
    }
    status.put("authenticated", true);
    var user = status.putObject("user").put("username", claims.path("sub").asText());
    user.put("uid", "5d5ae4c6").putArray("groups").add("system:serviceaccounts");
    common.forEach(status.putArray("audiences")::add);
    return answer.toString();
  }

  private static boolean has(JsonNode audiences, String audience) {
    return audiences.isTextual()
        ? audiences.asText().equals(audience)
        : audiences.valueStream().anyMatch(each -> each.asText().equals(audience));
  }

  private static JsonNode claims(String token) throws IOException {
    return JSON.readTree(Base64.getUrlDecoder().decode(token.split("\\.", -1)[1]));
  }

  private static String failure(int code) {
    return "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"status\":\"Failure\",\"code\":"
        + code
        + "}";
  }

  private static void answer(HttpExchange exchange, int status, String body) throws IOException {
    var bytes = body.getBytes(UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }
}
