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
 * Access tokens like TrackMage's: RS256 JWTs of some 840 characters with {@code iat}, {@code exp},
 * {@code roles} and {@code username}. Unlike them they carry a {@code jti}, a number that only
 * rises: no two are alike, and all up to one can be revoked.
 */
final class UserTokens {

  /** What a token is worth. */
  enum Verdict {
    LIVE,
    EXPIRED,
    INVALID
  }

  /** As many as bring a token to its usual length. */
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

  private final SigningKey key;
  private final Clock clock;
  private final JwtConsumer signed;
  private final AtomicLong lastNumber;
  private final Map<String, Long> revokedUpTo = new ConcurrentHashMap<>();

  UserTokens(SigningKey key, Clock clock) {
    this.key = key;
    this.clock = clock;
    this.signed =
        new JwtConsumerBuilder()
            .setVerificationKey(key.publicKey())
            .setSkipAllDefaultValidators()
            .build();
    // goes on above the numbers of an earlier process with the same key
    this.lastNumber = new AtomicLong(clock.millis());
  }

  String issue(String email, Duration lifetime) {
    var now = clock.instant();
    return Jwt.claim("roles", ROLES)
        .claim("username", email)
        .claim("jti", Long.toString(lastNumber.incrementAndGet()))
        .issuedAt(now)
        .expiresAt(now.plus(lifetime))
        .jws()
        .sign(key.privateKey());
  }

  /** Kills all tokens of one user that were issued so far. */
  void revoke(String email) {
    revokedUpTo.put(email, lastNumber.get());
  }

  /** Kills all tokens that were issued so far. */
  void revokeAll() {
    revokedUpTo.put("", lastNumber.get());
  }

  Verdict judge(String token) {
    try {
      var claims = signed.processToClaims(token);
      if (isRevoked(claims)) {
        return Verdict.INVALID;
      }
      var now = NumericDate.fromMilliseconds(clock.millis());
      return now.isBefore(claims.getExpirationTime()) ? Verdict.LIVE : Verdict.EXPIRED;
    } catch (InvalidJwtException | MalformedClaimException | NumberFormatException e) {
      return Verdict.INVALID;
    }
  }

  private boolean isRevoked(JwtClaims claims) throws MalformedClaimException {
    var number = Long.parseLong(claims.getJwtId());
    var email = claims.getClaimValue("username", String.class);
    return number <= revokedUpTo.getOrDefault("", 0L)
        || number <= revokedUpTo.getOrDefault(email, 0L);
  }
}
