package tokenbroker.callers;

import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * An issuer and its keys. They are read again every five minutes, and once more for a key that is
 * not known, at most every half a minute. What cannot be read leaves the keys in hand in force.
 */
final class Issuer {

  private static final Logger LOG = Logger.getLogger(Issuer.class);
  private static final Duration READ_EVERY = Duration.ofMinutes(5);
  private static final Duration UNKNOWN_KEY_PAUSE = Duration.ofSeconds(30);
  private static final Duration RETRY_WITHOUT_KEYS = Duration.ofSeconds(2);

  private final IssuerSettings settings;
  private final KeySource source;
  private final CallerMetrics metrics;
  private final Clock clock;
  private final ReentrantLock reading = new ReentrantLock();
  private volatile List<IssuerKey> keys = List.of();
  private volatile Instant due = Instant.MIN;
  private Instant unknownKeyNotBefore = Instant.MIN;
  private boolean failing;

  Issuer(IssuerSettings settings, CallerMetrics metrics, Clock clock) {
    this.settings = settings;
    this.source = new KeySource(settings);
    this.metrics = metrics;
    this.clock = clock;
  }

  String name() {
    return settings.name();
  }

  boolean hasKeys() {
    return !keys.isEmpty();
  }

  /** Reads the keys where that is due. Blocks then; cheap else. */
  void readIfDue() {
    if (clock.instant().isBefore(due)) {
      return;
    }
    reading.lock();
    try {
      read();
    } finally {
      reading.unlock();
    }
  }

  /** The key that must have signed the JWT; read anew where it is not known yet. May block. */
  Optional<IssuerKey> keyFor(@Nullable String id) {
    var known = known(id);
    return known.isPresent() || !hasKeys() ? known : readFor(id);
  }

  /** One that is not named must be the only one. */
  private Optional<IssuerKey> known(@Nullable String id) {
    var now = keys;
    if (id == null) {
      return now.size() == 1 ? Optional.of(now.getFirst()) : Optional.empty();
    }
    return now.stream()
        .filter(key -> id.equals(key.id) || (key.id == null && now.size() == 1))
        .findFirst();
  }

  /** Whoever comes while another reads waits for what that one brings. */
  private Optional<IssuerKey> readFor(@Nullable String id) {
    if (id == null) {
      return Optional.empty();
    }
    reading.lock();
    try {
      var known = known(id);
      if (known.isPresent()) {
        return known;
      }
      var now = clock.instant();
      if (now.isBefore(unknownKeyNotBefore)) {
        metrics.keysRead(settings.name(), "throttled");
        return Optional.empty();
      }
      unknownKeyNotBefore = now.plus(UNKNOWN_KEY_PAUSE);
      read();
      return known(id);
    } finally {
      reading.unlock();
    }
  }

  private void read() {
    try {
      replace(KeyTexts.read(source.read(), settings));
      metrics.keysRead(settings.name(), "ok");
      if (failing) {
        LOG.infof("The keys of issuer %s can be read again", settings.name());
      }
      failing = false;
    } catch (IOException e) {
      metrics.keysRead(settings.name(), "failed");
      if (!failing) {
        LOG.warnf(
            "The keys of issuer %s cannot be read, %d in hand stay in force: %s",
            settings.name(), keys.size(), e.getMessage());
      }
      failing = true;
    }
    due = clock.instant().plus(hasKeys() ? READ_EVERY : RETRY_WITHOUT_KEYS);
  }

  /** Keys that stay are the same objects as before, so that what they verified stays remembered. */
  private void replace(List<IssuerKey> read) {
    var before = keys;
    keys =
        read.stream()
            .map(key -> before.stream().filter(old -> isSame(old, key)).findFirst().orElse(key))
            .toList();
    for (var old : before) {
      old.inForce = keys.contains(old);
    }
  }

  private static boolean isSame(IssuerKey one, IssuerKey other) {
    return Objects.equals(one.id, other.id) && one.key.equals(other.key);
  }
}
