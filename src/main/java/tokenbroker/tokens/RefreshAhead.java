package tokenbroker.tokens;

import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import tokenbroker.clients.ClientDirectory;
import tokenbroker.time.Clocks;
import tokenbroker.time.Now;
import tokenbroker.tokens.TokenResult.NotIssued;

/**
 * The background refresh of local tokens that are in use, so that no caller waits for it. It renews
 * tokens when they are due. It reads the store again after an announcement, or every few seconds
 * while announcements cannot be received.
 */
@Singleton
public class RefreshAhead {

  /** How many accounts one replica renews or reads again at the same time. */
  private static final int AT_ONCE = 64;

  /**
   * The age at which a token is read again if no announcements arrive; well within {@link
   * LocalTokens#UNHEARD_TRUST}.
   */
  private static final Duration READ_UNHEARD_AFTER = Duration.ofSeconds(3);

  private final TokenBroker broker;
  private final LocalTokens nearby;
  private final TokenStore store;
  private final ClientDirectory clients;
  private final TokenMetrics metrics;
  private final Clocks clocks;
  private final Semaphore places = new Semaphore(AT_ONCE);
  private final Set<Account> underWay = ConcurrentHashMap.newKeySet();

  /** The number of announcements for each account that is being read again because of them. */
  private final Map<Account, Integer> words = new ConcurrentHashMap<>();

  private volatile Queue<Runnable> waiting = new ConcurrentLinkedQueue<>();

  RefreshAhead(
      TokenBroker broker,
      LocalTokens nearby,
      TokenStore store,
      ClientDirectory clients,
      TokenMetrics metrics,
      Clocks clocks) {
    this.broker = broker;
    this.nearby = nearby;
    this.store = store;
    this.clients = clients;
    this.metrics = metrics;
    this.clocks = clocks;
    store.onAnnouncement(this::heard);
  }

  /**
   * Starts all due work without waiting for it. It is called twice a second; work that has not
   * started by the next call is evaluated again.
   */
  public void tick() {
    var now = clocks.now();
    var round = new Round(now, store);
    nearby.forEach(now, round);
    metrics.endsFirst(round.endsFirst, now);
    var work = new ConcurrentLinkedQueue<Runnable>();
    round.toReadAgain.forEach(
        account -> work.add(unlessUnderWay(account, () -> readAgain(account))));
    round.toRenew.forEach(
        (due, token) -> work.add(unlessUnderWay(due.account, () -> renew(due.account, token))));
    waiting = work;
    while (!work.isEmpty() && places.tryAcquire()) {
      Thread.ofVirtual().start(this::workOff);
    }
  }

  private void heard(Announcement news) {
    var account = news.account();
    switch (news.kind()) {
      case RENEWED, REPLACED -> {
        if (nearby.get(account) == null) {
          return;
        }
        if (news.dead() != null) {
          nearby.suspect(account, news.dead());
        }
        if (words.merge(account, 1, Integer::sum) == 1) {
          Thread.ofVirtual().start(() -> readWhatWasAnnounced(account));
        }
      }
      case REMOVED -> nearby.forget(account);
      case FAILED -> {
        // TokenFetcher wakes whoever waits for this fetch.
      }
    }
  }

  /**
   * Reads the account, and reads it again if announcements arrived meanwhile. Their number does not
   * matter, because anybody may announce anything.
   */
  private void readWhatWasAnnounced(Account account) {
    var seen = 0;
    try {
      do {
        seen = words.getOrDefault(account, 0);
        readAgain(account);
      } while (!words.remove(account, seen));
    } catch (RuntimeException | Error e) {
      words.remove(account);
      throw e;
    }
  }

  private void readAgain(Account account) {
    clients.find(account.client()).ifPresent(client -> broker.readAgain(client, account));
  }

  private void renew(Account account, LocalToken token) {
    var client = clients.find(account.client());
    if (client.isEmpty()) {
      return;
    }
    switch (broker.renew(client.get(), account)) {
      case TokenResult.Issued _ -> {}
      case TokenResult.Gone _ -> nearby.forget(account);
      case NotIssued failed -> token.renewNotBefore(clocks.moment().plus(failed.retryAfter()));
    }
  }

  /**
   * One pass over all local tokens. There may be 100,000, so the rarest conditions are checked
   * last.
   */
  private static final class Round implements BiConsumer<Account, LocalToken> {

    final SortedMap<Due, LocalToken> toRenew = new TreeMap<>();
    final List<Account> toReadAgain = new ArrayList<>();
    @Nullable LocalToken endsFirst;
    private long endsFirstLeft;

    private final Now now;
    private final TokenStore store;
    private final boolean unheard;

    Round(Now now, TokenStore store) {
      this.now = now;
      this.store = store;
      this.unheard = store.hearingSince().isEmpty();
    }

    @Override
    public void accept(Account account, LocalToken token) {
      if (!token.isInUse(now.moment())) {
        return;
      }
      var left = token.usableNanosLeft(now);
      if ((endsFirst == null || left < endsFirstLeft) && !account.isConnection()) {
        endsFirst = token;
        endsFirstLeft = left;
      }
      if (token.isRenewalDue(now)) {
        toRenew.put(new Due(left, account), token);
      } else if (token.suspect
          || ((unheard || !store.isUp(account))
              && !token.isVerifiedWithin(READ_UNHEARD_AFTER, now.moment()))) {
        toReadAgain.add(account);
      }
    }
  }

  /**
   * A due renewal. The token that is usable for the shortest time comes first, because places may
   * be scarce.
   */
  private record Due(long usableNanosLeft, Account account) implements Comparable<Due> {

    private static final Comparator<Due> ORDER =
        Comparator.comparingLong(Due::usableNanosLeft).thenComparing(due -> due.account.toString());

    @Override
    public int compareTo(Due other) {
      return ORDER.compare(this, other);
    }
  }

  private void workOff() {
    try {
      for (var next = waiting.poll(); next != null; next = waiting.poll()) {
        next.run();
      }
    } finally {
      places.release();
    }
  }

  /** Returns work that does nothing if other work for the account is in progress. */
  private Runnable unlessUnderWay(Account account, Runnable work) {
    return () -> {
      if (underWay.add(account)) {
        try {
          work.run();
        } finally {
          underWay.remove(account);
        }
      }
    };
  }
}
