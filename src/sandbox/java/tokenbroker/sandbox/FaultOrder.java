package tokenbroker.sandbox;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An order for a fault.
 *
 * @param tokens the tokens to revoke: {@code access}, {@code refresh} or {@code all}
 * @param user the user whose tokens are revoked; null for every user
 * @param times the number of token requests with the fault; null until the order is withdrawn
 * @param clientId the only TrackMage client with the fault; null for all clients
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record FaultOrder(
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
   * Parses and checks an order.
   *
   * @throws InvalidOrder if the text is no order, or a faulty one
   */
  static FaultOrder parse(String json) {
    FaultOrder order;
    try {
      order = JSON.readValue(json, FaultOrder.class);
    } catch (UnrecognizedPropertyException e) {
      throw new InvalidOrder("no such field: " + e.getPropertyName());
    } catch (JsonProcessingException e) {
      throw new InvalidOrder(
          "the body is not JSON such as {\"fault\": \"slow\", \"delay\": \"3s\"}");
    }
    if (order == null) {
      throw new InvalidOrder("the body is empty");
    }
    order.check();
    return order;
  }

  private void check() {
    toFault();
    between("times", times, 1, 1_000_000);
    if (times != null && (REVOKED.equals(fault) || "none".equals(fault))) {
      throw new InvalidOrder("times does not go with " + fault);
    }
    if (clientId != null && (clientId.isBlank() || clientId.length() > 100)) {
      throw new InvalidOrder("client_id has between 1 and 100 characters");
    }
  }

  Fault toFault() {
    return switch (Objects.requireNonNullElse(fault, "")) {
      case "none" -> only(new Fault.None());
      case REVOKED -> only(new Fault.None(), revocable(), user);
      case "expired" -> only(new Fault.Expired(duration("lifetime", lifetime, "0s")), lifetime);
      case "slow" -> only(new Fault.Slow(duration("delay", delay, "3s")), delay);
      case "429" -> only(new Fault.HttpError(429, seconds(retryAfter)), retryAfter);
      case "5xx" ->
          only(new Fault.HttpError(serverError(), seconds(retryAfter)), status, retryAfter);
      case "garbage" -> only(new Fault.Garbage());
      case "rejected" -> only(new Fault.Rejected(oauthError()), error);
      case "truncated" -> only(new Fault.Truncated());
      case "lost" -> only(new Fault.Lost(graceIfGiven()), grace);
      default -> throw new InvalidOrder("fault is one of " + NAMES);
    };
  }

  /**
   * Returns the fault, if no setting of another fault is given. Such a setting is most likely a
   * mistake, because it would have no effect.
   */
  private Fault only(Fault chosen, @Nullable Object... used) {
    var given =
        count(Arrays.asList(delay, lifetime, retryAfter, status, error, grace, tokens, user));
    if (given != count(Arrays.asList(used))) {
      throw new InvalidOrder("a setting that does not go with " + fault);
    }
    return chosen;
  }

  private static long count(List<? extends @Nullable Object> settings) {
    return settings.stream().filter(Objects::nonNull).count();
  }

  private static Duration duration(String name, @Nullable String given, String otherwise) {
    return Durations.parse(name, given == null ? otherwise : given, Duration.ZERO, HOUR);
  }

  private Optional<Duration> graceIfGiven() {
    return Optional.ofNullable(grace).map(given -> duration("grace", given, given));
  }

  private @Nullable String revocable() {
    if (tokens != null && !REVOCABLE.contains(tokens)) {
      throw new InvalidOrder("tokens is one of access, refresh or all");
    }
    return tokens;
  }

  private int serverError() {
    between("status", status, 500, 599);
    return status == null ? 500 : status;
  }

  private String oauthError() {
    if (error != null && !error.matches("[a-z_]{1,60}")) {
      throw new InvalidOrder("error is a word such as invalid_client");
    }
    return error == null ? "invalid_client" : error;
  }

  private static @Nullable Integer seconds(@Nullable Integer retryAfter) {
    between("retry_after", retryAfter, 0, 86_400);
    return retryAfter;
  }

  private static void between(String name, @Nullable Integer value, int least, int most) {
    if (value != null && (value < least || value > most)) {
      throw new InvalidOrder(name + " is a number from " + least + " to " + most);
    }
  }

  FaultOrder withTimes(int left) {
    return new FaultOrder(
        fault, delay, lifetime, retryAfter, status, error, grace, tokens, user, left, clientId);
  }
}
