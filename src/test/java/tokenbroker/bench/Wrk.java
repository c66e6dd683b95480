package tokenbroker.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/** The load generator wrk. It sends as many requests as the server can answer. */
final class Wrk {

  private static final int CONNECTIONS = 64;
  private static final Pattern P99 = Pattern.compile("99%\\s+([0-9.]+)(us|ms|s)\\b");
  private static final Pattern RATE = Pattern.compile("Requests/sec:\\s+([0-9.]+)");
  private static final Pattern COUNT = Pattern.compile("(\\d+) requests in");
  private static final Pattern FAILED = Pattern.compile("(Non-2xx|Socket errors).*");

  private Wrk() {}

  /**
   * What a run measured.
   *
   * @param p99 the 99th percentile of the latencies, in milliseconds
   */
  record Result(double perSecond, long requests, double p99) {}

  static Result run(int port, Requests requests, int seconds) {
    return run(port, requests, seconds, CONNECTIONS);
  }

  static Result run(int port, Requests requests, int seconds, int connections) {
    try {
      var url = "http://127.0.0.1:" + port + "/";
      var command =
          List.of(
              "wrk",
              "-t1",
              "-c" + connections,
              "-d" + seconds + "s",
              "--latency",
              "-s",
              requests.script().toString(),
              url);
      var wrk = new ProcessBuilder(command).redirectErrorStream(true).start();
      var output = new String(wrk.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      var failed = FAILED.matcher(output);
      if (wrk.waitFor() != 0 || failed.find()) {
        throw new IllegalStateException("wrk did not go well:\n" + output);
      }
      return new Result(
          Double.parseDouble(found(RATE, output)),
          Long.parseLong(found(COUNT, output)),
          p99(output));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static double p99(String output) {
    var match = P99.matcher(output);
    if (!match.find()) {
      throw new IllegalStateException("wrk says something else:\n" + output);
    }
    var inMillis =
        switch (match.group(2)) {
          case "us" -> 1e-3;
          case "ms" -> 1.0;
          default -> 1e3;
        };
    return Double.parseDouble(match.group(1)) * inMillis;
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
