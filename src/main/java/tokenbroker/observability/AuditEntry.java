package tokenbroker.observability;

import io.vertx.core.net.SocketAddress;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import tokenbroker.callers.Caller;
import tokenbroker.tokens.Account;
import tokenbroker.tokens.TokenId;

/**
 * What one audit line tells. It is filled in by one thread and handed to {@link Audit#record}, and
 * does not change afterwards.
 */
public final class AuditEntry {

  /** The objects of an entry itself, its time and its place in the queue, roughly. */
  private static final int OVERHEAD = 192;

  final AuditEvent event;
  final String outcome;
  @Nullable Caller caller;
  @Nullable String issuer;
  @Nullable SocketAddress address;
  @Nullable Account account;
  @Nullable String reason;
  @Nullable String detail;
  @Nullable TokenId token;
  @Nullable String traceId;
  long suppressed;
  Instant at = Instant.EPOCH;
  long handedOverNanos;

  private AuditEntry(AuditEvent event, String outcome) {
    this.event = event;
    this.outcome = outcome;
  }

  /**
   * Begins an entry.
   *
   * @param outcome one word of few, such as {@code nearby} or {@code forbidden}
   */
  public static AuditEntry of(AuditEvent event, String outcome) {
    return new AuditEntry(event, outcome);
  }

  /** Who asked. An entry without it tells of what the broker did by itself. */
  public AuditEntry by(Requester requester) {
    caller = requester.caller();
    address = requester.address();
    traceId = requester.traceId();
    return this;
  }

  /** Whose token or connection it is about, there or not. */
  public AuditEntry of(Account about) {
    account = about;
    return this;
  }

  /** The token that was handed out; null if none was. */
  public AuditEntry token(@Nullable TokenId id) {
    token = id;
    return this;
  }

  /** A bounded word that says why; never somebody else's text. */
  public AuditEntry because(String word) {
    reason = word;
    return this;
  }

  /** The configured name of the issuer of a caller that is not known, or {@code unknown}. */
  AuditEntry issuer(String name) {
    issuer = name;
    return this;
  }

  /** A sentence that is bounded and fit for a log. */
  AuditEntry detail(String sentence) {
    detail = sentence;
    return this;
  }

  /** How many like it left no line since the one before. */
  AuditEntry suppressed(long number) {
    suppressed = number;
    return this;
  }

  /** An upper bound of the bytes that it holds, with what it may hold alone. */
  long weight() {
    return OVERHEAD
        + (caller == null ? 0 : 2L * caller.subject().length() + length(caller.jwtId()))
        + length(detail);
  }

  private static long length(@Nullable String text) {
    return text == null ? 0 : 2L * text.length();
  }
}
