package tokenbroker;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tokenbroker.testing.BrokerProcess;
import tokenbroker.testing.Measured;
import tokenbroker.testing.RawConnection;
import tokenbroker.testing.Site;

/** Proves the limits of requests, and how the broker rejects requests beyond them. */
class RequestLimitsIT {

  private static final String PATH = "/tokens/client-0";

  @RegisterExtension
  private static final Site SITE =
      new Site()
          .inMemory()
          .clients(2)
          .with("broker.connections.public-url", "https://connect.example.com")
          .brokers(1);

  private static BrokerProcess broker;

  @BeforeAll
  static void start() {
    broker = SITE.broker(0);
    assertThat(broker.get(PATH, SITE.caller()).statusCode()).isEqualTo(200);
  }

  @Test
  void aHeadOfTwelveKibibytesIsReadAndALargerOneIsRefused() {
    assertThat(answer(get(PATH, "X: " + "x".repeat(10_500))).status()).isEqualTo(200);
    var refused = answer(get(PATH, "X: " + "x".repeat(12_500)));
    assertProblem(refused, 431);
    assertThat(refused.headers()).containsEntry("connection", "close");
  }

  @Test
  void aHeadOfMoreThanAHundredFieldsIsRefused() {
    assertThat(answer(get(PATH, "x: y\r\n".repeat(90) + "z: z")).status()).isEqualTo(200);
    assertProblem(answer(get(PATH, "x: y\r\n".repeat(110) + "z: z")), 431);
    try (var unfinished = new RawConnection(broker.port())) {
      unfinished.send("GET / HTTP/1.1\r\n" + "x: y\r\n".repeat(110));
      assertProblem(unfinished.answer(), 431);
    }
  }

