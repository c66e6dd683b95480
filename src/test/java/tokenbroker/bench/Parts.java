package tokenbroker.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import tokenbroker.testing.BrokerProcess;

/**
 * Divides the processor time of a hit among its parts, with samples of the JVM (JFR's {@code
 * CPUTimeSample}). They cover Java's threads, not the compiler and the collector. A sample counts
 * for the first part whose class or method is on its stack.
 */
final class Parts {

  private static final Path RECORDING = Path.of("target", "work.jfr").toAbsolutePath();

  /** By part: the beginning of a class and its method. The order decides. */
  private static final Map<String, String> PARTS = new LinkedHashMap<>();

  static {
    PARTS.put("sun.nio.ch.SocketDispatcher", "kernel: reading and writing sockets");
    PARTS.put("sun.nio.ch.EPoll", "kernel: waiting for requests");
    PARTS.put("tokenbroker.output.Descriptor", "audit: writing lines to the output");
    PARTS.put("tokenbroker.observability.AuditWriter.run", "audit: rendering lines");
    PARTS.put("tokenbroker.callers.", "caller: digest of the JWT, cache");
    PARTS.put("tokenbroker.http.Admission", "client and policy");
    PARTS.put("tokenbroker.tokens.TokenBroker.nearby", "token");
    PARTS.put("tokenbroker.http.RateLimits", "rate limit");
    PARTS.put("tokenbroker.observability.Audit.record", "audit: entry");
    PARTS.put("tokenbroker.http.RequestMetrics", "metrics");
    PARTS.put("tokenbroker.usage.Usage", "usage of the last hour");
    PARTS.put("tokenbroker.http.TokenResponses.validity", "answer: validity");
    PARTS.put("tokenbroker.http.HotPath.response", "answer: bytes");
    PARTS.put("tokenbroker.http.HotPath", "hot path, the rest");
    PARTS.put("tokenbroker.server.RequestDecoder.decode", "decoding the request");
    PARTS.put("io.netty.channel.nio.NioEventLoop", "event loop, the rest");
  }

  private static final String OTHERS = "other Java threads";

  private Parts() {}

  /**
   * Measures the parts.
   *
   * @param micros the processor time of a hit without a recording
   */
  static void measure(Table table, BrokerProcess broker, Requests requests, double micros) {
    try {
      var settings = Files.createTempFile("token-broker", ".jfc");
      Files.writeString(
          settings,
          """
          <?xml version="1.0" encoding="UTF-8"?>
          <configuration version="2.0">
            <event name="jdk.CPUTimeSample">
              <setting name="enabled">true</setting>
              <setting name="throttle">5ms</setting>
            </event>
          </configuration>
          """);
      broker.jcmd("JFR.start", "name=work", "settings=" + settings);
      Wrk.run(broker.port(), requests, 3 * BenchSite.SECONDS, 32);
      broker.jcmd("JFR.stop", "name=work", "filename=" + RECORDING);
      Files.delete(settings);
      var counts = counts();
      var all = counts.values().stream().mapToLong(Long::longValue).sum();
      counts.forEach(
          (part, count) ->
              table.row("of it: " + part + ", µs", "%.2f".formatted(micros * count / all), ""));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Map<String, Long> counts() throws IOException {
    var counts = new LinkedHashMap<String, Long>();
    PARTS.values().forEach(part -> counts.put(part, 0L));
    counts.put(OTHERS, 0L);
    try (var recording = new RecordingFile(RECORDING)) {
      while (recording.hasMoreEvents()) {
        var event = recording.readEvent();
        if (event.getEventType().getName().equals("jdk.CPUTimeSample")) {
          counts.merge(part(event), 1L, Long::sum);
        }
      }
    }
    return counts;
  }

  private static String part(RecordedEvent event) {
    var stack = event.getStackTrace();
    if (stack == null) {
      return OTHERS;
    }
    var methods =
        stack.getFrames().stream()
            .map(frame -> frame.getMethod().getType().getName() + "." + frame.getMethod().getName())
            .toList();
    return PARTS.entrySet().stream()
        .filter(part -> methods.stream().anyMatch(method -> method.startsWith(part.getKey())))
        .map(Map.Entry::getValue)
        .findFirst()
        .orElse(OTHERS);
  }
}
