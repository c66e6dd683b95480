package tokenbroker.redis;

import io.vertx.redis.client.impl.types.ErrorType;
import java.net.ConnectException;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tokenbroker.tokens.StoreUnavailable;

/**
 * The classification of Redis errors. Their messages are never repeated, because they may contain a
 * secret.
 */
final class RedisFault {

  /** Errors that a new connection may avoid, for example one to the current master. */
  private static final Set<String> OF_THE_CONNECTION =
      Set.of("LOADING", "MASTERDOWN", "NOAUTH", "READONLY", "WRONGPASS");

  private static final Pattern IN_SCRIPT =
      Pattern.compile("^ERR Error running script.*: -?([A-Z]{3,}) ");

  /** Errors that concern only the keys of one command. */
  private static final Set<String> OF_THE_KEYS =
      Set.of("ASK", "CROSSSLOT", "ERR", "MOVED", "TRYAGAIN", "WRONGTYPE");

  /** Errors that prove that Redis understood the greeting. */
  private static final Set<String> UNDERSTOOD =
      Set.of("LOADING", "MASTERDOWN", "NOAUTH", "NOPERM", "WRONGPASS");

  private RedisFault() {}

  /**
   * Returns the first word of a Redis error ({@code READONLY}, {@code OOM} …) or the kind of fault,
   * and never more.
   */
  static String kind(@Nullable Throwable fault) {
    return switch (fault) {
      case null -> "unknown error";
      case StoreUnavailable ours -> String.valueOf(ours.getMessage());
      case TimeoutException late -> "no response in time";
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

  /** Returns whether a new connection may help. An error of one command does not affect others. */
  static boolean isOfTheConnection(Throwable fault) {
    return !(fault instanceof ErrorType) || OF_THE_CONNECTION.contains(firstWord(fault));
  }

  /** Returns whether Redis answered and the error concerns only these keys. */
  static boolean isOfTheKeys(@Nullable Throwable fault) {
    return fault instanceof ErrorType && OF_THE_KEYS.contains(firstWord(fault));
  }

  /** The response of a cluster node about the slot of a command. */
  sealed interface Redirection {}

  /** The slot is permanently at another node. */
  record Moved(String address) implements Redirection {}

  /** The slot is being moved to another node, which has these keys if they exist. */
  record Ask(String address) implements Redirection {}

  /** The slot and the keys are being moved, so the command must be retried. */
  record TryAgain() implements Redirection {}

  /**
   * Another error.
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

  /**
   * Returns whether a connect may have failed because the server does not support {@code HELLO}.
   */
  static boolean mayBeOfTheGreeting(Throwable fault) {
    return fault instanceof TimeoutException
        || (fault instanceof ErrorType && !UNDERSTOOD.contains(firstWord(fault)));
  }

  /**
   * Returns the error code. Before version 7, Redis wraps the error of a script's command in an
   * error of the script.
   */
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
