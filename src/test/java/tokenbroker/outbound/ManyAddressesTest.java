package tokenbroker.outbound;

import static org.assertj.core.api.Assertions.assertThat;
import static tokenbroker.outbound.HttpUnderTest.assertThatItIs;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tokenbroker.outbound.Reply.Late;
import tokenbroker.outbound.Reply.NoConnection;
import tokenbroker.outbound.Reply.NoConnection.Reason;
import tokenbroker.testing.FullServer;
import tokenbroker.testing.RawServer;
import tokenbroker.testing.SettableClock;
import tokenbroker.testing.TestConfig;

class ManyAddressesTest {

  private static final RawServer.Script ANSWER =
      line -> {
        line.request();
        line.answer(200, "here");
      };

  @ParameterizedTest
  @CsvSource({
    "127.0.0.1, 127.0.0.2",
    "127.0.0.2, 127.0.0.1",
    "127.0.0.1, ::1",
    "::1, 127.0.0.1",
  })
  void aDeadAddressBeforeOrBehindALiveOneCostsNoRequest(String dead, String live) {
    try (var server = RawServer.on(live, 0).script(ANSWER);
        var under = new HttpUnderTest()) {
      var url = "http://upstream.test:" + server.port() + "/";
      under.name("upstream.test", dead, live);
      assertThatItIs(under.post(url), 200, "here");
      under.name("upstream.test", live, dead);
      assertThatItIs(under.post(url), 200, "here");
      assertThat(server.heads())
          .allSatisfy(head -> assertThat(head).contains("Host: upstream.test:" + server.port()));
    }
  }

  @Test
  void theLastOfManyAddressesIsTried() {
    try (var server = RawServer.start().script(ANSWER);
        var under = new HttpUnderTest()) {
      under.name("upstream.test", "127.0.0.2", "::1", "127.0.0.3", "127.0.0.4", "127.0.0.1");
      assertThatItIs(under.post("http://upstream.test:" + server.port() + "/"), 200, "here");
    }
  }

  @Test
  void whereNoAddressAnswersThereIsNoConnection() {
    try (var server = RawServer.start();
        var under = new HttpUnderTest()) {
      under.name("upstream.test", "127.0.0.2", "127.0.0.3");
      assertThat(under.get("http://upstream.test:" + server.port() + "/"))
          .isEqualTo(new NoConnection(Reason.REFUSED));
    }
  }

  /** The time limits of a minute stand for "forever". */
  @Test
  void anAddressThatHangsIsNotWaitedForAndComesLastFromThenOn() {
    try (var under = new HttpUnderTest();
        var server = RawServer.start().script(ANSWER)) {
      var url = "http://upstream.test:" + server.port() + "/";
      under.name("upstream.test", "127.0.0.2", "127.0.0.1");
      try (var full = FullServer.on("127.0.0.2", server.port())) {
        assertThat(full.port()).isEqualTo(server.port());
        assertThatItIs(under.post(url), 200, "here");
      }
      try (var revived = RawServer.on("127.0.0.2", server.port()).script(ANSWER)) {
        assertThatItIs(under.post(url), 200, "here");
        assertThat(revived.connections()).isZero();
      }
    }
  }

  @Test
  void theAddressThatWorkedComesFirst() throws Exception {
    var under = new Addresses(host -> addresses("10.0.0.1", "10.0.0.2", "10.0.0.3"));
    try (var limit = new TimeLimit(HttpUnderTest.LONG)) {
      under.worked("a.test", InetAddress.ofLiteral("10.0.0.2"));
      var ordered = under.of("a.test", limit);
      assertThat(ordered).containsExactly(addresses("10.0.0.2", "10.0.0.1", "10.0.0.3"));
      assertThat(under.of("b.test", limit))
          .containsExactly(addresses("10.0.0.1", "10.0.0.2", "10.0.0.3"));

      under.disappointed("a.test", InetAddress.ofLiteral("10.0.0.2"), ordered);
      assertThat(under.of("a.test", limit))
          .containsExactly(addresses("10.0.0.1", "10.0.0.2", "10.0.0.3"));
    }
  }

  @Test
  void addressFamiliesTakeTurns() throws Exception {
    var under = new Addresses(host -> addresses("10.0.0.1", "10.0.0.2", "fd00::1", "fd00::2"));
    try (var limit = new TimeLimit(HttpUnderTest.LONG)) {
      assertThat(under.of("a.test", limit))
          .containsExactly(addresses("10.0.0.1", "fd00::1", "10.0.0.2", "fd00::2"));
    }
  }

  @Test
  void anAddressThatAcceptsAndSaysNothingIsNotTheFirstOfTheRepetition() {
    try (var mute = RawServer.on("127.0.0.2", 0).script(RawServer.Line::request);
        var server = RawServer.on("127.0.0.1", mute.port()).script(ANSWER);
        var under = new HttpUnderTest()) {
      under.name("upstream.test", "127.0.0.2", "127.0.0.1");
      assertThatItIs(under.get("http://upstream.test:" + server.port() + "/"), 200, "here");
      assertThat(mute.connections()).isEqualTo(1);
    }
  }

  @Test
  void aNameThatMovesIsFollowed() {
    try (var first = RawServer.on("127.0.0.1", 0).script(ANSWER);
        var second = RawServer.on("127.0.0.2", first.port()).script(ANSWER);
        var under = new HttpUnderTest()) {
      var url = "http://upstream.test:" + first.port() + "/";
      under.name("upstream.test", "127.0.0.1");
      under.post(url);
      under.name("upstream.test", "127.0.0.2");
      under.post(url);
      assertThat(List.of(first.connections(), second.connections())).containsExactly(1, 1);
    }
  }

  @Test
  void anUnknownNameIsNoConnection() {
    try (var under = new HttpUnderTest()) {
      assertThat(under.get("http://nowhere.test/"))
          .isEqualTo(new NoConnection(Reason.UNKNOWN_HOST));
    }
  }

  @Test
  void aUrlWithoutAHostIsNoConnection() {
    try (var under = new HttpUnderTest()) {
      for (var url : List.of("http:///x", "http://under_score/", "file:///x", "x", "http://h:0/")) {
        assertThat(under.get(url)).as(url).isEqualTo(new NoConnection(Reason.UNKNOWN_HOST));
      }
    }
  }

  @Test
  void aNameServerThatHangsCostsTheTimeLimitAndOneThread() throws Exception {
    var lookups = new AtomicInteger();
    var answer = new CountDownLatch(1);
    Resolver hanging =
        host -> {
          lookups.incrementAndGet();
          try {
            answer.await();
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
          return addresses("127.0.0.1");
        };
    var clock = new SettableClock();
    try (var server = RawServer.start().script(ANSWER);
        var http =
            new OutboundHttp(
                HttpUnderTest.LONG,
                clock,
                clock,
                TlsSockets.ofTheJvm(),
                new Egress(TestConfig.defaults()),
                hanging)) {
      var request = HttpUnderTest.request("http://upstream.test:" + server.port() + "/", true);
      assertThat(http.send(request, Duration.ofMillis(50))).isEqualTo(new Late());
      assertThat(http.send(request, Duration.ofMillis(50))).isEqualTo(new Late());
      assertThat(lookups).hasValue(1);
      answer.countDown();
      assertThatItIs(http.send(request, HttpUnderTest.LONG), 200, "here");
    }
  }

  private static InetAddress[] addresses(String... literals) throws UnknownHostException {
    var addresses = new InetAddress[literals.length];
    for (var i = 0; i < literals.length; i++) {
      addresses[i] = InetAddress.getByName(literals[i]);
    }
    return addresses;
  }
}
