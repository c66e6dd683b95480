package tokenbroker.callers;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import tokenbroker.callers.IssuerKeys.Choice.Candidates;
import tokenbroker.callers.IssuerKeys.Choice.Unknown;
import tokenbroker.callers.IssuerKeys.Choice.WrongAlgorithm;
import tokenbroker.callers.Verification.Overloaded;
import tokenbroker.callers.Verification.Refused;
import tokenbroker.callers.Verification.Unavailable;
import tokenbroker.callers.Verification.Verified;
import tokenbroker.config.BrokerConfig;
import tokenbroker.time.Ticker;

/**
 * Who callers are. A JWT that was verified is remembered, by its SHA-256, until it expires or its
 * key goes, for five minutes at most. Verifying takes at most half of the processors, so that a
 * flood of bad JWTs leaves the rest to good callers.
 */
@ApplicationScoped
public class VerifiedCallers {

  private static final int LARGEST_JWT = 8 * 1024;
  private static final Duration REMEMBERED_FOR = Duration.ofMinutes(5);
  private static final int MOST_WAITING = 4_096;

  private final Issuers issuers;
  private final CallerMetrics metrics;
  private final Clock clock;
  private final Cache<Digest, Remembered> remembered;
  private final Semaphore processors =
      new Semaphore(Math.max(1, Runtime.getRuntime().availableProcessors() / 2));
  private final AtomicInteger waiting = new AtomicInteger();

  @Inject
  VerifiedCallers(
      Issuers issuers, CallerMetrics metrics, Clock clock, Ticker ticker, BrokerConfig config) {
    this(issuers, metrics, clock, ticker, config.callers().remembered());
  }

  VerifiedCallers(
      Issuers issuers, CallerMetrics metrics, Clock clock, Ticker ticker, int remembered) {
    this.remembered =
        Caffeine.newBuilder()
            .maximumSize(remembered)
            .expireAfterWrite(REMEMBERED_FOR)
            .ticker(() -> ticker.now().nanos())
            .executor(Runnable::run) // Its upkeep is less than a change of threads.
            .build();
    this.issuers = issuers;
    this.metrics = metrics;
    this.clock = clock;
  }

  /**
   * The caller whose JWT was verified a while ago; null where it must be verified. Never blocks.
   */
  public @Nullable Caller remembered(String jwt) {
    return jwt.length() > LARGEST_JWT ? null : remembered(Digest.of(jwt));
  }

  /** Verifies a JWT. Blocks: for a processor, and perhaps for the issuer's keys. */
  public Verification verify(String jwt) {
    if (waiting.incrementAndGet() > MOST_WAITING) {
      waiting.decrementAndGet();
      metrics.refused("overloaded");
      return new Overloaded();
    }
    try {
      var verification =
          jwt.length() > LARGEST_JWT
              ? Refusals.tooLarge(jwt.length(), LARGEST_JWT)
              : verifyUnlessRemembered(jwt);
      switch (verification) {
        case Refused refused -> metrics.refused(refused.reason().label());
        case Unavailable _ -> metrics.refused("keys_unavailable");
        case Verified _, Overloaded _ -> {}
      }
      return verification;
    } finally {
      waiting.decrementAndGet();
    }
  }

  /**
   * The refusal of a request that brings no bearer token.
   *
   * @param hasAuthorization whether it brings another kind of credentials
   */
  public Refused withoutToken(boolean hasAuthorization) {
    metrics.refused(Refusal.NO_TOKEN.label());
    return Refusals.withoutToken(hasAuthorization);
  }

  private Verification verifyUnlessRemembered(String jwt) {
    var unverified = UnverifiedJwt.parse(jwt).orElse(null);
    if (unverified == null) {
      return Refusals.malformed();
    }
    var issuer = issuers.find(unverified.issuer()).orElse(null);
    if (issuer == null) {
      return Refusals.unknownIssuer(unverified, issuers.names());
    }
    if (issuer.keys().all().isEmpty()) {
      return new Unavailable(issuer.untilNextRead());
    }
    var odd = unverified.oddClaim();
    if (odd != null) {
      return Refusals.oddClaim(odd, unverified, issuer);
    }
    return switch (issuer.candidates(unverified.keyId(), unverified.algorithm())) {
      case Candidates(var keys) -> verify(jwt, unverified, issuer, keys);
      case WrongAlgorithm(var keys) -> Refusals.algorithm(unverified, issuer, keys);
      case Unknown() -> Refusals.unknownKey(unverified, issuer);
    };
  }

  private Verification verify(
      String jwt, UnverifiedJwt unverified, Issuer issuer, List<IssuerKey> keys) {
    processors.acquireUninterruptibly();
    try {
      var digest = Digest.of(jwt);
      var known = remembered(digest); // Many may have waited with the same JWT.
      if (known != null) {
        return new Verified(known);
      }
      var refusal = Refusal.SIGNATURE;
      for (var key : keys) {
        var refused = key.refuses(jwt).orElse(null);
        if (refused == null) {
          return remember(digest, unverified, issuer, key);
        }
        if (refused != Refusal.SIGNATURE) {
          refusal = refused; // The signature fits, so no other key does better.
          break;
        }
      }
      return Refusals.verified(refusal, unverified, issuer, clock.instant());
    } finally {
      processors.release();
    }
  }

  private Verified remember(Digest digest, UnverifiedJwt verified, Issuer issuer, IssuerKey key) {
    var subject = Objects.requireNonNull(verified.subject(), "not odd, so there");
    var caller = new Caller(issuer.settings().name(), subject, verified.groups(), verified.id());
    var expiresAt = Instant.ofEpochSecond(verified.expiresAt());
    remembered.put(digest, new Remembered(caller, key, expiresAt));
    return new Verified(caller);
  }

  private @Nullable Caller remembered(Digest digest) {
    var known = remembered.getIfPresent(digest);
    return known != null && known.key.inForce && clock.instant().isBefore(known.expiresAt)
        ? known.caller
        : null;
  }

  private record Remembered(Caller caller, IssuerKey key, Instant expiresAt) {}

  /** A SHA-256, so that no JWT is kept. */
  private static final class Digest {

    private static final ThreadLocal<MessageDigest> SHA_256 =
        ThreadLocal.withInitial(Digest::sha256);

    private final byte[] bytes;

    private Digest(byte[] bytes) {
      this.bytes = bytes;
    }

    static Digest of(String jwt) {
      return new Digest(SHA_256.get().digest(jwt.getBytes(StandardCharsets.ISO_8859_1)));
    }

    private static MessageDigest sha256() {
      try {
        return MessageDigest.getInstance("SHA-256");
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException("this JVM has no SHA-256", e);
      }
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Digest digest && Arrays.equals(bytes, digest.bytes);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
      return HexFormat.of().formatHex(bytes, 0, 4);
    }
  }
}
