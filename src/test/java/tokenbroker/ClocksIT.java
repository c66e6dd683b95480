package tokenbroker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;
import static tokenbroker.testing.Responses.json;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tokenbroker.testing.Answer;
import tokenbroker.testing.Measured;
import tokenbroker.testing.Site;

/**
 * Proves that a wrong clock, of the upstream or of a replica, never makes an expired token served.
 */
class ClocksIT {

  @RegisterExtension private static final Site SITE = new Site().clients(20).brokers(1);

  @ParameterizedTest
  @ValueSource(ints = {-90, 90})
  void anUpstreamWhoseClockIsOffIsToldAndNothingExpiredIsServed(int ahead) {
    var client = ahead > 0 ? 1 : 2;
    SITE.upstream().skewDate(Duration.ofSeconds(ahead));
    SITE.upstream().answer("id-" + client, Answer.token(Duration.ofSeconds(60)));
    try {
      var answer = SITE.broker(0).get("/tokens/client-" + client, SITE.caller());

      assertThat(json(answer).path("expires_in").intValue()).isBetween(55, 60);
      assertThat(Instant.parse(json(answer).path("expires_at").textValue()))
          .isBefore(Instant.now().plusSeconds(61));
      var skew = SITE.broker(0).metric("token_broker_clock_skew_seconds{upstream=\"test\"");
      assertThat(skew).isBetween(ahead - 3.0, ahead + 3.0);
      Measured.say(
          "anUpstreamWhoseClockIsOffIsToldAndNothingExpiredIsServed(" + ahead + ")",
          "%.0f s told".formatted(skew));
    } finally {
      SITE.upstream().skewDate(Duration.ZERO);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"-60", "+60"})
  void aReplicaWhoseClockIsOffServesTheSameTokenAndNotPastItsEnd(String seconds)
      throws IOException {
    var library = faketime();
    assumeThat(library).as("libfaketime is missing: install the package faketime").isPresent();
    var client = seconds.equals("+60") ? 3 : 4;
    var path = "/tokens/client-" + client;
    var lifetime = Duration.ofSeconds(24);
    SITE.upstream().answer("id-" + client, Answer.token(lifetime));
    try (var off =
        SITE.settings()
            .environment("LD_PRELOAD", library.orElseThrow().toString())
            .environment("FAKETIME", seconds + "s")
            .environment("FAKETIME_DONT_FAKE_MONOTONIC", "1")
            .start()) {
      var right = SITE.broker(0).get(path, SITE.caller());
      var fetchedAt = System.nanoTime();
      var seen = off.get(path, SITE.caller());
      var passed = (int) Duration.ofNanos(System.nanoTime() - fetchedAt).toSeconds();

      assertThat(seen.headers().firstValue("Token-Id"))
          .isEqualTo(right.headers().firstValue("Token-Id"));
      assertThat(json(seen).path("expires_in").intValue() + passed)
          .isCloseTo(json(right).path("expires_in").intValue(), within(2));
      assertThat(SITE.upstream().count("id-" + client)).isOne();

      var first = right.headers().firstValue("Token-Id");
      await()
          .atMost(Duration.ofMinutes(1))
          .until(
              () -> !off.get(path, SITE.caller()).headers().firstValue("Token-Id").equals(first));
      assertThat(Duration.ofNanos(System.nanoTime() - fetchedAt)).isLessThan(lifetime);
      Measured.say(
          "aReplicaWhoseClockIsOffServesTheSameTokenAndNotPastItsEnd(" + seconds + ")",
          "the same token, replaced %d s after it was fetched, of %d s"
              .formatted(
                  Duration.ofNanos(System.nanoTime() - fetchedAt).toSeconds(),
                  lifetime.toSeconds()));
    }
  }

  private static Offset<Integer> within(int seconds) {
    return Offset.offset(seconds);
  }

  /** Returns the library, where Debian's package installs it. */
  private static Optional<Path> faketime() throws IOException {
    try (var directories = Files.list(Path.of("/usr/lib"))) {
      return directories
          .map(it -> it.resolve("faketime/libfaketime.so.1"))
          .filter(Files::exists)
          .findFirst();
    }
  }
}
