package tokenbroker.testing;

import java.io.IOException;
import java.io.UncheckedIOException;

/** Sends signals that Java's own API does not offer. */
final class Signals {

  private Signals() {}

  static void stop(ProcessHandle process) {
    send("STOP", process);
  }

  static void resume(ProcessHandle process) {
    send("CONT", process);
  }

  static void quit(ProcessHandle process) {
    send("QUIT", process);
  }

  private static void send(String signal, ProcessHandle process) {
    try {
      var sent = new ProcessBuilder("kill", "-" + signal, "" + process.pid()).start().waitFor();
      if (sent != 0) {
        throw new IllegalStateException("no process " + process.pid() + " to send " + signal);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
