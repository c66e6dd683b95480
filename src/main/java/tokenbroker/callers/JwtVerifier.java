package tokenbroker.callers;

import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tokenbroker.callers.IssuerKeys.Choice.Candidates;
import tokenbroker.callers.IssuerKeys.Choice.Crowded;
import tokenbroker.callers.IssuerKeys.Choice.Unknown;
import tokenbroker.callers.IssuerKeys.Choice.WrongAlgorithm;
import tokenbroker.callers.RememberedJwts.Good;
import tokenbroker.callers.ReviewVerdict.Authenticated;
import tokenbroker.callers.ReviewVerdict.Busy;
import tokenbroker.callers.ReviewVerdict.Denied;
import tokenbroker.callers.ReviewVerdict.Failed;
import tokenbroker.callers.Verification.Overloaded;
import tokenbroker.callers.Verification.Unavailable;
import tokenbroker.callers.Verification.Unreviewed;
import tokenbroker.callers.Verification.Verified;

/**
 * Verifies JWTs in three steps: their readable content, their signature and, if the issuer requires
 * it, a review. Signature checks use at most half of the processors. So a flood of bad JWTs leaves
 * the other half to good callers.
 */
final class JwtVerifier {

  private final Issuers issuers;
  private final RememberedJwts remembered;
  private final NamedGroups named;
  private final Clock clock;
  private final Semaphore processors =
      new Semaphore(Math.max(1, Runtime.getRuntime().availableProcessors() / 2));

  JwtVerifier(Issuers issuers, RememberedJwts remembered, NamedGroups named, Clock clock) {
    this.issuers = issuers;
    this.remembered = remembered;
    this.named = named;
    this.clock = clock;
  }

  /** Verifies a JWT and caches it if it is valid. Blocks. */
  Verification verify(String jwt) {
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
    var refusal = Refusals.unsupported(unverified, issuer);
    if (refusal.isPresent()) {
      return refusal.get();
    }
    return switch (issuer.candidates(unverified.keyId(), unverified.algorithm())) {
      case Candidates(var keys) ->
          verify(new Presented(jwt, Digest.of(jwt), unverified, issuer), keys);
      case WrongAlgorithm(var keys) -> Refusals.algorithm(unverified, issuer, keys);
      case Unknown() -> Refusals.unknownKey(unverified, issuer);
      case Crowded() -> new Overloaded();
    };
  }

  /** A JWT with the issuer that it claims. */
  private record Presented(String jwt, Digest digest, UnverifiedJwt unverified, Issuer issuer) {}

  /** The result of a signature check. */
  private sealed interface Signature {
    record By(IssuerKey key) implements Signature {}

    /**
     * The signature is invalid, or the check is unnecessary because the outcome is already known.
     */
    record Settled(Verification verification) implements Signature {}
  }

  private Verification verify(Presented jwt, List<IssuerKey> keys) {
    return switch (signature(jwt, keys)) {
      case Signature.Settled(var verification) -> verification;
      case Signature.By(var key) ->
          jwt.issuer.reviews() == null
              ? remember(jwt, key, null)
              : reviewed(jwt, key, jwt.issuer.reviews());
    };
  }

  private Signature signature(Presented jwt, List<IssuerKey> keys) {
    processors.acquireUninterruptibly();
    try {
      return known(jwt).<Signature>map(Signature.Settled::new).orElseGet(() -> check(jwt, keys));
    } finally {
      processors.release();
    }
  }

  /**
   * Returns the cached outcome, if any. Many requests with the same JWT may have waited for the
   * first check.
   */
  private Optional<Verification> known(Presented jwt) {
    var good = remembered.good(jwt.digest);
    if (good != null) {
      return Optional.of(new Verified(good.caller()));
    }
    return remembered.isDenied(jwt.digest)
        ? Optional.of(Refusals.denied(jwt.unverified, jwt.issuer))
        : Optional.empty();
  }

  private Signature check(Presented jwt, List<IssuerKey> keys) {
    var refusal = Refusal.SIGNATURE;
    for (var key : keys) {
      var refused = key.refuses(jwt.jwt).orElse(null);
      if (refused == null) {
        return new Signature.By(key);
      }
      if (refused != Refusal.SIGNATURE) {
        refusal = refused; // The signature matches, so no other key gives a better result.
        break;
      }
    }
    return new Signature.Settled(
        Refusals.verified(refusal, jwt.unverified, jwt.issuer, clock.instant()));
  }

  /**
   * Asks for a review. The thread holds nothing that another caller needs, because the API server
   * may hang.
   */
  private Verification reviewed(Presented jwt, IssuerKey key, TokenReviews reviews) {
    return switch (reviews.review(jwt.digest, jwt.jwt)) {
      case Authenticated() -> remember(jwt, key, JwtReview.by(reviews));
      case Denied() -> {
        remembered.deny(jwt.digest);
        yield Refusals.denied(jwt.unverified, jwt.issuer);
      }
      case Failed _ when reviews.areOptional() -> remember(jwt, key, JwtReview.notYetBy(reviews));
      case Failed _ -> new Unreviewed(reviews.outage().untilNextTrial());
      case Busy() -> new Overloaded();
    };
  }

  /**
   * Caches a verified JWT. A caller may have hundreds of groups, so the cache keeps only those that
   * a rule names.
   */
  private Verified remember(Presented jwt, IssuerKey key, @Nullable JwtReview review) {
    var issuer = jwt.issuer.settings().name();
    var subject = Objects.requireNonNull(jwt.unverified.subject(), "not odd, so there");
    var names = named.namedGroups();
    var all = jwt.unverified.groups();
    var kept =
        all.stream()
            .filter(group -> names.contains(new CallerRule.Group(issuer, group)))
            .collect(Collectors.toUnmodifiableSet());
    var caller = new Caller(issuer, subject, kept, jwt.unverified.id());
    var expiresAt = Instant.ofEpochSecond(jwt.unverified.expiresAt());
    remembered.put(
        jwt.digest,
        new Good(caller, key, expiresAt, kept.size() == all.size() ? null : names, review));
    return new Verified(caller);
  }
}
