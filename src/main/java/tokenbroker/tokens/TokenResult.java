package tokenbroker.tokens;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What a request for a token came to. */
public sealed interface TokenResult {

  /**
   * A token that may be handed out.
   *
   * @param warning why it has less life than its caller may expect; null if it has not
   */
  record Issued(AccessToken token, Origin origin, @Nullable Warning warning)
      implements TokenResult {
    public Issued(AccessToken token, Origin origin) {
      this(token, origin, null);
    }
  }

  /** Why an issued token has little life. */
  enum Warning {
    /** It has less life than was asked for, and a fresh one would not have more. */
    SHORT_OF_MIN_TTL,
    /** The upstream repeats it until its end, instead of giving another one in time. */
    IN_SAFETY_WINDOW
  }

  /** No token this time. */
  sealed interface NotIssued extends TokenResult {
    /** When it is worth asking again. */
    Duration retryAfter();
  }

  /** A fetch failed, now or a moment ago. */
  record Failed(FailureCause cause, Duration retryAfter) implements NotIssued {}

  /** No response within the time limit, or within what this caller would wait. */
  record TimedOut(Duration retryAfter) implements NotIssued {}

  /** There is no such connection. */
  record Gone() implements NotIssued {
    @Override
    public Duration retryAfter() {
      return Duration.ZERO;
    }
  }

  /** A forced fetch was made for this client only just now. */
  record TooSoon(Duration retryAfter) implements NotIssued {}

  /** Where an issued token came from. */
  enum Origin {
    /** This process had it. */
    NEARBY("nearby"),
    /** The shared store had it. */
    SHARED("shared"),
    /** It was fetched from upstream for this request, or for one that this request joined. */
    FETCHED("fetched");

    private final String label;

    Origin(String label) {
      this.label = label;
    }

    /** As metrics and the audit name it. */
    public String label() {
      return label;
    }
  }
}
