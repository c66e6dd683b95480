package tokenbroker.tokens;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import tokenbroker.clients.ClientDirectory;
import tokenbroker.clients.ClientName;
import tokenbroker.tokens.TokenResult.NotIssued;

/**
 * Keeps the nearby tokens that are in use fresh, so that no caller waits for it: renews them when
 * they are due, and reads the store again on word from another replica, or every few seconds while
 * no word can be heard.
 */
@Singleton
public class RefreshAhead {

  /** How many clients one replica renews or reads again at once. */
  private static final int AT_ONCE = 64;

  /** Well within {@link NearbyTokens#UNHEARD_TRUST}. */
  private static final Duration READ_UNHEARD_AFTER = Duration.ofSeconds(3);

  private final TokenBroker broker;
  private final NearbyTokens nearby;
  private final Freshness freshness;
  private final TokenStore store;
  private final ClientDirectory clients;
  private final TokenMetrics metrics;
  private final Clock clock;
  private final Semaphore places = new Semaphore(AT_ONCE);
  private final Set<ClientName> underWay = ConcurrentHashMap.newKeySet();

  @Inject
  RefreshAhead(
      TokenBroker broker,
      NearbyTokens nearby,
      Freshness freshness,
      TokenStore store,
      ClientDirectory clients,
      TokenMetrics metrics,
      Clock clock) {
    this.broker = broker;
    this.nearby = nearby;
    this.freshness = freshness;
    this.store = store;
    this.clients = clients;
    this.metrics = metrics;
    this.clock = clock;
    store.onAnnouncement(this::heard);
  }

  /** Starts what is due, without waiting for it. Called several times a second. */
  public void tick() {
    var now = clock.instant();
    var unheard = store.hearingSince().isEmpty() || !store.isUp();
    var due = new TreeMap<Due, NearbyToken>();
    var inUse = new EndsFirst();
    nearby.forEach(
        now,
        (client, token) -> {
          if (!isInUse(token, now)) {
            return;
          }
          inUse.accept(token);
          if (!now.isBefore(token.renewalDue) && !now.isBefore(token.renewalNotBefore)) {
            due.put(new Due(token.usableUntil, client), token);
          } else if (token.suspect || (unheard && isOld(token, now))) {
            inBackground(client, () -> broker.readAgain(client));
          }
        });
    metrics.endsFirst(inUse.token);
    due.forEach((next, token) -> inBackground(next.client, () -> renew(next.client, token)));
  }

  private void heard(Announcement news) {
    if (nearby.get(news.client()) == null || news.kind() == Announcement.Kind.FAILED) {
      return;
    }
    if (news.dead() != null) {
      nearby.suspect(news.client(), news.dead());
    }
    Thread.ofVirtual().start(() -> broker.readAgain(news.client()));
  }

  private void renew(ClientName name, NearbyToken token) {
    var client = clients.find(name);
    if (client.isEmpty()) {
      return;
    }
    if (broker.renew(client.get()) instanceof NotIssued failed) {
      token.renewalNotBefore = clock.instant().plus(failed.retryAfter());
    }
  }

  private boolean isInUse(NearbyToken token, Instant now) {
    return now.isBefore(token.lastUsed.plus(freshness.idleAfter(token.token)));
  }

  private boolean isOld(NearbyToken token, Instant now) {
    return !now.isBefore(token.verifiedAt.plus(READ_UNHEARD_AFTER));
  }

  private static final class EndsFirst {
    private @Nullable NearbyToken token;

    void accept(NearbyToken other) {
      if (token == null || other.usableUntil.isBefore(token.usableUntil)) {
        token = other;
      }
    }
  }

  /** The one that ends first comes first, as places may be short. */
  private record Due(Instant usableUntil, ClientName client) implements Comparable<Due> {

    private static final Comparator<Due> ORDER =
        Comparator.comparing(Due::usableUntil).thenComparing(due -> due.client.value());

    @Override
    public int compareTo(Due other) {
      return ORDER.compare(this, other);
    }
  }

  /** One at a time per client; where all places are taken, the next tick tries again. */
  private void inBackground(ClientName client, Runnable work) {
    if (!underWay.add(client)) {
      return;
    }
    if (!places.tryAcquire()) {
      underWay.remove(client);
      return;
    }
    Thread.ofVirtual()
        .start(
            () -> {
              try {
                work.run();
              } finally {
                places.release();
                underWay.remove(client);
              }
            });
  }
}
