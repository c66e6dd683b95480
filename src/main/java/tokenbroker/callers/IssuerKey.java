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
 * One public key of an issuer, with its own verifier. SmallRye's parser keeps the first key
 * resolver that it built, so each parser gets one key and never another. No header of a JWT can
 * introduce a key.
 */
final class IssuerKey {

  private static final int SMALLEST_RSA_BITS = 2048;
  static final int CLOCK_SKEW_SECONDS = 30;

  final @Nullable String id;
  final PublicKey key;
  private final Set<SignatureAlgorithm> algorithms;
  private final JWTParser verifier;

  /**
   * Whether the issuer still publishes the key. It becomes false for good once the issuer withdraws
   * the key; cached verifications check it.
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
        0L); // Below one means no limit: `iat` is optional, and `exp` alone bounds a JWT's life.
    this.verifier = new DefaultJWTParser(context);
  }

  /** Returns the key, or empty if it is too weak or fits none of the issuer's algorithms. */
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

  /**
   * Returns whether the point lies on the key's curve. A JWK may contain any two numbers, and
   * neither its parser nor the JVM checks them.
   */
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

  /** Returns why the JWT is refused, or empty if it meets all of the issuer's requirements. */
  Optional<Refusal> refuses(String jwt) {
    try {
      verifier.parse(jwt);
      return Optional.empty();
    } catch (ParseException e) {
      return Optional.of(
          e.getCause() instanceof InvalidJwtException invalid ? reason(invalid) : Refusal.CLAIMS);
    } catch (RuntimeException e) {
      // The libraries throw various exceptions on unexpected values, such as a number that is no
      // double. The broker rejects whatever they cannot read.
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
