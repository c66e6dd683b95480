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
 * Verifies JWTs: what can be seen in them, then their signature, then, if the issuer wants it, by a
 * review. Signatures take at most half of the processors, so that a flood of bad JWTs leaves the
 * rest to good callers.
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

  /** Verifies a JWT and remembers it if it is good. Blocks. */
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

  /** A JWT, and the issuer that it says it is of. */
  private record Presented(String jwt, Digest digest, UnverifiedJwt unverified, Issuer issuer) {}

  /** What a check of the signature came to. */
  private sealed interface Signature {
    record By(IssuerKey key) implements Signature {}

    /** The signature is not good, or need not be checked. */
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

  /** Many may have waited with the same JWT. */
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
        refusal = refused; // The signature fits, so no other key does better.
        break;
      }
    }
    return new Signature.Settled(
        Refusals.verified(refusal, jwt.unverified, jwt.issuer, clock.instant()));
  }

  /** Nothing is held meanwhile that another caller may need: the API server may hang. */
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

  /** Of the caller's groups, which may be hundreds, only those are kept that a rule speaks of. */
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
