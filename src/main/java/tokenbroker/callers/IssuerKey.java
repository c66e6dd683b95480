package tokenbroker.callers;

import io.smallrye.jwt.algorithm.SignatureAlgorithm;
import io.smallrye.jwt.auth.principal.DefaultJWTParser;
import io.smallrye.jwt.auth.principal.JWTAuthContextInfo;
import io.smallrye.jwt.auth.principal.JWTParser;
import io.smallrye.jwt.auth.principal.ParseException;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.ECFieldFp;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jose4j.jwt.consumer.ErrorCodes;
import org.jose4j.jwt.consumer.InvalidJwtException;
import org.jspecify.annotations.Nullable;

/**
 * One public key of an issuer, with a verifier of its own: SmallRye's parser keeps the first key
 * resolver that it built, so it is given one key and never another. No header of a JWT can bring a
 * key in.
 */
final class IssuerKey {

  private static final int SMALLEST_RSA_BITS = 2048;
  private static final int CLOCK_SKEW_SECONDS = 30;

  final @Nullable String id;
  final PublicKey key;
  private final Set<SignatureAlgorithm> algorithms;
  private final JWTParser verifier;

  /**
   * Cleared for good when the issuer no longer has the key; whoever remembers what it verified
   * looks here.
   */
  volatile boolean inForce = true;

  private IssuerKey(
      @Nullable String id,
      PublicKey key,
      Set<SignatureAlgorithm> algorithms,
      IssuerSettings issuer) {
    this.id = id;
    this.key = key;
    this.algorithms = algorithms;
    var context = new JWTAuthContextInfo(key, issuer.issuer());
    context.setSignatureAlgorithm(algorithms);
    context.setExpectedAudience(Set.of(issuer.audience()));
    context.setRequiredClaims(Set.of("iss", "aud", "exp", "sub"));
    context.setClockSkew(CLOCK_SKEW_SECONDS);
    context.setMaxTimeToLiveSecs(
        0L); // Below one: `iat` is not required, and `exp` alone bounds a JWT's life.
    this.verifier = new DefaultJWTParser(context);
  }

  /** Empty for a key that none of the issuer's algorithms takes, or that is too weak. */
  static Optional<IssuerKey> of(@Nullable String id, PublicKey key, IssuerSettings issuer) {
    var fitting =
        issuer.algorithms().stream()
            .filter(algorithm -> fits(key, algorithm))
            .collect(Collectors.toUnmodifiableSet());
    return fitting.isEmpty()
        ? Optional.empty()
        : Optional.of(new IssuerKey(id, key, fitting, issuer));
  }

  private static boolean fits(PublicKey key, SignatureAlgorithm algorithm) {
    return switch (key) {
      case RSAPublicKey rsa ->
          rsa.getModulus().bitLength() >= SMALLEST_RSA_BITS
              && (algorithm.name().startsWith("RS") || algorithm.name().startsWith("PS"));
      case ECPublicKey ec ->
          isOnItsCurve(ec)
              && algorithm
                  .name()
                  .equals(
                      switch (ec.getParams().getOrder().bitLength()) {
                        case 256 -> "ES256";
                        case 384 -> "ES384";
                        default -> "ES512";
                      });
      default -> false;
    };
  }

  /** A JWK may have any two numbers; neither its parser nor the JVM looks whether they fit. */
  private static boolean isOnItsCurve(ECPublicKey key) {
    var curve = key.getParams().getCurve();
    if (!(curve.getField() instanceof ECFieldFp field)) {
      return false;
    }
    var x = key.getW().getAffineX();
    var y = key.getW().getAffineY();
    var right = x.pow(3).add(curve.getA().multiply(x)).add(curve.getB());
    return y.pow(2).subtract(right).mod(field.getP()).signum() == 0;
  }

  boolean takes(@Nullable String algorithm) {
    return algorithms.stream().anyMatch(one -> one.getAlgorithm().equals(algorithm));
  }

  String algorithms() {
    return algorithms.stream()
        .map(SignatureAlgorithm::getAlgorithm)
        .sorted()
        .collect(Collectors.joining(" or "));
  }

  /** Empty where the JWT is good in all that the issuer is configured with. */
  Optional<Refusal> refuses(String jwt) {
    try {
      verifier.parse(jwt);
      return Optional.empty();
    } catch (ParseException e) {
      return Optional.of(
          e.getCause() instanceof InvalidJwtException invalid ? reason(invalid) : Refusal.CLAIMS);
    } catch (RuntimeException e) {
      // The libraries throw anything at values that they do not expect, such as a number that is
      // no double. Whatever they cannot read is not accepted.
      return Optional.of(Refusal.CLAIMS);
    }
  }

  private static Refusal reason(InvalidJwtException invalid) {
    if (invalid.hasErrorCode(ErrorCodes.EXPIRED)) {
      return Refusal.EXPIRED;
    }
    if (invalid.hasErrorCode(ErrorCodes.NOT_YET_VALID)) {
      return Refusal.NOT_YET_VALID;
    }
    if (invalid.hasErrorCode(ErrorCodes.AUDIENCE_INVALID)
        || invalid.hasErrorCode(ErrorCodes.AUDIENCE_MISSING)) {
      return Refusal.AUDIENCE;
    }
    return invalid.hasErrorCode(ErrorCodes.SIGNATURE_INVALID) ? Refusal.SIGNATURE : Refusal.CLAIMS;
  }
}
