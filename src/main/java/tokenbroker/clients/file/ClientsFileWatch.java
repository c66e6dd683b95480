package tokenbroker.clients.file;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tokenbroker.seal.Sha256;
import tokenbroker.time.Moment;
import tokenbroker.time.Ticker;

/**
 * Polls the clients file, and reads it once its content has changed and settled. So a file that is
 * being written in place is not applied half-written. Not thread-safe.
 */
public final class ClientsFileWatch {

  /** How long the content must be unchanged. A writer's pauses are shorter than this. */
  public static final Duration SETTLED_AFTER = Duration.ofSeconds(2);

  private final Path file;
  private final Set<String> issuers;
  private final boolean allowPlainHttp;
  private final Clock clock;
  private final Ticker ticker;

  /** The state from which the last result was made; null before the first look. */
  private @Nullable Sight taken;

  /** The new state that has not settled yet; null if there is none. */
  private @Nullable Sight settling;

  /** The moment from which the content of the file is new. */
  private Moment settlingSince;

  /** The real path of the file at the last look. */
  private @Nullable Path lastPlace;

  public ClientsFileWatch(
      Path file, Set<String> issuers, boolean allowPlainHttp, Clock clock, Ticker ticker) {
    this.file = file;
    this.issuers = Set.copyOf(issuers);
    this.allowPlainHttp = allowPlainHttp;
    this.clock = clock;
    this.ticker = ticker;
    this.settlingSince = ticker.now();
  }

  /**
   * The state of the file at one look.
   *
   * @param digest of the content; null if it cannot be read
   * @param stamp null if there is no file
   */
  private record Sight(@Nullable String digest, @Nullable FileStamp stamp) {}

  /**
   * Returns the parsed content of the file. Empty if the content is unchanged or has not settled
   * yet.
   */
  public Optional<ClientsFile.Result> look() {
    var bytes = ClientsFileText.bytes(file);
    var stamp = FileStamp.of(file); // After the read, so that a write during the read looks recent.
    var sight = new Sight(bytes == null ? null : HexFormat.of().formatHex(Sha256.of(bytes)), stamp);
    var swapped = isSwapped(stamp);
    if (taken != null && Objects.equals(taken.digest, sight.digest)) {
      settling = null;
      return Optional.empty();
    }
    if (!sight.equals(settling)) {
      settling = sight;
      settlingSince = ticker.now();
    }
    if (taken != null && !swapped && !isSettled(stamp)) {
      return Optional.empty();
    }
    taken = sight;
    settling = null;
    return Optional.of(ClientsFileText.parse(bytes, issuers, allowPlainHttp, RuleLines.NONE));
  }

  /** Returns whether there is new content to look at again soon. */
  public boolean isSettling() {
    return settling != null;
  }

  /**
   * Returns whether the real path has changed. Kubernetes writes a whole new directory and then
   * swaps a link to it, so no reader sees half of it.
   */
  private boolean isSwapped(@Nullable FileStamp stamp) {
    var place = stamp == null ? null : stamp.place();
    var before = lastPlace;
    lastPlace = place;
    return place != null && before != null && !place.equals(before);
  }

  /**
   * Returns whether the content has settled. If the wall clock is wrong, this process's monotonic
   * time still bounds the wait.
   */
  private boolean isSettled(@Nullable FileStamp stamp) {
    return settlingSince.until(ticker.now()).compareTo(SETTLED_AFTER) >= 0
        || (stamp != null && stamp.isOlderThan(SETTLED_AFTER, clock.instant()));
  }
}
