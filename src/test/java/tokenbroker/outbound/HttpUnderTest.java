package tokenbroker.outbound;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import tokenbroker.outbound.Body.Whole;
import tokenbroker.outbound.Reply.Answered;
import tokenbroker.testing.SettableClock;
import tokenbroker.testing.TestConfig;

/**
 * The HTTP client with the test's own host names, and with time limits that no test reaches by
 * accident.
 */
final class HttpUnderTest implements AutoCloseable {

  static final Duration LONG = Duration.ofMinutes(1);

  final SettableClock clock = new SettableClock();
  final Map<String, List<InetAddress>> names = new ConcurrentHashMap<>();
  final OutboundHttp http;

  HttpUnderTest(TlsSockets tls, Duration connectLimit) {
    this(tls, connectLimit, Map.of());
  }

  /** Creates a client with these settings of the broker. */
  HttpUnderTest(TlsSockets tls, Duration connectLimit, Map<String, String> settings) {
    var egress = new Egress(TestConfig.with(settings));
    http = new OutboundHttp(connectLimit, clock, clock, tls, egress, this::resolve);
  }

  HttpUnderTest() {
    this(TlsSockets.ofTheJvm(), LONG);
  }

  HttpUnderTest name(String host, String... addresses) {
    names.put(host, Arrays.stream(addresses).map(InetAddress::ofLiteral).toList());
    return this;
  }

  private InetAddress[] resolve(String host) throws UnknownHostException {
    var found = names.get(host);
    if (found == null) {
      throw new UnknownHostException(host);
    }
    return found.toArray(InetAddress[]::new);
  }

  /** Sends a request that may be retried. */
  Reply get(String url) {
    return http.send(request(url, true), LONG);
  }

  /** Sends a request that must not be retried. */
  Reply post(String url) {
    return http.send(request(url, false), LONG);
  }

  static OutboundRequest request(String url, boolean repeatable) {
    return new OutboundRequest(
        repeatable ? "GET" : "POST",
        URI.create(url),
        Map.of(),
        repeatable ? null : "body",
        repeatable);
  }

  static void assertThatItIs(Reply reply, int status, String body) {
    assertThat(reply)
        .isInstanceOfSatisfying(
            Answered.class,
            answer -> {
              assertThat(answer.status()).isEqualTo(status);
              assertThat(answer.body())
                  .isInstanceOfSatisfying(
                      Whole.class,
                      whole -> assertThat(new String(whole.bytes(), UTF_8)).isEqualTo(body));
            });
  }

  @Override
  public void close() {
    http.close();
  }
}
