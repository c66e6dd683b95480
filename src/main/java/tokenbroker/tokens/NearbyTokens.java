package tokenbroker.tokens;

import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import tokenbroker.clients.ClientName;

/**
 * The tokens in this process: at most one a client, so bounded by what is configured. Trusted while
 * announcements are heard; while they are not, an entry older than {@link #UNHEARD_TRUST} is to be
 * read again from the store.
 */
@Singleton
public class NearbyTokens {

  static final Duration UNHEARD_TRUST = Duration.ofSeconds(5);

  private final Map<ClientName, NearbyToken> tokens = new ConcurrentHashMap<>();
  private final Freshness freshness;
  private final TokenStore store;

  NearbyTokens(Freshness freshness, TokenStore store) {
    this.freshness = freshness;
    this.store = store;
  }

  /** The token to serve without asking anybody, or null. */
  @Nullable NearbyToken trusted(ClientName client, Instant now) {
    var nearby = tokens.get(client);
    return nearby != null && nearby.isLive(now) && isTrusted(nearby, now) ? nearby : null;
  }

  /** A token that may still be handed out where nothing better can be had, or null. */
  @Nullable NearbyToken live(ClientName client, Instant now) {
    var nearby = tokens.get(client);
    return nearby != null && nearby.isLive(now) ? nearby : null;
  }

  boolean isTrusted(NearbyToken nearby, Instant now) {
    var hearingSince = store.hearingSince();
    return (hearingSince.isPresent() && !nearby.verifiedAt.isBefore(hearingSince.get()))
        || now.isBefore(nearby.verifiedAt.plus(UNHEARD_TRUST))
        || !store.isUp();
  }

  void keep(ClientName client, AccessToken token, Instant now) {
    tokens.compute(
        client,
        (name, before) ->
            new NearbyToken(
                token,
                freshness.usableUntil(token),
                freshness.renewalDue(token, name),
                now,
                before == null ? now : before.lastUsed));
  }

  /** The store still has nothing better than what is nearby. */
  void verify(ClientName client, Instant now) {
    var nearby = tokens.get(client);
    if (nearby != null) {
      nearby.verifiedAt = now;
    }
  }

  /** The token was replaced elsewhere because it is dead. */
  void suspect(ClientName client, TokenId dead) {
    var nearby = tokens.get(client);
    if (nearby != null && nearby.token.id().equals(dead)) {
      nearby.suspect = true;
    }
  }

  void forget(ClientName client) {
    tokens.remove(client);
  }

  /** Expired tokens are dropped on the way. */
  void forEach(Instant now, BiConsumer<ClientName, NearbyToken> action) {
    tokens.forEach(
        (client, nearby) -> {
          if (now.isBefore(nearby.usableUntil)) {
            action.accept(client, nearby);
          } else {
            tokens.remove(client, nearby);
          }
        });
  }

  /** The nearby token of a client, whatever is known of it; null where there is none. */
  @Nullable NearbyToken get(ClientName client) {
    return tokens.get(client);
  }
}
