package tokenbroker.testing;

import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * TrackMage's side of connections. A code contains its user's name and is exchanged for a refresh
 * token. Each use replaces the refresh token, and the old one gives {@code invalid_grant}.
 */
public final class TrackMageUsers implements Answer {

  private static final String CODE = "code-of-";

  private final Map<String, String> users = new HashMap<>();
  private final Map<String, String> usedUp = new HashMap<>();
  private Duration lifetime = Duration.ofHours(1);
  private int lost;
  private boolean forgives;

  /** Returns an authorization code of this user. */
  public static String code(String user) {
    return CODE + user;
  }

  /** Sets the lifetime of access tokens. */
  public synchronized TrackMageUsers givesTokensFor(Duration lifetime) {
    this.lifetime = lifetime;
    return this;
  }

  /** Loses the responses to the next refreshes, although the refresh token is replaced. */
  public synchronized void losesAnswers(int number) {
    lost = number;
  }

  /** Accepts refresh tokens that were already used. */
  public synchronized TrackMageUsers forgives() {
    forgives = true;
    return this;
  }

  /** Revokes all refresh tokens of a user. */
  public synchronized void revoke(String user) {
    users.values().removeIf(user::equals);
    usedUp.values().removeIf(user::equals);
  }

  @Override
  public void send(ScriptedUpstream.Exchange exchange) throws IOException, InterruptedException {
    answer(exchange).send(exchange);
  }

  private synchronized Answer answer(ScriptedUpstream.Exchange exchange) {
    var parameters = exchange.request().parameters();
    return switch (parameters.getOrDefault("grant_type", "")) {
      case "authorization_code" -> exchanged(parameters);
      case "refresh_token" -> renewed(parameters.getOrDefault("refresh_token", ""));
      default -> Answer.token();
    };
  }

  private Answer exchanged(Map<String, String> parameters) {
    var code = parameters.getOrDefault("code", "");
    return code.startsWith(CODE) && parameters.containsKey("code_verifier")
        ? tokens(code.substring(CODE.length()))
        : Answer.error("invalid_grant");
  }

  private Answer renewed(String refreshToken) {
    var user = used(refreshToken);
    if (user == null) {
      return Answer.error("invalid_grant");
    }
    var tokens = tokens(user);
    if (lost > 0) {
      lost--;
      return Answer.closed();
    }
    return tokens;
  }

  private @Nullable String used(String refreshToken) {
    var user = users.remove(refreshToken);
    if (user != null) {
      usedUp.put(refreshToken, user);
      return user;
    }
    return forgives ? usedUp.get(refreshToken) : null;
  }

  private Answer tokens(String user) {
    var refreshToken = "refresh." + UUID.randomUUID();
    users.put(refreshToken, user);
    return Answer.token(
        Map.of(
            "access_token",
            "tm." + user + "." + UUID.randomUUID(),
            "expires_in",
            lifetime.toSeconds(),
            "refresh_token",
            refreshToken,
            "user_id",
            "id-of-" + user,
            "user_email",
            user + "@example.test"));
  }
}
