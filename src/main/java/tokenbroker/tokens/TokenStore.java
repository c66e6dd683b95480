package tokenbroker.tokens;

import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tokenbroker.time.Moment;

/**
 * The data that replicas share: tokens, failures, leases and announcements of changes. It is a
 * cache: losing its content costs only time.
 *
 * <p>Unless stated otherwise, each method blocks for a bounded time and throws {@link
 * StoreUnavailable} if the store does not answer. A stored value that is corrupt, foreign or moved
 * counts as absent, never as an error.
 */
public interface TokenStore {

  /**
   * Reads everything that is stored for an owner in one round trip. Times are by this process's
   * clocks, even if clocks differ between hosts.
   */
  Stored look(TokenOwner owner);

  /**
   * Reads an owner, and in the same step acquires its lease if nobody holds it and the store still
   * has what was {@code seen}. {@link Revision#UNKNOWN} matches anything.
   */
  Lookup lookOrLease(TokenOwner owner, Revision seen);

  /**
   * Stores a token until it expires, if the store still has what was {@code seen} or nothing. A
   * late writer therefore never overwrites what another has stored since. {@link Revision#UNKNOWN}
   * overwrites anything. A token of a connection that no longer exists is not stored. Storing a
   * token removes the owner's failure and sends the announcement.
   *
   * @return whether the token was stored
   */
  boolean keep(TokenOwner owner, AccessToken token, Revision seen, Announcement news);

  /**
   * Writes back a token that the store lost, or of which it has only an older one, if the store
   * still has exactly what was {@code seen}. A token that was dropped meanwhile therefore stays
   * away. The owner's failure stays, because no fetch has disproved it.
   *
   * @param seen never {@link Revision#UNKNOWN}
   * @return whether the token was stored
   */
  boolean restore(TokenOwner owner, AccessToken token, Revision seen);

  /**
   * Stores a failure and announces it. It is kept until some time after its {@code retryAt}, so
   * that the next failure in a row can continue its count.
   */
  void remember(TokenOwner owner, UpstreamFailure failure);

  /**
   * Claims the one forced fetch that an owner may make in {@code period}.
   *
   * @return empty if the claim succeeds, else the delay until the next claim can succeed
   */
  Optional<Duration> claimForcedFetch(TokenOwner owner, Duration period);

  /** Removes everything that is cached for an owner except its lease, which its holder keeps. */
  void forget(TokenOwner owner);

  /** Does the same as {@link #forget}, and tells every replica to serve nothing of the owner. */
  void drop(TokenOwner owner);

  /**
   * Registers a listener for the announcements of all replicas, including this one. The listener
   * must not block its thread. Delivery is best effort: an announcement may be lost. Never throws.
   */
  void onAnnouncement(Consumer<Announcement> listener);

  /**
   * Returns since when no announcement can have been missed, as a heartbeat proves. Empty while
   * announcements may be missed. Never throws, never blocks.
   */
  Optional<Moment> hearingSince();

  /** Returns whether the store answered its last request. Never throws, never blocks. */
  boolean isUp();

  /** Returns the same as {@link #isUp()} for this owner alone. */
  default boolean isUp(TokenOwner owner) {
    return isUp();
  }

  /**
   * Returns the name of the part of the store that holds an owner. Parts fail independently of each
   * other. Never throws, never blocks.
   */
  default String partOf(TokenOwner owner) {
    return "";
  }

  /**
   * The data that is stored for an owner.
   *
   * @param revision identifies what is stored, even if it cannot be read
   * @param failure the last failure, which stays after its {@code retryAt} for as long as it is
   *     remembered
   * @param grant the state of the connection; {@link GrantStatus#VALID} for a client's own account
   * @param grantRevision identifies the state of the connection's refresh token; empty for a
   *     client's own account
   */
  record Stored(
      @Nullable AccessToken token,
      Revision revision,
      @Nullable UpstreamFailure failure,
      GrantStatus grant,
      String grantRevision) {

    public static final Stored NOTHING = new Stored(null, Revision.ABSENT, null);

    public Stored(
        @Nullable AccessToken token, Revision revision, @Nullable UpstreamFailure failure) {
      this(token, revision, failure, GrantStatus.VALID, "");
    }

    boolean isGone() {
      return grant == GrantStatus.GONE;
    }
  }

  /** Whether the owner of an account still grants access. */
  enum GrantStatus {
    VALID,
    /** The connection's refresh token is dead, so its stored token is the last one. */
    ENDED,
    /** The connection does not exist; nothing of it may be served. */
    GONE
  }

  /**
   * The result of a lookup: what was stored, and the owner's lease if it was acquired. An acquired
   * lease is renewed until it is closed or its process dies.
   */
  record Lookup(Stored stored, @Nullable Lease lease) {}

  /** The version of stored values. Opaque outside the store. */
  record Revision(String token, String failure) {
    /** The store has nothing. */
    public static final Revision ABSENT = new Revision("", "");

    /** The store could not be read. */
    public static final Revision UNKNOWN = new Revision("?", "?");
  }
}
