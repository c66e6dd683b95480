package tokenbroker.trackmage;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tokenbroker.clients.ClientCredentials;
import tokenbroker.seal.KeyedHash;
import tokenbroker.tokens.AccessToken;
import tokenbroker.tokens.FetchResult;
import tokenbroker.tokens.FetchResult.Fetched;
import tokenbroker.tokens.FetchResult.InvalidResponse;
import tokenbroker.tokens.FetchResult.Rejected;
import tokenbroker.tokens.FetchResult.Unavailable;
import tokenbroker.tokens.OAuthError;
import tokenbroker.tokens.TokenId;

/**
 * Reads an answer of the token endpoint (RFC 6749 §5). TrackMage answers errors with status 400, so
 * {@code error} decides and the status only where there is none. Whatever is in the answer is
 * checked before it is used, and nothing of it is repeated in a message.
 */
final class TokenResponse {

  private static final Set<String> DOWN = Set.of("server_error", "temporarily_unavailable");

  /** What fits into an {@code Authorization} header whole: printable ASCII without spaces. */
  private static final Pattern TOKEN = Pattern.compile("[\\x21-\\x7E]{1,16384}");

  /** RFC 6749 §3.3. */
  private static final Pattern SCOPE =
      Pattern.compile("[\\x21\\x23-\\x5B\\x5D-\\x7E][\\x20\\x21\\x23-\\x5B\\x5D-\\x7E]{0,1023}");

  private static final Pattern PLAIN_TEXT = Pattern.compile("[^\\p{Cntrl}]{1,320}");

  private static final JsonMapper JSON =
      JsonMapper.builder(
              JsonFactory.builder()
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxNestingDepth(20).build())
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private TokenResponse() {}

  static FetchResult read(Reply.Answer answer, ClientCredentials credentials, KeyedHash hash) {
    var body = json(answer);
    var error =
        body.map(json -> json.path("error")).filter(JsonNode::isTextual).map(JsonNode::textValue);
    if (error.isPresent() && !body.get().path("access_token").isTextual()) {
      return failed(answer, error.get());
    }
    if (answer.status() == 200) {
      return body.map(json -> token(answer, json, credentials, hash))
          .orElseGet(() -> new InvalidResponse(answer.bodyRead() ? "not_json" : "unreadable_body"));
    }
    return failedWithoutError(answer);
  }

  private static Optional<JsonNode> json(Reply.Answer answer) {
    try {
      var json = JSON.readTree(answer.body());
      return json != null && json.isObject() ? Optional.of(json) : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private static FetchResult failed(Reply.Answer answer, String code) {
    var error = OAuthError.of(code);
    if (DOWN.contains(code)) {
      return new Unavailable(code, RetryAfter.of(answer));
    }
    return error == OAuthError.UNRECOGNIZED && (answer.status() >= 500 || answer.status() == 429)
        ? failedWithoutError(answer)
        : new Rejected(error);
  }

  private static FetchResult failedWithoutError(Reply.Answer answer) {
    if (answer.status() == 429) {
      return new Unavailable("http_429", RetryAfter.of(answer));
    }
    return answer.status() >= 500
        ? new Unavailable("http_5xx", RetryAfter.of(answer))
        : new InvalidResponse("http_" + answer.status());
  }

  private static FetchResult token(
      Reply.Answer answer, JsonNode json, ClientCredentials credentials, KeyedHash hash) {
    var value = text(json, "access_token", TOKEN.asMatchPredicate());
    if (value == null) {
      return new InvalidResponse("no_access_token");
    }
    var type = json.path("token_type");
    if (!type.isMissingNode() && !type.isNull() && !"bearer".equalsIgnoreCase(type.asText())) {
      return new InvalidResponse("token_type");
    }
    return new Fetched(
        new AccessToken(
            value,
            text(json, "scope", SCOPE.asMatchPredicate()),
            text(json, "user_id", PLAIN_TEXT.asMatchPredicate()),
            text(json, "user_email", PLAIN_TEXT.asMatchPredicate()),
            TokenId.of(value, hash),
            answer.sentAt(),
            answer.sentAt().plus(Lifetime.of(json.path("expires_in"), value)),
            credentials.version(),
            false));
  }

  private static @Nullable String text(JsonNode json, String field, Predicate<String> wellFormed) {
    var value = json.path(field).textValue();
    return value != null && wellFormed.test(value) ? value : null;
  }
}
