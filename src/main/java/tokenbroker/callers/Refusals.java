package tokenbroker.callers;

import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import tokenbroker.callers.Verification.Refused;

/** Creates refusals that explain the difference: what the JWT has, and what the broker requires. */
final class Refusals {

  private static final String UNKNOWN = "unknown";
  private static final int MOST_NAMED = 5;

  private Refusals() {}

  static Refused withoutToken(boolean hasAuthorization) {
    return new Refused(
        Refusal.NO_TOKEN,
        UNKNOWN,
        hasAuthorization
            ? "the Authorization header does not have the form \"Bearer TOKEN\""
            : "the request has no Authorization header");
  }

  static Refused tooLarge(int length, int largest) {
    return new Refused(
        Refusal.TOO_LARGE,
        UNKNOWN,
        "the JWT has %d characters, but the maximum is %d".formatted(length, largest));
  }

  static Refused malformed() {
    return new Refused(
        Refusal.MALFORMED,
        UNKNOWN,
        "the token is not a signed JWT (three base64url parts, of which the first two are JSON objects)");
  }

  static Refused unknownIssuer(UnverifiedJwt jwt, List<String> configured) {
    var issuer = jwt.claims().path("iss");
    var slash =
        configured.stream().anyMatch(known -> differByASlash(known, issuer.asText()))
            ? "; they differ only in a slash at the end"
            : "";
    return new Refused(
        Refusal.UNKNOWN_ISSUER,
        UNKNOWN,
        "iss is %s, but the configured issuers are %s%s"
            .formatted(QuotedClaim.of(issuer), quoted(configured), slash));
  }

  static Refused unknownKey(UnverifiedJwt jwt, Issuer issuer) {
    var ids =
        issuer.keys().all().stream().map(key -> Objects.requireNonNullElse(key.id, "")).toList();
    return refused(
        Refusal.UNKNOWN_KEY,
        issuer,
        jwt.keyId() == null
            ? "the JWT has no kid, and several keys of the issuer fit its algorithm"
            : "kid is %s, but the issuer's keys are %s"
                .formatted(QuotedClaim.of(jwt.keyId()), quoted(ids)));
  }

  static Refused algorithm(UnverifiedJwt jwt, Issuer issuer, List<IssuerKey> keys) {
    var taken = keys.stream().map(IssuerKey::algorithms).distinct().sorted();
    return refused(
        Refusal.ALGORITHM,
        issuer,
        "alg is %s, but the key is for %s"
            .formatted(QuotedClaim.of(jwt.algorithm()), taken.collect(Collectors.joining(" or "))));
  }

  /**
   * Returns the refusal of a JWT with content that the broker accepts from no issuer, whoever
   * signed it.
   */
  static Optional<Refused> unsupported(UnverifiedJwt jwt, Issuer issuer) {
    var header = jwt.unsupportedHeader();
    if (header != null) {
      return Optional.of(
          refused(
              Refusal.HEADER,
              issuer,
              "the JWT has the header %s, which the broker does not support".formatted(header)));
    }
    var claim = jwt.oddClaim();
    if (claim != null) {
      return Optional.of(
          refused(
              Refusal.CLAIMS,
              issuer,
              "the claim %s is %s, which is not allowed"
                  .formatted(claim, QuotedClaim.of(jwt.claims().path(claim)))));
    }
    return jwt.isSenderConstrained()
        ? Optional.of(
            refused(
                Refusal.SENDER_CONSTRAINED,
                issuer,
                "the claim cnf binds the JWT to a key, which the broker cannot check; issue callers"
                    + " JWTs without it"))
        : Optional.empty();
  }

  /** Returns the refusal of a JWT that the API server denied. */
  static Refused denied(UnverifiedJwt jwt, Issuer issuer) {
    return refused(
        Refusal.REVIEW,
        issuer,
        "the API server does not accept the JWT for the audience %s, or no longer; sub is %s"
            .formatted(
                QuotedClaim.of(issuer.settings().audience()),
                QuotedClaim.of(jwt.claims().path("sub"))));
  }

  /** Returns the refusal of a JWT that the verifier rejected for this reason. */
  static Refused verified(Refusal reason, UnverifiedJwt jwt, Issuer issuer, Instant now) {
    var difference =
        switch (reason) {
          case EXPIRED -> "exp is %s, but the time is %s".formatted(instant(jwt, "exp"), now);
          case NOT_YET_VALID -> "nbf is %s, but the time is %s".formatted(instant(jwt, "nbf"), now);
          case AUDIENCE ->
              "aud is %s, but must contain %s"
                  .formatted(
                      QuotedClaim.of(jwt.claims().path("aud")),
                      QuotedClaim.of(issuer.settings().audience()));
          case SIGNATURE ->
              "the signature does not match any key of the issuer with kid %s"
                  .formatted(QuotedClaim.of(jwt.keyId()));
          case NO_TOKEN,
              MALFORMED,
              TOO_LARGE,
              UNKNOWN_ISSUER,
              UNKNOWN_KEY,
              HEADER,
              ALGORITHM,
              CLAIMS,
              SENDER_CONSTRAINED,
              REVIEW ->
              "a claim or a header is missing or malformed";
        };
    return refused(
        reason, issuer, difference + "; sub is " + QuotedClaim.of(jwt.claims().path("sub")));
  }

  private static Refused refused(Refusal reason, Issuer issuer, String difference) {
    return new Refused(reason, issuer.settings().name(), difference);
  }

  private static boolean differByASlash(String one, String other) {
    return one.equals(other + "/") || other.equals(one + "/");
  }

  private static String quoted(List<String> texts) {
    var named =
        texts.stream().limit(MOST_NAMED).map(QuotedClaim::of).collect(Collectors.joining(", "));
    return texts.size() > MOST_NAMED
        ? named + " and " + (texts.size() - MOST_NAMED) + " more"
        : named;
  }

  private static String instant(UnverifiedJwt jwt, String claim) {
    try {
      return Instant.ofEpochSecond((long) jwt.claims().path(claim).asDouble()).toString();
    } catch (DateTimeException e) {
      return "not a valid time";
    }
  }
}
