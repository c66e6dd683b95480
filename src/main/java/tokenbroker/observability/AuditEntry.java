package tokenbroker.observability;

import java.time.Instant;
import org.jspecify.annotations.Nullable;
import tokenbroker.callers.Caller;
import tokenbroker.callers.CredentialForm;
import tokenbroker.tokens.TokenId;
import tokenbroker.tokens.TokenOwner;

/**
 * The content of one audit line. One thread fills it in and passes it to {@link Audit#record}. It
 * does not change afterwards.
 */
public final class AuditEntry {

  /** The approximate bytes of the entry's own objects, its time and its place in the queue. */
  private static final int OVERHEAD = 192;

  final AuditEvent event;
  final String outcome;
  @Nullable Caller caller;
  @Nullable String issuer;
  @Nullable String address;
  @Nullable TokenOwner owner;
  @Nullable String reason;
  @Nullable String detail;
  @Nullable TokenId token;
  @Nullable String traceId;
  @Nullable CredentialForm form;
  long suppressed;
  Instant at = Instant.EPOCH;
  long handedOverNanos;

  private AuditEntry(AuditEvent event, String outcome) {
    this.event = event;
    this.outcome = outcome;
  }

  /**
   * Creates an entry.
   *
   * @param outcome one of the event's words, such as {@code nearby} or {@code forbidden}
   */
  public static AuditEntry of(AuditEvent event, String outcome) {
    // Checked in tests only: an unlisted word must not cost anybody a token.
    assert event.outcomes().contains(outcome) : event + " has no outcome " + outcome;
    return new AuditEntry(event, outcome);
  }

  /** Sets the requester. An entry without a requester describes what the broker did by itself. */
  public AuditEntry by(Requester requester) {
    caller = requester.caller();
    address = requester.address();
    traceId = requester.traceId();
    form = requester.form();
    return this;
  }

  /** Sets the account whose token or connection the entry is about. It need not exist. */
  public AuditEntry of(TokenOwner about) {
    owner = about;
    return this;
  }

  /** Sets the token that was handed out; null if there was none. */
  public AuditEntry token(@Nullable TokenId id) {
    token = id;
    return this;
  }

  /** Sets the reason: a word from a fixed set, never text from outside. */
  public AuditEntry because(String word) {
    reason = word;
    return this;
  }

  /** Sets the configured name of an unauthenticated caller's issuer, or {@code unknown}. */
  AuditEntry issuer(String name) {
    issuer = name;
    return this;
  }

  /** Sets a sentence of limited length that is safe for a log. */
  AuditEntry detail(String sentence) {
    detail = sentence;
    return this;
  }

  /** Sets how many similar entries were not recorded since the previous line. */
  AuditEntry suppressed(long number) {
    suppressed = number;
    return this;
  }

  /**
   * Returns an upper bound of the bytes that the entry retains, including objects that only it may
   * refer to.
   */
  long weight() {
    return OVERHEAD
        + (caller == null ? 0 : 2L * caller.subject().length() + length(caller.jwtId()))
        + length(detail);
  }

  private static long length(@Nullable String text) {
    return text == null ? 0 : 2L * text.length();
  }
}
