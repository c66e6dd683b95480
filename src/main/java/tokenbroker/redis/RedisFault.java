package tokenbroker.redis;

import io.vertx.redis.client.impl.types.ErrorType;
import java.net.ConnectException;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tokenbroker.tokens.StoreUnavailable;

/** What can be said of a fault of Redis without repeating its message, which may hold a secret. */
final class RedisFault {

  /** Errors that another connection may not get, as to the master that there is now. */
  private static final Set<String> OF_THE_CONNECTION =
      Set.of("LOADING", "MASTERDOWN", "NOAUTH", "READONLY", "WRONGPASS");

  private static final Pattern IN_SCRIPT =
      Pattern.compile("^ERR Error running script.*: -?([A-Z]{3,}) ");

  /** Errors that concern the keys of one command, and say nothing of others. */
  private static final Set<String> OF_THE_KEYS =
      Set.of("ASK", "CROSSSLOT", "ERR", "MOVED", "TRYAGAIN", "WRONGTYPE");

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

  /** Whether another connection may do better. An error of one command harms no other. */
  static boolean isOfTheConnection(Throwable fault) {
    return !(fault instanceof ErrorType) || OF_THE_CONNECTION.contains(firstWord(fault));
  }

  /** Whether Redis answered, and the fault says nothing of other keys. */
  static boolean isOfTheKeys(@Nullable Throwable fault) {
    return fault instanceof ErrorType && OF_THE_KEYS.contains(firstWord(fault));
  }

  /** What a node of a cluster says of the slot that it was asked for. */
  sealed interface Redirection {}

  /** The slot is at another node, for good. */
  record Moved(String address) implements Redirection {}

  /** The slot is on its way to another node, which has these keys if any has. */
  record Ask(String address) implements Redirection {}

  /** The slot is on its way, and so are the keys. */
  record TryAgain() implements Redirection {}

  /**
   * Another fault.
   *
   * @param concernsTheNode whether another node may hold the slot by now
   */
  record NotRedirected(boolean concernsTheNode) implements Redirection {}

  static Redirection redirection(Throwable fault) {
    var words = fault instanceof ErrorType ? message(fault).split(" ") : new String[] {""};
    var address = words.length == 3 && words[2].matches(".*:[0-9]{1,5}") ? words[2] : null;
    if (address != null && words[0].equals("MOVED")) {
      return new Moved(address);
    }
    if (address != null && words[0].equals("ASK")) {
      return new Ask(address);
    }
    return words[0].equals("TRYAGAIN")
        ? new TryAgain()
        : new NotRedirected(isOfTheConnection(fault) || words[0].equals("CLUSTERDOWN"));
  }

  /** Whether a connect may have failed because the other end does not know {@code HELLO}. */
  static boolean mayBeOfTheGreeting(Throwable fault) {
    return fault instanceof TimeoutException
        || (fault instanceof ErrorType && !UNDERSTOOD.contains(firstWord(fault)));
  }

  /** Before version 7, Redis hides the error of a script's command within one of the script. */
  private static String firstWord(Throwable fault) {
    var message = message(fault);
    var inScript = IN_SCRIPT.matcher(message);
    return inScript.find() ? inScript.group(1) : message.split(" ", 2)[0];
  }

  private static String message(Throwable fault) {
    var message = fault.getMessage();
    return message == null ? "" : message;
  }
}
