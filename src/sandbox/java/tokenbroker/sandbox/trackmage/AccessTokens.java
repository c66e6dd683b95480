package tokenbroker.sandbox.trackmage;

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
import tokenbroker.sandbox.crypto.SigningKey;

/**
 * The access tokens of the look-alike. Like TrackMage's, they are RS256 JWTs of about 840
 * characters with {@code iat}, {@code exp}, {@code roles} and {@code username}. Unlike TrackMage's,
 * they have a {@code jti}, which consists of an increasing number and the client's id. So no two
 * tokens are equal, and all tokens up to a number can be revoked. Thread-safe.
 */
final class AccessTokens {

  /** The result of checking a token. */
  sealed interface Validity {

    /**
     * The token is valid.
     *
     * @param email the e-mail address of the token's user
     */
    record Valid(String email) implements Validity {}

    record Expired() implements Validity {}

    record Invalid() implements Validity {}
  }

  /** Enough roles to give a token the usual length. */
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
  private final JwtConsumer verifier;
  private final AtomicLong lastNumber;
  private final Map<TokenSelector, Long> lastRevoked = new ConcurrentHashMap<>();

  AccessTokens(SigningKey key, Clock clock) {
    this.key = key;
    this.clock = clock;
    this.verifier =
        new JwtConsumerBuilder()
            .setVerificationKey(key.publicKey())
            .setSkipAllDefaultValidators()
            .build();
    // Tokens of an earlier process with the same key have lower numbers.
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

  /** Revokes the selected tokens that were issued so far. Later tokens are valid. */
  void revoke(TokenSelector selector) {
    lastRevoked.put(selector, lastNumber.get());
  }

  /** Revokes all tokens that were issued so far, and forgets narrower revocations. */
  void revokeAll() {
    revoke(TokenSelector.ALL);
    lastRevoked.keySet().removeIf(selector -> !selector.equals(TokenSelector.ALL));
  }

  Validity check(String token) {
    try {
      var claims = verifier.processToClaims(token);
      if (isRevoked(claims)) {
        return new Validity.Invalid();
      }
      var now = NumericDate.fromMilliseconds(clock.millis());
      return now.isBefore(claims.getExpirationTime())
          ? new Validity.Valid(emailOf(claims))
          : new Validity.Expired();
    } catch (InvalidJwtException | MalformedClaimException | NumberFormatException e) {
      return new Validity.Invalid();
    }
  }

  private boolean isRevoked(JwtClaims claims) throws MalformedClaimException {
    var id = claims.getJwtId().split(SEPARATOR, 2);
    var number = Long.parseLong(id[0]);
    return new TokenSelector(id[id.length - 1], emailOf(claims))
        .withWider()
        .anyMatch(selector -> number <= lastRevoked.getOrDefault(selector, 0L));
  }

  private static String emailOf(JwtClaims claims) throws MalformedClaimException {
    return claims.getClaimValue("username", String.class);
  }
}
