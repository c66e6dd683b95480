package tokenbroker.callers;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tokenbroker.outbound.Egress;
import tokenbroker.testing.CallerTokens;
import tokenbroker.testing.SettableClock;
import tokenbroker.testing.TestConfig;

/** Issuers and verified callers, wired as in the broker, with a settable clock. */
final class CallersUnderTest {

  final SettableClock clock = new SettableClock(Clock.systemUTC().instant());
  final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  final Issuers issuers;

  /** The groups that appear in the callers' rules. */
  volatile Set<CallerRule.Group> namedGroups = Set.of();

  final VerifiedCallers callers;

  private CallersUnderTest(Map<String, String> settings) {
    var metrics = new CallerMetrics(registry);
    var config = TestConfig.with(settings);
    issuers = new Issuers(config, metrics, clock, new Egress(config));
    callers = new VerifiedCallers(issuers, () -> namedGroups, metrics, clock, clock, 100);
  }

  /** Returns callers with these settings. No keys have been read yet. */
  static CallersUnderTest with(Map<String, String> settings) {
    return new CallersUnderTest(settings);
  }

  /**
   * Returns callers of the single issuer {@code test}, which publishes these keys. No keys have
   * been read yet.
   */
  static CallersUnderTest withKeys(String keys) {
    return withKeys(keys, Map.of());
  }

  /** Like {@link #withKeys(String)}, with additional settings of the issuer. */
  static CallersUnderTest withKeys(String keys, Map<String, String> more) {
    var settings = new HashMap<String, String>();
    settings.put("broker.issuers.test.issuer", CallerTokens.ISSUER);
    settings.put("broker.issuers.test.keys", keys);
    more.forEach((key, value) -> settings.put("broker.issuers.test." + key, value));
    return with(settings);
  }

  CallersUnderTest read() {
    issuers.readKeysIfDue();
    return this;
  }

  /**
   * Advances the clock and then reads the keys that are due, as the background job does each
   * second.
   */
  void passes(Duration duration) {
    clock.advance(duration);
    read();
  }

  Verification verify(String jwt) {
    return callers.verify(jwt);
  }

  List<String> issuersWithoutKeys() {
    return issuers.statuses().stream()
        .filter(status -> !status.isUsable())
        .map(KeysStatus::issuer)
        .toList();
  }

  /** Returns why the last read of this issuer's keys failed; null if it succeeded. */
  @Nullable String failure(String issuer) {
    return issuers.statuses().stream()
        .filter(status -> status.issuer().equals(issuer))
        .findFirst()
        .flatMap(KeysStatus::failure)
        .orElse(null);
  }

  /** Returns why the API server cannot review this issuer's JWTs; null if it can. */
  @Nullable String failureOfReviews(String issuer) {
    return issuers.statuses().stream()
        .filter(status -> status.issuer().equals(issuer))
        .findFirst()
        .flatMap(KeysStatus::reviewFailure)
        .orElse(null);
  }

  int reads(String issuer, String result) {
    return (int)
        registry.counter("token_broker.keys.refresh", "issuer", issuer, "result", result).count();
  }

  int keysInForce(String issuer) {
    return (int) registry.get("token_broker.issuer.keys").tag("issuer", issuer).gauge().value();
  }
}