  @Test
  void aRequestLineOfEightKibibytesIsReadAndALongerOneIsRefused() {
    assertProblem(answer("GET /" + "x".repeat(8100) + " HTTP/1.1\r\nHost: x\r\n\r\n"), 404);
    assertProblem(answer("GET /" + "x".repeat(8200) + " HTTP/1.1\r\nHost: x\r\n\r\n"), 414);
    var page = answer("GET /oauth/callback?code=" + "x".repeat(8200) + " HTTP/1.1\r\n\r\n");
    assertThat(page.status()).isEqualTo(414);
    assertThat(page.headers().get("content-type")).startsWith("text/html");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"/tokens/%zz", "/tokens/%", "/tokens/{x}", "/tokens/a|b", "/tokens/a\\b", "/ü"})
  void aBrokenPathIsRefusedAndTheConnectionGoesOn(String path) {
    try (var connection = new RawConnection(broker.port())) {
      connection.send(
          "GET " + path + " HTTP/1.1\r\nHost: x\r\n\r\n" + get(PATH, "X: y") + get(path, "X: y"));
      assertProblem(connection.answer(), 400);
      assertThat(connection.answer().status()).isEqualTo(200);
      assertProblem(connection.answer(), 400);
    }
  }

  @Test
  void aBrokenPathOfABrowserIsAPage() {
    var page = answer("GET /connect/%zz HTTP/1.1\r\nHost: x\r\n\r\n");
    assertThat(page.status()).isEqualTo(400);
    assertThat(page.headers().get("content-type")).startsWith("text/html");
    assertThat(page.body()).contains("<h1>");
    assertThat(page.headers()).containsKeys("content-security-policy", "strict-transport-security");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "X: y",
        "Host: a b",
        "Host: x:99999999",
        "Host: x\r\nHost: y",
        "Host: x/y",
        "Host: :x:",
        "Host: [::1"
      })
  void withoutAValidHostARequestIsRefusedAndNothingIsLogged(String field) {
    var before = logLines();
    var request = "GET /clients HTTP/1.1\r\n" + field + "\r\n\r\n";
    for (var port : new int[] {broker.port(), broker.managementUrl("/").getPort()}) {
      try (var connection = new RawConnection(port)) {
        assertProblem(connection.send(request).answer(), 400);
        assertProblem(connection.send(request).answer(), 400);
      }
    }
    var page = answer("GET /connect/x HTTP/1.1\r\n" + field + "\r\n\r\n");
    assertThat(page.status()).isEqualTo(400);
    assertThat(page.headers().get("content-type")).startsWith("text/html");
    assertThat(logLines()).isEqualTo(before);
  }

  /** Returns the log without audit lines, because lines of earlier requests may still arrive. */
  private static List<String> logLines() {
    return SITE.outputOf(broker).lines().filter(line -> line.startsWith("{\"timestamp\"")).toList();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/connect/../tokens/client-0",
        "/connect/%2e%2e/tokens/client-0",
        "/connect/%2E./tokens/client-0",
        "/tokens/./client-0",
        "/tokens/client-0;a=b",
        "/tokens/client-0/..",
        "/connect/x%2f..%2ftokens/client-0",
        "/connect/..%5ctokens"
      })
  void aPathThatMayBeReadInTwoWaysLeadsNowhere(String path) {
    for (var host : new String[] {"x", "connect.example.com"}) {
      var answer = answer("GET " + path + " HTTP/1.1\r\nHost: " + host + auth());
      if (path.startsWith("/connect/")) { // A person may be looking.
        assertThat(answer.status()).isEqualTo(404);
        assertThat(answer.headers().get("content-type")).startsWith("text/html");
      } else {
        assertProblem(answer, 404);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "connect.example.com",
        "CONNECT.example.com:443",
        "connect.example.com.",
        "connect.example.com.:8443"
      })
  void theHostOfBrowsersHasBrowserPathsAlone(String host) {
    var hit = answer("GET " + PATH + " HTTP/1.1\r\nHost: " + host + auth());
    assertProblem(hit, 404);
    var elsewhere = answer("GET /nothing HTTP/1.1\r\nHost: x" + auth());
    assertThat(hit.body().replaceAll("\"trace_id\":\"\\w+\"", ""))
        .isEqualTo(elsewhere.body().replaceAll("\"trace_id\":\"\\w+\"", ""));
    assertProblem(answer("GET /clients HTTP/1.1\r\nHost: " + host + auth()), 404);
    var page = answer("GET /connect/x HTTP/1.1\r\nHost: " + host + "\r\n\r\n");
    assertThat(page.headers().get("content-type")).startsWith("text/html");
    assertThat(page.headers().get("strict-transport-security")).isEqualTo("max-age=31536000");
    assertProblem(answer("GET http://" + host + PATH + " HTTP/1.1\r\nHost: x" + auth()), 404);
  }

  @Test
  void anyOtherHostHasAllPaths() {
    for (var host : new String[] {"x", "connect.example.com.evil", "aconnect.example.com"}) {
      var hit = answer("GET " + PATH + " HTTP/1.1\r\nHost: " + host + auth());
      assertThat(hit.status()).isEqualTo(200);
      assertThat(hit.headers()).doesNotContainKey("strict-transport-security");
      var page = answer("GET /connect/x HTTP/1.1\r\nHost: " + host + "\r\n\r\n");
      assertThat(page.headers().get("content-type")).startsWith("text/html");
    }
  }

  @Test
  void aBodyThatIsTooLargeIsRefusedUnreadAndTheConnectionEnds() {
    try (var connection = new RawConnection(broker.port())) {
      connection.send(post("Content-Length: 16385"));
      var answer = connection.answer();
      assertProblem(answer, 413);
      assertThat(answer.headers()).containsEntry("connection", "close");
      assertThat(connection.isClosedWithoutAnotherWord()).isTrue();
    }
    try (var connection = new RawConnection(broker.port())) {
      connection.send(post("Transfer-Encoding: chunked"));
      for (var i = 0; i < 17; i++) {
        connection.send("400\r\n" + "x".repeat(1024) + "\r\n");
      }
      assertProblem(connection.answer(), 413);
      assertThat(connection.isClosedWithoutAnotherWord()).isTrue();
    }
    try (var connection = new RawConnection(broker.port())) {
      connection.send(post("Transfer-Encoding: chunked") + "1\r\nx\r\n".repeat(300));
      assertProblem(connection.answer(), 413);
    }
  }

  @Test
  void anAnswerAheadOfTheBodyIsTheLastOne() {
    try (var connection = new RawConnection(broker.port())) {
      connection.send(
          "POST " + PATH + "/invalidate HTTP/1.1\r\nHost: x\r\nContent-Length: 900\r\n\r\nx");
      var answer = connection.answer();
      assertThat(answer.status()).isEqualTo(401);
      assertThat(answer.headers()).containsEntry("connection", "close");
      assertThat(connection.isClosedWithoutAnotherWord()).isTrue();
    }
    try (var connection = new RawConnection(broker.port())) {
      connection.send(
          "GET " + PATH + " HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked" + auth());
      assertThat(connection.answer().headers()).containsEntry("connection", "close");
    }
  }

  @Test
  void aConnectionOutlivesAnAnswerWhoseWholeBodyHadCome() {
    var refused = "POST " + PATH + "/invalidate HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}";
    try (var connection = new RawConnection(broker.port())) {
      assertThat(connection.send(refused).answer().status()).isEqualTo(401);
      assertThat(connection.send(refused).answer().status()).isEqualTo(401);
      assertThat(connection.send(get(PATH, "X: y")).answer().status()).isEqualTo(200);
    }
  }

  @Test
  void headsAndBodiesThatDoNotEndInTimeEndTheirConnections() {
    var connections = new ArrayList<RawConnection>();
    try (var idle = new RawConnection(broker.port());
        var silent = new RawConnection(broker.port());
        var inside = new RawConnection(broker.managementUrl("/").getPort())) {
      assertThat(idle.send(get(PATH, "X: y")).answer().status()).isEqualTo(200);
      connections.add(new RawConnection(broker.port()).send("GET"));
      connections.add(new RawConnection(broker.port()).send("GET / HTTP/1.1\r\nHost: x\r\n"));
      connections.add(
          new RawConnection(broker.port()).send(get(PATH, "X: y") + "GET / HTTP/1.1\r\n"));
      connections.add(
          new RawConnection(broker.port()).send(post("Transfer-Encoding: chunked") + "1\r\nx\r\n"));
      connections.add(new RawConnection(broker.port()).send(post("Content-Length: 100") + "x"));
      assertThat(connections.get(2).answer().status()).isEqualTo(200);
      inside.send("GET /q/health HTTP/1.1\r\n");
      var begun = System.nanoTime();
      assertThat(connections)
          .allSatisfy(each -> assertThat(each.isClosedWithoutAnotherWord()).isTrue());
      assertThat(inside.isClosedWithoutAnotherWord()).isTrue();
      var took = Duration.ofNanos(System.nanoTime() - begun);
      assertThat(idle.send(get(PATH, "X: y")).answer().status()).isEqualTo(200);
      assertThat(silent.send(get(PATH, "X: y")).answer().status()).isEqualTo(200);
      Measured.say(
          "headsAndBodiesThatDoNotEndInTimeEndTheirConnections",
          "closed after %d s".formatted(took.toSeconds()));
    } finally {
      connections.forEach(RawConnection::close);
    }
  }

  @Test
  void withoutTlsThereIsNoHttp2() {
    for (var port : new int[] {broker.port(), broker.managementUrl("/").getPort()}) {
      try (var prior = new RawConnection(port)) {
        prior.send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0");
        assertThat(prior.rest()).doesNotContain("HTTP/2");
      }
      try (var upgrade = new RawConnection(port)) {
        upgrade.send(
            """
            GET /q/health/live HTTP/1.1\r
            Host: x\r
            Connection: Upgrade, HTTP2-Settings\r
            Upgrade: h2c\r
            HTTP2-Settings: AAMAAABkAAQAAP__\r
            \r
            """);
        assertThat(upgrade.answer().status()).isIn(200, 404);
      }
    }
  }

  @Test
  void theManagementPortIsBoundedToo() {
    var port = broker.managementUrl("/").getPort();
    try (var large = new RawConnection(port);
        var good = new RawConnection(port)) {
      large.send("GET /q/metrics HTTP/1.1\r\nHost: x\r\nX: " + "x".repeat(12_500) + "\r\n\r\n");
      assertProblem(large.answer(), 431);
      var scrape = "GET /q/health/live HTTP/1.1\r\nHost: x\r\n\r\n";
      assertThat(good.send(scrape).answer().status()).isEqualTo(200);
      assertThat(good.send(scrape).answer().status()).isEqualTo(200);
    }
  }

  private static void assertProblem(RawConnection.Answer answer, int status) {
    assertThat(answer.status()).as(answer.toString()).isEqualTo(status);
    assertThat(answer.headers()).containsEntry("content-type", "application/problem+json");
    assertThat(answer.body())
        .contains("\"status\":" + status, "\"type\":\"urn:token-broker:problem:", "\"trace_id\":");
  }

  private static RawConnection.Answer answer(String request) {
    try (var connection = new RawConnection(broker.port())) {
      return connection.send(request).answer();
    }
  }

  private static String get(String path, String fields) {
    return "GET " + path + " HTTP/1.1\r\nHost: x\r\n" + fields + auth();
  }

  private static String post(String field) {
    return "POST "
        + PATH
        + "/invalidate HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        + field
        + auth();
  }

  private static String auth() {
    return "\r\nAuthorization: Bearer " + SITE.caller() + "\r\n\r\n";
  }
}
