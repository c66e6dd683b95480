package tokenbroker.tokens;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The result of a request for a token. */
public sealed interface TokenResult {

  /**
   * A token that may be handed out.
   *
   * @param warning why it has less lifetime than its caller may expect; null if it has not
   */
  record Issued(AccessToken token, ServedFrom servedFrom, @Nullable Warning warning)
      implements TokenResult {
    public Issued(AccessToken token, ServedFrom servedFrom) {
      this(token, servedFrom, null);
    }
  }

  /** The reason why an issued token has little lifetime. */
  enum Warning {
    /** The token has less lifetime than was asked for, and a fresh token would not have more. */
    SHORT_OF_MIN_TTL,
    /** The upstream returns the same token until it expires, instead of a new one in time. */
    IN_SAFETY_WINDOW
  }

  /** A result without a token. */
  sealed interface NotIssued extends TokenResult {
    /** Returns the delay after which a retry is worthwhile. */
    Duration retryAfter();
  }

  /** A fetch that failed, now or a moment ago. */
  record Failed(FailureCause cause, Duration retryAfter) implements NotIssued {}

  /** A timeout: the upstream's time limit or the caller's wait has passed. */
  record TimedOut(Duration retryAfter) implements NotIssued {}

  /** The connection does not exist. */
  record Gone() implements NotIssued {
    @Override
    public Duration retryAfter() {
      return Duration.ZERO;
    }
  }

  /** The owner's last forced fetch was too recent to make another. */
  record TooSoon(Duration retryAfter) implements NotIssued {}

  /** The place where an issued token came from. */
  enum ServedFrom {
    /** This process had the token. */
    NEARBY("nearby"),
    /** The shared store had the token. */
    SHARED("shared"),
    /**
     * The token was fetched from the upstream for this request, or for one that this request
     * joined.
     */
    FETCHED("fetched");

    private final String label;

    ServedFrom(String label) {
      this.label = label;
    }

    /** Returns the name in metrics and the audit. */
    public String label() {
      return label;
    }
  }
}
