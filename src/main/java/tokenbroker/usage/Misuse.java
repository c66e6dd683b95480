package tokenbroker.usage;

import java.util.Locale;

/** A way in which a caller uses the broker far more than it needs to. */
public enum Misuse {
  /**
   * The caller requests a token more than {@value #MOST_PER_SECOND} times per second, averaged over
   * five minutes. It could keep a token until its {@code refresh_at}.
   */
  FREQUENT_REQUESTS,

  /**
   * The caller reported at least {@value #MANY_REPORTS} tokens in an hour that were probably not
   * dead. TrackMage refuses its requests for another reason, such as a missing permission.
   */
  VAIN_REPORTS;

  static final int MOST_PER_SECOND = 10;
  static final int MANY_REPORTS = 5;

  private final String word = name().toLowerCase(Locale.ROOT);

  /** Returns the value of the metric's label, such as {@code vain_reports}. */
  public String word() {
    return word;
  }
}
