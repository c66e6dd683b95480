package tokenbroker.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The load generator wrk. It sends as many requests as the server can answer, on 64 connections.
 */
final class Wrk {

  private static final Pattern RATE = Pattern.compile("Requests/sec:\\s+([0-9.]+)");
  private static final Pattern COUNT = Pattern.compile("(\\d+) requests in");
  private static final Pattern FAILED = Pattern.compile("(Non-2xx|Socket errors).*");

  private Wrk() {}

  record Result(double perSecond, long requests) {}

  static Result run(int port, Requests requests, int seconds) {
    try {
      var url = "http://127.0.0.1:" + port + "/";
      var command =
          List.of(
              "wrk", "-t1", "-c64", "-d" + seconds + "s", "-s", requests.script().toString(), url);
      var wrk = new ProcessBuilder(command).redirectErrorStream(true).start();
      var output = new String(wrk.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      var failed = FAILED.matcher(output);
      if (wrk.waitFor() != 0 || failed.find()) {
        throw new IllegalStateException("wrk did not go well:\n" + output);
      }
      return new Result(
          Double.parseDouble(found(RATE, output)), Long.parseLong(found(COUNT, output)));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  static Path executable(String name) {
    var system = Path.of("/usr/sbin", name);
    return Files.isExecutable(system) ? system : Path.of(name);
  }

  private static String found(Pattern pattern, String output) {
    var match = pattern.matcher(output);
    if (!match.find()) {
      throw new IllegalStateException("wrk says something else:\n" + output);
    }
    return match.group(1);
  }
}
