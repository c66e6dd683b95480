package tokenbroker.callers;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.ReentrantLock;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;
import tokenbroker.callers.IssuerKeys.Choice;
import tokenbroker.files.UnusableText;
import tokenbroker.outbound.Egress;
import tokenbroker.time.Moment;
import tokenbroker.time.Ticker;

/**
 * An issuer and its keys. The broker reads a JWKS every five minutes, and a key file as often as
 * its other files. It also reads them for an unknown key, at most once in 30 seconds. After a
 * failed read, the current keys stay in force and the broker retries soon.
 */
final class Issuer {

  private static final Logger LOG = Logger.getLogger(Issuer.class);
  private static final Duration READ_URL_EVERY = Duration.ofMinutes(5);

  /**
   * The maximum number of JWTs with an unknown key that may wait for a read of the keys. Anyone can
   * make such JWTs, so they must not block others.
   */
  private static final int MOST_WAITING = 64;

  private static final Duration UNKNOWN_KEY_PAUSE = Duration.ofSeconds(30);
  private static final Duration RETRY_WITH_KEYS = Duration.ofSeconds(30);
  private static final Duration RETRY_WITHOUT_KEYS = Duration.ofSeconds(2);

  private final IssuerSettings settings;
  private final KeySource source;
  private final Duration readEvery;
  private final CallerMetrics metrics;
  private final Ticker ticker;
  private final @Nullable TokenReviews reviews;
  private final ReentrantLock reading = new ReentrantLock();
  private final Semaphore places = new Semaphore(MOST_WAITING);
  private volatile IssuerKeys keys = IssuerKeys.NONE;
  private volatile Moment due;
  private volatile @Nullable String failure;
  private volatile @Nullable Moment lastRead;
  private Moment unknownKeyNotBefore;
  private @Nullable String textInForce;

  /**
   * Creates the issuer; its first read of the keys is due at once.
   *
   * @param readFilesEvery the interval between reads of a key file
   */
  Issuer(
      IssuerSettings settings,
      Duration readFilesEvery,
      CallerMetrics metrics,
      Ticker ticker,
      Egress egress) {
    this.settings = settings;
    this.source = new KeySource(settings, egress);
    this.reviews =
        settings.review() == null
            ? null
            : new TokenReviews(settings, settings.review(), metrics, ticker, egress);
    this.readEvery = hasKeysInFile() ? readFilesEvery : READ_URL_EVERY;
    this.metrics = metrics;
    this.ticker = ticker;
    this.due = ticker.now();
    this.unknownKeyNotBefore = due;
    metrics.keysInForce(settings.name(), () -> keys.all().size());
  }

  IssuerSettings settings() {
    return settings;
  }

  /** Returns the reviews of the issuer's JWTs, or null if no API server reviews them. */
  @Nullable TokenReviews reviews() {
    return reviews;
  }

  IssuerKeys keys() {
    return keys;
  }

  boolean hasKeysInFile() {
    return settings.keys() instanceof KeysLocation.File;
  }

  KeysStatus status() {
    return new KeysStatus(
        settings.name(),
        keys.all().size(),
        settings.keys().text(),
        Optional.ofNullable(lastRead).map(read -> read.until(ticker.now())),
        Optional.ofNullable(failure),
        Optional.ofNullable(reviews == null ? null : reviews.outage().reason()));
  }

  boolean isDue() {
    return !ticker.now().isBefore(due);
  }

  /** Returns the time until the next read; negative if the read is overdue. */
  Duration untilNextRead() {
    return ticker.now().until(due);
  }

  /**
   * Reads the keys if a read is due, and blocks meanwhile. Neither the content nor the network can
   * make it throw.
   */
  void readIfDue() {
    reading.lock();
    try {
      if (isDue()) {
        read();
      }
    } finally {
      reading.unlock();
    }
  }

  /**
   * Returns the keys that may have signed a JWT. For an unknown key, it reads the keys again and
   * blocks meanwhile. Concurrent callers wait for the same read, up to a small number.
   */
  Choice candidates(@Nullable String id, @Nullable String algorithm) {
    var choice = keys.candidates(id, algorithm);
    if (!(choice instanceof Choice.Unknown) || id == null || keys.all().isEmpty()) {
      return choice;
    }
    if (!places.tryAcquire()) {
      return new Choice.Crowded();
    }
    try {
      return candidatesAfterRead(id, algorithm);
    } finally {
      places.release();
    }
  }

  private Choice candidatesAfterRead(String id, @Nullable String algorithm) {
    reading.lock();
    try {
      var choice = keys.candidates(id, algorithm);
      return choice instanceof Choice.Unknown && readForUnknownKey()
          ? keys.candidates(id, algorithm)
          : choice;
    } finally {
      reading.unlock();
    }
  }

  private boolean readForUnknownKey() {
    var now = ticker.now();
    if (now.isBefore(unknownKeyNotBefore)) {
      metrics.keysRead(settings.name(), "throttled");
      return false;
    }
    unknownKeyNotBefore = now.plus(UNKNOWN_KEY_PAUSE);
    read();
    return true;
  }

  private void read() {
    try {
      var text = source.read();
      if (!text.equals(textInForce)) {
        keys = keys.replacedBy(KeyTexts.read(text, settings));
        textInForce = text;
      }
      succeeded();
    } catch (UnusableText e) {
      failed(e.reason());
    } catch (IOException e) {
      failed("the connection failed (" + e.getClass().getSimpleName() + ")");
    } catch (RuntimeException e) {
      // A bug here or in a parser must affect this issuer alone. The message is not logged, because
      // it may quote the text.
      failed("unexpected " + e.getClass().getName() + " at " + e.getStackTrace()[0]);
    }
    due = ticker.now().plus(pause());
  }

  private void succeeded() {
    lastRead = ticker.now();
    metrics.keysRead(settings.name(), "ok");
    if (failure != null) {
      LOG.infof(
          "The keys of issuer %s can be read again. Keys in use: %d",
          settings.name(), keys.all().size());
    }
    failure = null;
  }

  private void failed(String reason) {
    if (Thread.currentThread().isInterrupted()) {
      return; // The broker is shutting down and interrupted this read.
    }
    metrics.keysRead(settings.name(), "failed");
    if (!reason.equals(failure)) {
      LOG.warnf(
          "The keys of issuer %s cannot be read from %s: %s. %s.",
          settings.name(),
          settings.keys().text(),
          reason,
          keys.all().isEmpty()
              ? "Its callers get 503 until the keys can be read"
              : "Keys still in use: " + keys.all().size());
    }
    failure = reason;
  }

  private Duration pause() {
    if (failure == null) {
      return readEvery;
    }
    var retry = keys.all().isEmpty() ? RETRY_WITHOUT_KEYS : RETRY_WITH_KEYS;
    return retry.compareTo(readEvery) < 0 ? retry : readEvery;
  }
}
