package tokenbroker.redis;

import io.vertx.redis.client.impl.types.ErrorType;
import java.net.ConnectException;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import tokenbroker.tokens.StoreUnavailable;

/** What can be said of a fault of Redis without repeating its message, which may hold a secret. */
final class RedisFault {

  /** Errors that concern one command. The connection is as good as before. */
  private static final Set<String> OF_ONE_COMMAND =
      Set.of("BUSY", "MISCONF", "NOPERM", "NOREPLICAS", "OOM", "TRYAGAIN", "WRONGTYPE");

  /** Errors by which Redis shows that it understood the greeting. */
  private static final Set<String> UNDERSTOOD =
      Set.of("LOADING", "MASTERDOWN", "NOAUTH", "NOPERM", "WRONGPASS");

  private RedisFault() {}

  /**
   * The first word of what Redis says ({@code READONLY}, {@code OOM} …), or the kind of fault;
   * never more.
   */
  static String kind(@Nullable Throwable fault) {
    return switch (fault) {
      case null -> "unknown fault";
      case StoreUnavailable ours -> String.valueOf(ours.getMessage());
      case TimeoutException late -> "no answer in time";
      case ConnectException unreachable -> "cannot connect";
      case Throwable closed when "Connection is closed".equals(closed.getMessage()) ->
          "connection closed";
      default -> {
        var word = firstWord(fault);
        var unnamed = fault instanceof ErrorType ? "error reply" : fault.getClass().getSimpleName();
        yield word.matches("[A-Z_]{2,20}") ? word : unnamed;
      }
    };
  }

  static boolean isNoPermission(Throwable fault) {
    return firstWord(fault).equals("NOPERM");
  }

  static boolean isOfOneCommand(Throwable fault) {
    return OF_ONE_COMMAND.contains(firstWord(fault));
  }

  /** Whether a connect may have failed because the other end does not know {@code HELLO}. */
  static boolean mayBeOfTheGreeting(Throwable fault) {
    return fault instanceof TimeoutException
        || (fault instanceof ErrorType && !UNDERSTOOD.contains(firstWord(fault)));
  }

  private static String firstWord(Throwable fault) {
    var message = fault.getMessage();
    return message == null ? "" : message.split(" ", 2)[0];
  }
}
