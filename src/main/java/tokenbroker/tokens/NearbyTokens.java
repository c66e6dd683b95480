package tokenbroker.tokens;

import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The tokens in this process: at most one an account, and none that has expired. Trusted while
 * announcements are heard; while they are not, an entry older than {@link #UNHEARD_TRUST} is to be
 * read again from the store.
 */
@Singleton
public class NearbyTokens {

  static final Duration UNHEARD_TRUST = Duration.ofSeconds(5);

  private final Map<Account, NearbyToken> tokens = new ConcurrentHashMap<>();
  private final Freshness freshness;
  private final TokenStore store;

  NearbyTokens(Freshness freshness, TokenStore store) {
    this.freshness = freshness;
    this.store = store;
  }

  /** The token to serve without asking anybody, or null. */
  @Nullable NearbyToken trusted(Account account, Instant now) {
    var nearby = tokens.get(account);
    return nearby != null && nearby.isLive(now) && isTrusted(nearby, now) ? nearby : null;
  }

  /** A token that may still be handed out where nothing better can be had, or null. */
  @Nullable NearbyToken live(Account account, Instant now) {
    var nearby = tokens.get(account);
    return nearby != null && nearby.isLive(now) ? nearby : null;
  }

  boolean isTrusted(NearbyToken nearby, Instant now) {
    var hearingSince = store.hearingSince();
    return (hearingSince.isPresent() && nearby.isVerifiedSince(hearingSince.get()))
        || nearby.isVerifiedWithin(UNHEARD_TRUST, now)
        || !store.isUp();
  }

  void keep(Account account, AccessToken token, Instant now) {
    tokens.compute(account, (name, before) -> new NearbyToken(token, name, freshness, now, before));
  }

  /** The store still has nothing better than what is nearby. */
  void verify(Account account, Instant now) {
    var nearby = tokens.get(account);
    if (nearby != null) {
      nearby.verified(now);
    }
  }

  /** The token was replaced elsewhere because it is dead. */
  void suspect(Account account, TokenId dead) {
    var nearby = tokens.get(account);
    if (nearby != null && nearby.token.id().equals(dead)) {
      nearby.suspect = true;
    }
  }

  void forget(Account account) {
    tokens.remove(account);
  }

  /** Expired tokens are dropped on the way. */
  void forEach(Instant now, BiConsumer<Account, NearbyToken> action) {
    tokens.forEach(
        (account, nearby) -> {
          if (nearby.hasEnded(now)) {
            tokens.remove(account, nearby);
          } else {
            action.accept(account, nearby);
          }
        });
  }

  /** The nearby token of an account, whatever is known of it; null where there is none. */
  @Nullable NearbyToken get(Account account) {
    return tokens.get(account);
  }
}
