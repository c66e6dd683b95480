package tokenbroker.callers;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Clock;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import tokenbroker.callers.Verification.Overloaded;
import tokenbroker.callers.Verification.Refused;
import tokenbroker.callers.Verification.Unavailable;
import tokenbroker.callers.Verification.Unreviewed;
import tokenbroker.callers.Verification.Verified;
import tokenbroker.config.BrokerConfig;
import tokenbroker.time.Ticker;

/**
 * Authenticates callers by their JWTs. It caches a verified JWT under its SHA-256, for at most five
 * minutes. The entry ends earlier if the JWT or its review expires, its key is withdrawn, or rules
 * name other groups.
 */
@ApplicationScoped
public class VerifiedCallers {

  private static final int LARGEST_JWT = 8 * 1024;
  private static final int MOST_WAITING = 4_096;

  private final CallerMetrics metrics;
  private final RememberedJwts remembered;
  private final JwtVerifier verifier;
  private final AtomicInteger waiting = new AtomicInteger();

  @Inject
  VerifiedCallers(
      Issuers issuers,
      NamedGroups named,
      CallerMetrics metrics,
      Clock clock,
      Ticker ticker,
      BrokerConfig config) {
    this(issuers, named, metrics, clock, ticker, config.callers().remembered());
  }

  VerifiedCallers(
      Issuers issuers,
      NamedGroups named,
      CallerMetrics metrics,
      Clock clock,
      Ticker ticker,
      int remembered) {
    this.metrics = metrics;
    this.remembered = new RememberedJwts(remembered, named, clock, ticker);
    this.verifier = new JwtVerifier(issuers, this.remembered, named, clock);
  }

  /** Returns the caller of a cached JWT, or null if the JWT must be verified. Never blocks. */
  public @Nullable Caller remembered(CharSequence jwt) {
    if (jwt.length() > LARGEST_JWT) {
      return null;
    }
    var digest = Digest.of(jwt);
    var good = remembered.good(digest);
    if (good == null) {
      return null;
    }
    if (good.review() != null) {
      good.review().renewIfDue(digest, jwt, () -> remembered.deny(digest));
    }
    return good.caller();
  }

  /** Verifies a bearer token, as {@link #verify(String, CredentialForm)} does. */
  public Verification verify(String jwt) {
    return verify(jwt, CredentialForm.BEARER);
  }

  /**
   * Verifies a JWT. Blocks: it waits for a processor, and possibly for the issuer's keys or a
   * review.
   *
   * @param form the form in which the request presents the JWT
   */
  public Verification verify(String jwt, CredentialForm form) {
    if (waiting.incrementAndGet() > MOST_WAITING) {
      waiting.decrementAndGet();
      metrics.refused("overloaded", form);
      return new Overloaded();
    }
    try {
      var verification =
          jwt.length() > LARGEST_JWT
              ? Refusals.tooLarge(jwt.length(), LARGEST_JWT)
              : verifier.verify(jwt);
      switch (verification) {
        case Refused refused -> metrics.refused(refused.reason().label(), form);
        case Unavailable _ -> metrics.refused("keys_unavailable", form);
        case Unreviewed _ -> metrics.refused("review_unavailable", form);
        case Overloaded _ -> metrics.refused("overloaded", form);
        case Verified _ -> {}
      }
      return verification;
    } finally {
      waiting.decrementAndGet();
    }
  }

  /** Counts and returns the refusal of a request without a bearer token. */
  public Refused withoutToken(boolean hasAuthorization) {
    return withoutToken(hasAuthorization, CredentialForm.BEARER);
  }

  /**
   * Counts and returns the refusal of a request without a JWT.
   *
   * @param hasAuthorization whether the request has other credentials
   * @param form the form in which the JWT is expected
   */
  public Refused withoutToken(boolean hasAuthorization, CredentialForm form) {
    metrics.refused(Refusal.NO_TOKEN.label(), form);
    return Refusals.withoutToken(hasAuthorization);
  }
}
