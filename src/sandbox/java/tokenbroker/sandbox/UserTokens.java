package tokenbroker.sandbox;

import io.smallrye.jwt.build.Jwt;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.jwt.MalformedClaimException;
import org.jose4j.jwt.NumericDate;
import org.jose4j.jwt.consumer.InvalidJwtException;
import org.jose4j.jwt.consumer.JwtConsumer;
import org.jose4j.jwt.consumer.JwtConsumerBuilder;

/**
 * Access tokens like TrackMage's: RS256 JWTs of about 840 characters with {@code iat}, {@code exp},
 * {@code roles} and {@code username}. Unlike TrackMage's, they have a {@code jti}: an
 * ever-increasing number and the client's id. So no two tokens are equal, and all tokens up to a
 * number can be revoked.
 */
final class UserTokens {

  /** The result of checking a token. */
  sealed interface Verdict {

    /**
     * The token is valid.
     *
     * @param email the address of the token's account
     */
    record Live(String email) implements Verdict {}

    record Expired() implements Verdict {}

    record Invalid() implements Verdict {}
  }

  /** As many roles as give a token its typical length. */
  private static final List<String> ROLES =
      List.of(
          "ROLE_USER",
          "ROLE_API",
          "ROLE_WORKSPACE_OWNER",
          "ROLE_SHIPMENT_READER",
          "ROLE_SHIPMENT_WRITER",
          "ROLE_TRACKING_PAGE_WRITER",
          "ROLE_WEBHOOK_WRITER",
          "ROLE_CARRIER_READER",
          "ROLE_ORDER_WRITER");

  /** Separates the number from the client's id. */
  private static final String SEPARATOR = "~";

  private final SigningKey key;
  private final Clock clock;
  private final JwtConsumer signed;
  private final AtomicLong lastNumber;
  private final Map<Whose, Long> revokedUpTo = new ConcurrentHashMap<>();

  UserTokens(SigningKey key, Clock clock) {
    this.key = key;
    this.clock = clock;
    this.signed =
        new JwtConsumerBuilder()
            .setVerificationKey(key.publicKey())
            .setSkipAllDefaultValidators()
            .build();
    // Numbers continue above those of an earlier process with the same key.
    this.lastNumber = new AtomicLong(clock.millis());
  }

  String issue(String clientId, String email, Duration lifetime) {
    var now = clock.instant();
    return Jwt.claim("roles", ROLES)
        .claim("username", email)
        .claim("jti", lastNumber.incrementAndGet() + SEPARATOR + clientId)
        .issuedAt(now)
        .expiresAt(now.plus(lifetime))
        .jws()
        .sign(key.privateKey());
  }

  /** Revokes the tokens that were issued so far. */
  void revoke(Whose whose) {
    revokedUpTo.put(whose, lastNumber.get());
  }

  Verdict judge(String token) {
    try {
      var claims = signed.processToClaims(token);
      if (isRevoked(claims)) {
        return new Verdict.Invalid();
      }
      var now = NumericDate.fromMilliseconds(clock.millis());
      return now.isBefore(claims.getExpirationTime())
          ? new Verdict.Live(emailOf(claims))
          : new Verdict.Expired();
    } catch (InvalidJwtException | MalformedClaimException | NumberFormatException e) {
      return new Verdict.Invalid();
    }
  }

  private boolean isRevoked(JwtClaims claims) throws MalformedClaimException {
    var id = claims.getJwtId().split(SEPARATOR, 2);
    var number = Long.parseLong(id[0]);
    return new Whose(id[id.length - 1], emailOf(claims))
        .including()
        .anyMatch(whose -> number <= revokedUpTo.getOrDefault(whose, 0L));
  }

  private static String emailOf(JwtClaims claims) throws MalformedClaimException {
    return claims.getClaimValue("username", String.class);
  }
}
