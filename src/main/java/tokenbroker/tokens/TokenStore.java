package tokenbroker.tokens;

import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tokenbroker.time.Moment;

/**
 * What replicas share: tokens, failures, leases, and word of changes. A cache: losing it loses
 * nothing but time.
 *
 * <p>Every method blocks for a bounded time and throws {@link StoreUnavailable} where the store
 * does not answer, unless it says otherwise. A stored value that is corrupt, foreign or moved is
 * absent, never an error.
 */
public interface TokenStore {

  /**
   * All that is stored for an account, in one round trip. Times are by this process's clocks,
   * however skewed.
   */
  Stored look(Account account);

  /**
   * Looks, and takes the account's lease in the same step where what is stored is what was {@code
   * seen} and nobody holds the lease. {@link Revision#UNKNOWN} stands for whatever is stored.
   */
  Lookup lookOrLease(Account account, Revision seen);

  /**
   * Keeps a token until it expires, provided that the store still holds what was {@code seen}, or
   * nothing any more: a late writer never overwrites what another has stored since. {@link
   * Revision#UNKNOWN} overwrites. Nothing is kept of a connection that is gone. A kept token
   * forgets the account's failure, and is announced.
   *
   * @return whether the token was kept
   */
  boolean keep(Account account, AccessToken token, Revision seen, Announcement news);

  /**
   * As {@link #keep}, for a token that the store lost or has an older one of. The account's failure
   * stays: no fetch has disproved it.
   */
  boolean restore(Account account, AccessToken token, Revision seen);

  /**
   * Remembers a failure until some time after its {@code retryAt}, so that the next one in a row
   * can count on, and announces it.
   */
  void remember(Account account, UpstreamFailure failure);

  /**
   * Claims the one forced fetch that an account may have in {@code period}.
   *
   * @return empty where the claim is ours, else how long until the next may be made
   */
  Optional<Duration> claimForcedFetch(Account account, Duration period);

  /** Removes all that is cached for an account; its lease is left to its holder. */
  void forget(Account account);

  /** As {@link #forget}, and tells every replica to serve nothing of it. */
  void drop(Account account);

  /**
   * Hands on what is announced, by any replica, this one included, on a thread that must not be
   * blocked. Best effort: an announcement may be lost. Never throws.
   */
  void onAnnouncement(Consumer<Announcement> listener);

  /**
   * Since when no announcement can have been missed: proven by a heartbeat, not assumed. Empty
   * while announcements may be missed. Never throws, never blocks.
   */
  Optional<Moment> hearingSince();

  /** Whether the store answered last time it was asked. Never throws, never blocks. */
  boolean isUp();

  /** As {@link #isUp()}, as far as this account is concerned. */
  default boolean isUp(Account account) {
    return isUp();
  }

  /**
   * Names the part of the store that holds an account. Parts fail independently of each other.
   * Never throws, never blocks.
   */
  default String partOf(Account account) {
    return "";
  }

  /**
   * What is stored for an account.
   *
   * @param revision names what is stored, also where it cannot be read
   * @param failure also one whose {@code retryAt} has passed, for as long as it is remembered
   * @param grant what is known of the connection; {@link Grant#VALID} for a client's own account
   * @param grantRevision tells this state of the connection's refresh token from others; empty for
   *     a client's own account
   */
  record Stored(
      @Nullable AccessToken token,
      Revision revision,
      @Nullable UpstreamFailure failure,
      Grant grant,
      String grantRevision) {

    public static final Stored NOTHING = new Stored(null, Revision.ABSENT, null);

    public Stored(
        @Nullable AccessToken token, Revision revision, @Nullable UpstreamFailure failure) {
      this(token, revision, failure, Grant.VALID, "");
    }

    boolean isGone() {
      return grant == Grant.GONE;
    }
  }

  /** Whether an account's owner still grants it. */
  enum Grant {
    VALID,
    /** The connection's refresh token is dead: what is stored of it is the last. */
    ENDED,
    /** There is no such connection; nothing of it may be served. */
    GONE
  }

  /**
   * What was stored, and the account's lease where it was taken. A taken lease is renewed until it
   * is closed or its process dies.
   */
  record Lookup(Stored stored, @Nullable Lease lease) {}

  /** Tells stored values from others. Opaque outside the store. */
  record Revision(String token, String failure) {
    /** Nothing was stored. */
    public static final Revision ABSENT = new Revision("", "");

    /** The store could not be asked. */
    public static final Revision UNKNOWN = new Revision("?", "?");
  }
}
