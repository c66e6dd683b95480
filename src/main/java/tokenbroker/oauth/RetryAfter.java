package tokenbroker.oauth;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tokenbroker.outbound.Reply.Answered;

/** A parser for the {@code Retry-After} header (RFC 9110 §10.2.3), which has seconds or a date. */
final class RetryAfter {

  /** The longest delay that an upstream can ask for; longer values are capped. */
  static final Duration LONGEST = Duration.ofMinutes(5);

  private static final Pattern SECONDS = Pattern.compile("[0-9]{1,9}");

  private RetryAfter() {}

  /**
   * Returns the delay that the upstream asks for, or null if it asks for none. Some proxies join
   * several values into a list; the first valid one counts.
   */
  static @Nullable Duration of(Answered answer) {
    var values = String.join(",", answer.headers().allValues("Retry-After")).split(",", -1);
    for (var i = 0; i < values.length; i++) {
      // Two of the three date formats contain a comma.
      var pair = i + 1 < values.length ? values[i] + "," + values[i + 1] : values[i];
      var pause = pause(values[i], answer).or(() -> pause(pair, answer)).orElse(null);
      if (pause != null) {
        return bounded(pause);
      }
    }
    return null;
  }

  private static @Nullable Duration bounded(Duration pause) {
    if (!pause.isPositive()) {
      return null;
    }
    return pause.compareTo(LONGEST) < 0 ? pause : LONGEST;
  }

  private static Optional<Duration> pause(String value, Answered answer) {
    var text = value.strip();
    return SECONDS.matcher(text).matches()
        ? Optional.of(Duration.ofSeconds(Long.parseLong(text)))
        : HttpDate.parse(text, answer.receivedAt())
            .map(date -> Duration.between(upstreamsNow(answer), date));
  }

  /**
   * Returns the time by the upstream's clock, which wrote the date, or by ours if it sent no {@code
   * Date}.
   */
  private static Instant upstreamsNow(Answered answer) {
    return answer
        .headers()
        .firstValue("Date")
        .flatMap(date -> HttpDate.parse(date, answer.receivedAt()))
        .orElse(answer.receivedAt());
  }
}
