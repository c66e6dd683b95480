package tokenbroker.tokens;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tokenbroker.clients.ClientName;
import tokenbroker.memory.MemoryTokenStore;
import tokenbroker.seal.KeyedHash;
import tokenbroker.testing.LiveHeap;
import tokenbroker.testing.SettableClock;
import tokenbroker.testing.TestConfig;

/** Proves that the memory of cached tokens is bounded. */
class LocalTokensTest {

  private static final int ENTRIES = 4_000;
  private static final KeyedHash HASH = new KeyedHash(new byte[32]);

  private final SettableClock clock = new SettableClock();
  private final MemoryTokenStore store = new MemoryTokenStore(clock.clocks());
  private final Freshness freshness = new Freshness(TestConfig.defaults().tokens(), "replica");

  static Stream<Arguments> tokens() {
    return Stream.of(
        Arguments.of("an opaque token", 86, 0, 'a'),
        Arguments.of("a JWT", 2_000, 20, 'a'),
        Arguments.of("the longest token", 16_384, 320, 'a'),
        Arguments.of("a user whose name is not Latin", 86, 320, '\u4e00'));
  }

  /** Measured with the JVM's own count, so that the documented bound is reliable. */
  @ParameterizedTest(name = "{0}")
  @MethodSource("tokens")
  void anEntryRetainsNoMoreThanItCounts(String what, int length, int user, char letter) {
    var counted = LocalTokens.bytes(account(0), token(0, length, user, letter));
    var entries = length > 10_000 ? ENTRIES / 10 : ENTRIES;

    var retained =
        LiveHeap.bytesPerEntry(
            entries,
            count -> {
              var nearby = nearby(Long.MAX_VALUE);
              IntStream.range(0, count)
                  .forEach(i -> keep(nearby, i, token(i, length, user, letter)));
              return nearby;
            });
    assertThat(retained).isBetween(counted * 0.8, (double) counted);
  }

  @Test
  void theirRoomFollowsTheHeap() {
    assertThat(LocalTokens.room(64L << 20)).isEqualTo(8L << 20);
    assertThat(LocalTokens.room(128L << 20)).isEqualTo(16L << 20);
    assertThat(LocalTokens.room(256L << 20)).isEqualTo(80L << 20);
  }

  /** The heaps are those in the section "Capacity" of docs/operations.md. */
  @Test
  void theDocumentedHeapsHaveRoomForTheirTokens() {
    var client = TokenOwner.of(new ClientName("client-99999"));
    var token = token(0, 840, 36, 'a'); // As long as TrackMage's tokens and ids.

    assertThat(LocalTokens.room(128L << 20) / LocalTokens.bytes(client, token))
        .isGreaterThan(9_000);
    assertThat(LocalTokens.room(448L << 20) / LocalTokens.bytes(client, token))
        .isGreaterThan(100_000);
  }

  @Test
  void whatDoesNotFitIsDroppedAndCounted() {
    var nearby = nearby(100_000);
    var size = LocalTokens.bytes(account(0), token(0, 86, 0, 'a'));
    IntStream.range(0, 1_000).forEach(i -> keep(nearby, i, token(i, 86, 0, 'a')));

    var held = IntStream.range(0, 1_000).filter(i -> nearby.get(account(i)) != null).count();
    assertThat(held).isBetween(100_000L / size - 3, 100_000L / size);
    assertThat(nearby.evicted()).isEqualTo(1_000 - held);
  }

  @Test
  void anUpstreamWithHugeTokensTakesNoMoreThanItsShare() {
    var nearby = nearby(1_000_000);
    IntStream.range(0, 1_000).forEach(i -> keep(nearby, i, token(i, 16_384, 0, 'a')));
    assertThat(IntStream.range(0, 1_000).filter(i -> nearby.get(account(i)) != null).count())
        .isBetween(30L, 60L);
  }

  private LocalTokens nearby(long bytes) {
    return new LocalTokens(freshness, store, bytes);
  }

  private void keep(LocalTokens nearby, int number, AccessToken token) {
    nearby.keep(account(number), token, clock.clocks().now(), nearby.moment());
  }

  private static TokenOwner account(int number) {
    return new TokenOwner(
        new ClientName("client-" + number),
        ConnectionId.parse("%022d".formatted(number)).orElseThrow());
  }

  /** Returns a token that shares no text with another one. */
  private AccessToken token(int number, int length, int user, char letter) {
    var value = "%010d".formatted(number) + "x".repeat(length - 10);
    var name = user == 0 ? null : "%010d".formatted(number) + ("" + letter).repeat(user - 10);
    return new AccessToken(
        value,
        user == 0 ? null : "scope-" + number,
        name,
        user == 0 ? null : name + "@",
        TokenId.of(value, HASH),
        Lifespan.from(clock.clocks().now(), Duration.ofHours(1)),
        new Provenance(
            new String("https://upstream.test".toCharArray()), "id-" + number, null, "v" + number));
  }
}
