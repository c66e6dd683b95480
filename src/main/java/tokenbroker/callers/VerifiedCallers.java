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
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import tokenbroker.callers.Verification.Overloaded;
import tokenbroker.callers.Verification.Refused;
import tokenbroker.callers.Verification.Unavailable;
import tokenbroker.callers.Verification.Verified;
import tokenbroker.config.BrokerConfig;

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
  VerifiedCallers(Issuers issuers, CallerMetrics metrics, Clock clock, BrokerConfig config) {
    this(issuers, metrics, clock, config.callers().remembered());
  }

  VerifiedCallers(Issuers issuers, CallerMetrics metrics, Clock clock, int remembered) {
    this.remembered =
        Caffeine.newBuilder()
            .maximumSize(remembered)
            .expireAfterWrite(REMEMBERED_FOR)
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
          jwt.length() > LARGEST_JWT ? new Refused(Refusal.TOO_LARGE) : verifyUnlessRemembered(jwt);
      switch (verification) {
        case Refused(var reason) -> metrics.refused(reason.label());
        case Unavailable _ -> metrics.refused("keys_unavailable");
        case Verified _, Overloaded _ -> {}
      }
      return verification;
    } finally {
      waiting.decrementAndGet();
    }
  }

  private Verification verifyUnlessRemembered(String jwt) {
    var unverified = UnverifiedJwt.parse(jwt).orElse(null);
    if (unverified == null) {
      return new Refused(Refusal.MALFORMED);
    }
    var issuer = issuers.find(unverified.issuer()).orElse(null);
    if (issuer == null) {
      return new Refused(Refusal.UNKNOWN_ISSUER);
    }
    var key = issuer.keyFor(unverified.keyId()).orElse(null);
    if (key == null) {
      return issuer.hasKeys() ? new Refused(Refusal.UNKNOWN_KEY) : new Unavailable();
    }
    if (!key.takes(unverified.algorithm())) {
      return new Refused(Refusal.ALGORITHM);
    }
    return verify(jwt, unverified, issuer, key);
  }

  private Verification verify(String jwt, UnverifiedJwt unverified, Issuer issuer, IssuerKey key) {
    processors.acquireUninterruptibly();
    try {
      var digest = Digest.of(jwt);
      var known = remembered(digest); // Many may have waited with the same JWT.
      if (known != null) {
        return new Verified(known);
      }
      var refusal = key.refuses(jwt);
      if (refusal.isPresent()) {
        return new Refused(refusal.get());
      }
      var subject = unverified.subject();
      if (subject == null || subject.isBlank()) {
        return new Refused(Refusal.CLAIMS);
      }
      var caller = new Caller(issuer.name(), subject, unverified.groups());
      remembered.put(
          digest, new Remembered(caller, key, Instant.ofEpochSecond(unverified.expiresAt())));
      return new Verified(caller);
    } finally {
      processors.release();
    }
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
