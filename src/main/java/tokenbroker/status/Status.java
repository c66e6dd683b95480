package tokenbroker.status;

import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tokenbroker.config.BrokerConfig;
import tokenbroker.config.ChangedSettings.Changed;
import tokenbroker.usage.RefusedAccess;

/**
 * What one replica knows: the content of the status page and of {@code /q/status.json}. Times are
 * in UTC, durations in seconds unless a name says otherwise. "Last hour" covers 55 to 60 minutes of
 * this replica.
 *
 * @param at when the status was read
 * @param refused who was refused in the last hour, the most recent first
 * @param misuse callers that use a client far more than they need to, the heaviest first
 * @param settings the settings that differ from their defaults
 */
@RegisterForReflection
record Status(
    Instant at,
    Replica replica,
    Clients clients,
    List<Issuer> issuers,
    Store store,
    List<Upstream> upstreams,
    @Nullable Connections connections,
    List<Job> jobs,
    List<RefusedAccess> refused,
    List<Misuse> misuse,
    List<Changed> settings) {

  /** Returns the time in whole seconds, as people read it. */
  static Instant seconds(Instant time) {
    return time.truncatedTo(ChronoUnit.SECONDS);
  }

  /**
   * This process.
   *
   * @param name as in its audit lines
   */
  record Replica(String name, String version, String java, Instant startedAt) {}

  /**
   * One page of the clients.
   *
   * @param total all clients of the clients file
   * @param byState how many clients are in each state
   * @param matching how many clients the filter lets through
   * @param page the number of this page, from 1
   */
  record Clients(
      int total, Map<String, Long> byState, int matching, int page, int pages, List<Row> list) {}

  /**
   * A client.
   *
   * @param upstream the name of its upstream in the clients file
   * @param host the host of its upstream, with the port if it is not the usual one
   * @param state {@code ready}, {@code idle}, {@code failing} or {@code rejected}
   * @param runwaySeconds how long callers can still be served if TrackMage is down from now on
   * @param runwayShare the same as a share of the token's life, from 0 to 1
   * @param fetches how many tokens this replica fetched or tried to fetch in the last hour
   * @param requests how many tokens callers requested in the last hour
   * @param callers the callers that requested most; all that are known if one client is shown
   * @param credentialsVersion a keyed hash of the credentials in use; null without credentials
   */
  record Row(
      String name,
      String upstream,
      String host,
      String state,
      @Nullable String tokenId,
      long runwaySeconds,
      double runwayShare,
      @Nullable Instant expiresAt,
      @Nullable Instant lastSuccess,
      @Nullable Failure lastFailure,
      long fetches,
      long requests,
      List<CallerUse> callers,
      @Nullable String credentialsVersion) {}

  /**
   * Why no token can be fetched.
   *
   * @param at null if the client's files are at fault, because that lasts until someone corrects
   *     them
   * @param reason a word, such as {@code http_5xx}
   * @param meaning what happened, and where
   * @param nextAttempt when the broker tries again; null if nobody has to wait for that
   */
  record Failure(
      @Nullable Instant at,
      String reason,
      String meaning,
      String whatToDo,
      @Nullable Instant nextAttempt) {}

  record CallerUse(String issuer, String subject, long requests) {}

  /**
   * An issuer of callers' JWTs.
   *
   * @param source the URL or the file of its keys
   * @param keysReadAt when its keys were last read successfully; null if never
   * @param failure why the last read failed; null if it succeeded
   * @param reviewFailure why the API server does not review its JWTs; null if it does, or if
   *     reviews are off
   */
  record Issuer(
      String name,
      int keys,
      String source,
      @Nullable Instant keysReadAt,
      @Nullable String failure,
      @Nullable String reviewFailure) {}

  /**
   * The store that replicas share.
   *
   * @param kind {@code redis} or {@code memory}
   * @param latencyMillis how long Redis took to answer just now; null if it did not answer, or in
   *     memory
   * @param hearsAnnouncements whether this replica hears the others' announcements
   * @param replicas the replicas that share this store and were heard within the last minute; null
   *     if Redis did not answer, or in memory
   * @param replicasTotal how many there are; may exceed the size of the list
   */
  record Store(
      BrokerConfig.Store kind,
      boolean up,
      @Nullable Double latencyMillis,
      boolean hearsAnnouncements,
      @Nullable List<Peer> replicas,
      long replicasTotal) {}

  /**
   * A replica.
   *
   * @param heardSecondsAgo the time since it last entered itself into the list
   */
  record Peer(String name, String version, long heardSecondsAgo, boolean thisOne) {}

  /**
   * A server that issues tokens.
   *
   * @param failing how many clients of it cannot fetch a token now
   * @param requests how many requests this replica has sent it since the start
   * @param clockAheadSeconds how far its clock is ahead of this replica's; null if no response told
   */
  record Upstream(
      String name,
      String url,
      long clients,
      long failing,
      boolean breakerOpen,
      long requests,
      double meanMillis,
      double slowestMillis,
      @Nullable Double clockAheadSeconds) {}

  /**
   * The accounts that users connected, as of the last count.
   *
   * @param overdue how many should have been refreshed more than a day ago
   * @param unsaved how many refresh tokens only this process holds
   * @param durability whether Redis keeps them across a restart: {@code durable}, {@code volatile}
   *     or {@code unknown}
   * @param eviction whether Redis deletes data when its memory is full: {@code none}, {@code
   *     possible} or {@code unknown}
   */
  record Connections(
      long active,
      long reconnectRequired,
      long overdue,
      int unsaved,
      String durability,
      String eviction) {}

  record Job(String name, Instant lastSuccess, boolean failed, boolean stalled) {}

  /**
   * A caller that uses a client far more than it needs to.
   *
   * @param kind {@code frequent_requests} or {@code vain_reports}
   * @param perSecond its average rate in the last complete five minutes
   * @param vainReports its reports, in the last hour, of tokens that were probably not dead
   */
  record Misuse(
      String kind,
      String issuer,
      String subject,
      String client,
      double perSecond,
      long vainReports) {}
}
