package tokenbroker.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** The load generator h2load, for a fixed rate over HTTP/1.1 and for HTTP/2 over TLS. */
final class H2load {

  private static final Pattern RATE = Pattern.compile("finished in [0-9.]+m?s, ([0-9.]+) req/s");
  private static final Pattern SUCCEEDED = Pattern.compile("status codes: (\\d+) 2xx");

  /** One of the suites of TLS 1.3 that both the JDK and OpenSSL have, so that both do the same. */
  private static final String SUITE = "TLS_AES_128_GCM_SHA256";

  private static final int WARM_UP = 1;

  private H2load() {}

  /** Sends requests of one caller over HTTP/1.1 at a fixed rate. Returns how many succeeded. */
  static long atRate(int port, Requests.Ask ask, int perSecond, int connections, int seconds) {
    var output =
        run(
            ask,
            "http://127.0.0.1:" + port,
            "--h1",
            "-c" + connections,
            "--rps=" + perSecond / connections,
            "-n" + perSecond * seconds);
    return Long.parseLong(found(SUCCEEDED, output));
  }

  /** Sends as many requests as the server can answer, over HTTP/2 with TLS. Returns the rate. */
  static double http2(int port, Requests.Ask ask, int connections, int streams, int seconds) {
    var output =
        run(
            ask,
            "https://127.0.0.1:" + port,
            "--tls13-ciphers=" + SUITE,
            "-c" + connections,
            "-m" + streams,
            "--warm-up-time=" + WARM_UP,
            "-D" + seconds);
    return Double.parseDouble(found(RATE, output));
  }

  private static String run(Requests.Ask ask, String server, String... options) {
    var command = new ArrayList<>(List.of("h2load", "-t1"));
    command.addAll(List.of(options));
    command.addAll(
        List.of("-H", "authorization: Bearer " + ask.jwt(), server + "/tokens/" + ask.client()));
    try {
      var h2load = new ProcessBuilder(command).redirectErrorStream(true).start();
      var output = new String(h2load.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (h2load.waitFor() != 0
          || !output.contains(" 0 failed,")
          || !output.contains(" 0 4xx, 0 5xx")) {
        throw new IllegalStateException("h2load did not go well:\n" + output);
      }
      return output;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String found(Pattern pattern, String output) {
    var match = pattern.matcher(output);
    if (!match.find()) {
      throw new IllegalStateException("h2load says something else:\n" + output);
    }
    return match.group(1);
  }
}
