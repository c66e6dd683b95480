package tokenbroker.callers;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tokenbroker.callers.RememberedJwts.Good;
import tokenbroker.config.BrokerConfig.Unreviewed;
import tokenbroker.outbound.Egress;
import tokenbroker.testing.CallerTokens;
import tokenbroker.testing.LiveHeap;
import tokenbroker.testing.SettableClock;
import tokenbroker.testing.TestConfig;

/** Proves that the memory of cached JWTs is bounded. */
class RememberedJwtsTest {

  private static final int ENTRIES = 4_000;

  private final SettableClock clock = new SettableClock();
  private final IssuerSettings issuer = issuer();
  private final IssuerKey key =
      IssuerKey.of("k1", Signed.rsa("k1").getPublicKey(), issuer).orElseThrow();

  static Stream<Arguments> callers() {
    return Stream.of(
        Arguments.of("a service account", 43, 0, 0, false),
        Arguments.of("a service account that is reviewed", 43, 0, 0, true),
        Arguments.of("a subject that is not Latin", 43, 0, 0x4e00, false),
        Arguments.of("the longest subject", 5_900, 0, 0, false),
        Arguments.of("a long subject that is not Latin", 1_900, 0, 0x4e00, true),
        Arguments.of("one group", 20, 1, 0, false),
        Arguments.of("hundreds of groups", 20, 600, 0, false));
  }

  /** Measured with the JVM's own count, so that the documented bound is reliable. */
  @ParameterizedTest(name = "{0}")
  @MethodSource("callers")
  void anEntryRetainsNoMoreThanItCounts(
      String caller, int subject, int groups, int letter, boolean reviewed) {
    var counted =
        Math.max(RememberedJwts.PLACE, entry(0, subject, groups, letter, reviewed).bytes());
    var entries = counted > 10_000 ? ENTRIES / 20 : ENTRIES;

    var retained =
        LiveHeap.bytesPerEntry(
            entries,
            count -> {
              var cache = cache(1_000_000);
              for (var i = 0; i < count; i++) {
                cache.put(Digest.of("jwt-" + i), entry(i, subject, groups, letter, reviewed));
              }
              return cache;
            });
    assertThat(retained).isBetween(200.0, (double) counted);
  }

  @Test
  void asManyUsualCallersAreRememberedAsThereArePlaces() {
    assertThat(remembered(100, 43, 0)).isEqualTo(100);
  }

  @Test
  void callersWithLongSubjectsOrManyGroupsTakeThePlacesOfSeveral() {
    assertThat(remembered(100, 5_900, 0)).isBetween(1L, 5L);
    assertThat(remembered(100, 20, 600)).isBetween(0L, 1L);
  }

  @Test
  void aDenialIsForgottenAfterTenSeconds() {
    var cache = cache(10);
    var digest = Digest.of("jwt");
    cache.put(digest, entry(0, 43, 0, 0, false));
    cache.deny(digest);
    assertThat(cache.good(digest)).isNull();
    clock.advance(Duration.ofSeconds(9));
    assertThat(cache.isDenied(digest)).isTrue();
    clock.advance(Duration.ofSeconds(1));
    assertThat(cache.isDenied(digest)).isFalse();
  }

  /** Returns how many of 300 callers are cached. */
  private long remembered(int places, int subject, int groups) {
    var cache = cache(places);
    for (var i = 0; i < 300; i++) {
      cache.put(Digest.of("jwt-" + i), entry(i, subject, groups, 0, false));
    }
    return IntStream.range(0, 300).filter(i -> cache.good(Digest.of("jwt-" + i)) != null).count();
  }

  private RememberedJwts cache(int places) {
    return new RememberedJwts(places, Set::of, clock, clock);
  }

  private Good entry(int number, int subject, int groups, int letter, boolean reviewed) {
    var caller =
        new Caller(
            "test",
            text(number, subject, letter),
            IntStream.range(0, groups)
                .mapToObj(group -> text(group * 100_000 + number, 20, letter))
                .collect(Collectors.toSet()));
    var review = reviewed ? JwtReview.by(reviews()) : null;
    return new Good(caller, key, clock.instant().plusSeconds(60 + number), null, review);
  }

  /** Returns a unique text of this length. */
  private static String text(int number, int length, int letter) {
    var rest = String.valueOf((char) (letter == 0 ? 'x' : letter)).repeat(length - 10);
    return "%010d".formatted(number) + rest;
  }

  private final Map<String, TokenReviews> shared = new HashMap<>();

  private TokenReviews reviews() {
    return shared.computeIfAbsent(
        "one",
        name ->
            new TokenReviews(
                issuer,
                new ReviewSettings(
                    URI.create("https://127.0.0.1:6443"),
                    Path.of("token"),
                    null,
                    Unreviewed.ACCEPT),
                new CallerMetrics(new SimpleMeterRegistry()),
                clock,
                new Egress(TestConfig.defaults())));
  }

  private static IssuerSettings issuer() {
    var config =
        TestConfig.with(
            Map.of(
                "broker.issuers.test.issuer",
                CallerTokens.ISSUER,
                "broker.issuers.test.keys",
                "/nowhere"));
    return IssuerSettings.read(config.issuers(), new ArrayList<>()).getFirst();
  }
}
