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
import tokenbroker.time.Moment;
import tokenbroker.time.Now;
import tokenbroker.tokens.TokenResult.NotIssued;

/**
 * The background refresh of local tokens that are in use, so that no caller waits for it. It
 * refreshes tokens when they are due, as {@link Freshness#refreshAge} says. It reads the store
 * again after an announcement, or every few seconds while announcements cannot be received.
 */
@Singleton
public class RefreshAhead {

  /** How many owners one replica refreshes or reads again at the same time. */
  private static final int AT_ONCE = 64;

  /**
   * The age at which a token is read again if no announcements arrive; well within {@link
   * LocalTokens#UNHEARD_TRUST}.
   */
  private static final Duration READ_UNHEARD_AFTER = Duration.ofSeconds(3);

  /**
   * How many times as long as a pass over all tokens the time until the next one is. With 100,000
   * tokens, a pass takes some 40 ms.
   */
  private static final int PASS_TO_PAUSE = 50;

  /** The longest pause, with which a token is still read again within its trust. */
  private static final Duration LONGEST_PAUSE = Duration.ofMillis(1_400);

  private final TokenBroker broker;
  private final LocalTokens nearby;
  private final TokenStore store;
  private final ClientDirectory clients;
  private final TokenMetrics metrics;
  private final Clocks clocks;
  private final Semaphore places = new Semaphore(AT_ONCE);
  private final Set<TokenOwner> underWay = ConcurrentHashMap.newKeySet();

  /** The number of announcements for each owner that is being read again because of them. */
  private final Map<TokenOwner, Integer> words = new ConcurrentHashMap<>();

  private volatile Queue<Runnable> waiting = new ConcurrentLinkedQueue<>();

  private volatile Moment nextPass;

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
    this.nextPass = clocks.moment();
    store.onAnnouncement(this::heard);
  }

  /**
   * Starts all due work without waiting for it. It is called twice a second by one thread at a
   * time. With many tokens, it makes a pass over them only at one of up to three calls. Work that
   * has not started by the next pass is evaluated again.
   */
  public void tick() {
    var now = clocks.now();
    if (now.moment().isBefore(nextPass)) {
      return;
    }
    var round = new Round(now, store);
    nearby.forEach(now, round);
    var end = clocks.moment();
    nextPass = end.plus(pauseAfter(now.moment().until(end)));
    metrics.endsFirst(round.endsFirst, now);
    var work = new ConcurrentLinkedQueue<Runnable>();
    round.toReadAgain.forEach(owner -> work.add(unlessUnderWay(owner, () -> readAgain(owner))));
    round.toRefresh.forEach(
        (due, token) -> work.add(unlessUnderWay(due.owner, () -> refresh(due.owner, token))));
    waiting = work;
    while (!work.isEmpty() && places.tryAcquire()) {
      Thread.ofVirtual().start(this::workOff);
    }
  }

  private static Duration pauseAfter(Duration pass) {
    var pause = pass.multipliedBy(PASS_TO_PAUSE);
    return pause.compareTo(LONGEST_PAUSE) < 0 ? pause : LONGEST_PAUSE;
  }

  private void heard(Announcement news) {
    var owner = news.owner();
    switch (news.kind()) {
      case RENEWED, REPLACED -> {
        if (nearby.get(owner) == null) {
          return;
        }
        if (news.dead() != null) {
          nearby.suspect(owner, news.dead());
        }
        if (words.merge(owner, 1, Integer::sum) == 1) {
          Thread.ofVirtual().start(() -> readWhatWasAnnounced(owner));
        }
      }
      case REMOVED -> nearby.forget(owner);
      case FAILED -> {
        // TokenFetcher wakes whoever waits for this fetch.
      }
    }
  }

  /**
   * Reads the owner, and reads it again if announcements arrived meanwhile. Their number does not
   * matter, because anybody may announce anything.
   */
  private void readWhatWasAnnounced(TokenOwner owner) {
    var seen = 0;
    try {
      do {
        seen = words.getOrDefault(owner, 0);
        readAgain(owner);
      } while (!words.remove(owner, seen));
    } catch (RuntimeException | Error e) {
      words.remove(owner);
      throw e;
    }
  }

  private void readAgain(TokenOwner owner) {
    clients.find(owner.client()).ifPresent(client -> broker.readAgain(client, owner));
  }

  private void refresh(TokenOwner owner, LocalToken token) {
    var client = clients.find(owner.client());
    if (client.isEmpty()) {
      return;
    }
    switch (broker.refresh(client.get(), owner)) {
      case TokenResult.Issued _ -> {}
      case TokenResult.Gone _ -> nearby.forget(owner);
      case NotIssued failed -> token.refreshNotBefore(clocks.moment().plus(failed.retryAfter()));
    }
  }

  /**
   * One pass over all local tokens. There may be 100,000, so the rarest conditions are checked
   * last.
   */
  private static final class Round implements BiConsumer<TokenOwner, LocalToken> {

    final SortedMap<DueRefresh, LocalToken> toRefresh = new TreeMap<>();
    final List<TokenOwner> toReadAgain = new ArrayList<>();
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
    public void accept(TokenOwner owner, LocalToken token) {
      if (!token.isInUse(now.moment())) {
        return;
      }
      var left = token.usableNanosLeft(now);
      if ((endsFirst == null || left < endsFirstLeft) && owner.hasMetricSeries()) {
        endsFirst = token;
        endsFirstLeft = left;
      }
      if (token.isRefreshDue(now)) {
        toRefresh.put(new DueRefresh(left, owner), token);
      } else if (token.suspect
          || ((unheard || !store.isUp(owner))
              && !token.isVerifiedWithin(READ_UNHEARD_AFTER, now.moment()))) {
        toReadAgain.add(owner);
      }
    }
  }

  /**
   * A due refresh. The token that is usable for the shortest time comes first, because places may
   * be scarce.
   */
  private record DueRefresh(long usableNanosLeft, TokenOwner owner)
      implements Comparable<DueRefresh> {

    private static final Comparator<DueRefresh> ORDER =
        Comparator.comparingLong(DueRefresh::usableNanosLeft)
            .thenComparing(due -> due.owner.toString());

    @Override
    public int compareTo(DueRefresh other) {
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

  /** Returns work that does nothing if other work for the owner is in progress. */
  private Runnable unlessUnderWay(TokenOwner owner, Runnable work) {
    return () -> {
      if (underWay.add(owner)) {
        try {
          work.run();
        } finally {
          underWay.remove(owner);
        }
      }
    };
  }
}
