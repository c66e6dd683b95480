package tokenbroker.connections;

import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import tokenbroker.callers.Caller;
import tokenbroker.clients.ClientName;
import tokenbroker.connections.Authorization.Progress;
import tokenbroker.seal.KeyedHash;
import tokenbroker.time.Now;
import tokenbroker.tokens.AccessToken;
import tokenbroker.tokens.Lifespan;
import tokenbroker.tokens.Provenance;
import tokenbroker.tokens.RefreshToken;
import tokenbroker.tokens.TokenId;

/** Authorizations and accounts for tests of their stores. */
public final class AuthorizationFixture {

  private static final Provenance PROVENANCE =
      new Provenance("https://upstream.test", "id", null, "v1");

  private AuthorizationFixture() {}

  public static AuthorizationHandle handle(ClientName client) {
    return AuthorizationId.next(client).handle();
  }

  public static ResultCode code(ClientName client) {
    return ResultCode.next(client);
  }

  public static Authorization authorization(Progress progress, Now now) {
    return authorization(progress, "someone", now);
  }

  public static Authorization authorization(Progress progress, String subject, Now now) {
    return new Authorization(
        "https://shop.example/",
        "state of the shop",
        "verifier-text",
        new Caller("test", subject, Set.of()),
        "trace",
        PROVENANCE,
        progress,
        Instant.ofEpochMilli(now.wall().plus(Authorization.LIFE).toEpochMilli()));
  }

  /**
   * Returns an account that has not been redeemed.
   *
   * @param lifetime the lifetime of the access token
   */
  public static AuthorizedAccount account(Duration lifetime, Now now) {
    return new AuthorizedAccount(
        "state of the shop",
        new AccessToken(
            "access-token",
            null,
            "user-id",
            "mail@example.test",
            TokenId.of("access-token", new KeyedHash(new byte[32])),
            Lifespan.from(now, lifetime),
            PROVENANCE),
        new RefreshToken("refresh-token"),
        now.wall().plus(AuthorizedAccount.LIFE));
  }
}
