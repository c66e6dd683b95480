package tokenbroker.sandbox.faults;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tokenbroker.sandbox.web.DurationParameter;
import tokenbroker.sandbox.web.InvalidRequestException;

/**
 * The JSON that describes a fault, as {@code PUT /sandbox/faults} accepts it and {@code GET}
 * returns it. docs/sandbox.md lists the faults and their fields.
 *
 * @param fault the name of the fault
 * @param delay a duration, such as {@code 3s}; so are {@code lifetime} and {@code grace}
 * @param retryAfter in seconds
 * @param tokens the tokens to revoke: {@code access}, {@code refresh} or {@code all}
 * @param user the e-mail address of the user whose tokens are revoked; null for every user
 * @param times the number of token requests that the fault still affects; null for no limit
 * @param clientId the TrackMage client that the fault affects; null for all clients
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record FaultSpec(
    @JsonProperty("fault") @Nullable String fault,
    @JsonProperty("delay") @Nullable String delay,
    @JsonProperty("lifetime") @Nullable String lifetime,
    @JsonProperty("retry_after") @Nullable Integer retryAfter,
    @JsonProperty("status") @Nullable Integer status,
    @JsonProperty("error") @Nullable String error,
    @JsonProperty("grace") @Nullable String grace,
    @JsonProperty("tokens") @Nullable String tokens,
    @JsonProperty("user") @Nullable String user,
    @JsonProperty("times") @Nullable Integer times,
    @JsonProperty("client_id") @Nullable String clientId) {

  static final String REVOKED = "revoked";

  private static final String NAMES =
      "none, expired, revoked, slow, 429, 5xx, garbage, rejected, truncated or lost";
  private static final Duration HOUR = Duration.ofHours(1);
  private static final Set<String> REVOCABLE = Set.of("access", "refresh", "all");
  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * Parses and checks a fault.
   *
   * @throws InvalidRequestException if the text does not describe a valid fault
   */
  static FaultSpec parse(String json) {
    FaultSpec spec;
    try {
      spec = JSON.readValue(json, FaultSpec.class);
    } catch (UnrecognizedPropertyException e) {
      throw new InvalidRequestException(
          "%s is not a field of a fault; the fields are %s"
              .formatted(e.getPropertyName(), names(e.getKnownPropertyIds())));
    } catch (JsonProcessingException e) {
      throw new InvalidRequestException(
          "the body is not a JSON object such as {\"fault\": \"slow\", \"delay\": \"3s\"}");
    }
    if (spec == null) {
      throw new InvalidRequestException(
          "the body is null; it must be a JSON object such as {\"fault\": \"none\"}");
    }
    spec.check();
    return spec;
  }

  private static String names(Collection<Object> fields) {
    return fields.stream().map(Object::toString).sorted().collect(Collectors.joining(", "));
  }

  private void check() {
    toFault();
    between("times", times, 1, 1_000_000);
    if (times != null && (REVOKED.equals(fault) || "none".equals(fault))) {
      throw new InvalidRequestException("the fault " + fault + " does not take times");
    }
    if (clientId != null && (clientId.isBlank() || clientId.length() > 100)) {
      throw new InvalidRequestException(
          "client_id is blank or longer than 100 characters; it must be a client id");
    }
  }

  TokenEndpointFault toFault() {
    return switch (Objects.requireNonNullElse(fault, "")) {
      case "none" -> taking(new TokenEndpointFault.None());
      case REVOKED -> {
        checkRevocable();
        yield taking(new TokenEndpointFault.None(), "tokens", "user");
      }
      case "expired" ->
          taking(new TokenEndpointFault.Expired(duration("lifetime", lifetime, "0s")), "lifetime");
      case "slow" -> taking(new TokenEndpointFault.Slow(duration("delay", delay, "3s")), "delay");
      case "429" ->
          taking(new TokenEndpointFault.HttpError(429, seconds(retryAfter)), "retry_after");
      case "5xx" ->
          taking(
              new TokenEndpointFault.HttpError(serverError(), seconds(retryAfter)),
              "status",
              "retry_after");
      case "garbage" -> taking(new TokenEndpointFault.Garbage());
      case "rejected" -> taking(new TokenEndpointFault.Rejected(oauthError()), "error");
      case "truncated" -> taking(new TokenEndpointFault.Truncated());
      case "lost" -> taking(new TokenEndpointFault.Lost(graceIfGiven()), "grace");
      default ->
          throw new InvalidRequestException(
              (fault == null ? "fault is missing" : "fault is \"" + fault + "\"")
                  + "; it must be one of "
                  + NAMES);
    };
  }

  /**
   * Returns the fault if it takes every field that is given. Another field is most likely a
   * mistake, because it would have no effect.
   */
  private TokenEndpointFault taking(TokenEndpointFault chosen, String... fields) {
    var others = new ArrayList<>(givenFields());
    others.removeAll(List.of(fields));
    if (!others.isEmpty()) {
      throw new InvalidRequestException(
          "the fault " + fault + " does not take " + String.join(", ", others));
    }
    return chosen;
  }

  /** Returns the names of the given fields that only some faults take. */
  private List<String> givenFields() {
    var values = new LinkedHashMap<String, @Nullable Object>();
    values.put("delay", delay);
    values.put("lifetime", lifetime);
    values.put("retry_after", retryAfter);
    values.put("status", status);
    values.put("error", error);
    values.put("grace", grace);
    values.put("tokens", tokens);
    values.put("user", user);
    values.values().removeIf(Objects::isNull);
    return List.copyOf(values.keySet());
  }

  private static Duration duration(String name, @Nullable String given, String otherwise) {
    return DurationParameter.parse(name, given == null ? otherwise : given, Duration.ZERO, HOUR);
  }

  private Optional<Duration> graceIfGiven() {
    return Optional.ofNullable(grace).map(given -> duration("grace", given, given));
  }

  private void checkRevocable() {
    if (tokens != null && !REVOCABLE.contains(tokens)) {
      throw new InvalidRequestException(
          "tokens is \"" + tokens + "\"; it must be access, refresh or all");
    }
  }

  private int serverError() {
    between("status", status, 500, 599);
    return status == null ? 500 : status;
  }

  private String oauthError() {
    if (error != null && !error.matches("[a-z_]{1,60}")) {
      throw new InvalidRequestException(
          "error is \"" + error + "\"; it must be an OAuth error code such as invalid_client");
    }
    return error == null ? "invalid_client" : error;
  }

  private static @Nullable Integer seconds(@Nullable Integer retryAfter) {
    between("retry_after", retryAfter, 0, 86_400);
    return retryAfter;
  }

  private static void between(String name, @Nullable Integer value, int least, int most) {
    if (value != null && (value < least || value > most)) {
      throw new InvalidRequestException(
          "%s is %d; it must be a number from %d to %d".formatted(name, value, least, most));
    }
  }

  FaultSpec withTimes(int left) {
    return new FaultSpec(
        fault, delay, lifetime, retryAfter, status, error, grace, tokens, user, left, clientId);
  }
}
