package tokenbroker.sandbox;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;

/** Runs the commands that the documentation and the sandbox tell people to paste into a shell. */
final class Shell {

  private Shell() {}

  /** Runs commands in one bash. Returns what they print, errors included. */
  static String run(String commands) throws IOException {
    var bash = new ProcessBuilder("bash", "-c", commands).redirectErrorStream(true).start();
    bash.getOutputStream().close();
    return new String(bash.getInputStream().readAllBytes(), UTF_8).replace("\r", "");
  }
}
