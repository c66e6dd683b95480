package tokenbroker.outbound;

import static org.assertj.core.api.Assertions.assertThat;
import static tokenbroker.outbound.HttpUnderTest.assertThatItIs;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tokenbroker.outbound.Reply.NoConnection;
import tokenbroker.outbound.Reply.NoConnection.Reason;
import tokenbroker.testing.Certificate;
import tokenbroker.testing.RawServer;

@SuppressWarnings("NullAway.Init")
class TlsTest {

  private static final RawServer.Script ANSWER =
      line -> {
        line.request();
        line.answer(200, "here");
        line.waitForEnd();
      };

  @TempDir static Path directory;

  private static Certificate certificate;

  private RawServer server;
  private HttpUnderTest under;

  @BeforeAll
  static void certificate() {
    certificate = Certificate.in(directory, "dns:right.test");
  }

  @BeforeEach
  void start() {
    server = RawServer.on(certificate.servers(), "127.0.0.1", 0).script(ANSWER);
    under = new HttpUnderTest(() -> certificate.trust().getSocketFactory(), HttpUnderTest.LONG);
  }

  @AfterEach
  void close() {
    under.close();
    server.close();
  }

  private String url(String host) {
    return "https://" + host + ":" + server.port() + "/";
  }

  @Test
  void theCertificateIsThatOfTheName() {
    under.name("right.test", "127.0.0.1").name("wrong.test", "127.0.0.1");
    assertThatItIs(under.post(url("right.test")), 200, "here");
    assertThatItIs(under.post(url("right.test.")), 200, "here");
    assertThat(under.get(url("wrong.test"))).isEqualTo(new NoConnection(Reason.TLS));
    assertThat(under.get(url("127.0.0.1"))).isEqualTo(new NoConnection(Reason.TLS));
    assertThat(server.heads()).hasSize(2);
  }

  @Test
  void aCertificateThatIsNotTrustedIsRefused() {
    try (var jvm = new HttpUnderTest()) {
      jvm.name("right.test", "127.0.0.1");
      assertThat(jvm.get(url("right.test"))).isEqualTo(new NoConnection(Reason.TLS));
      assertThat(server.heads()).isEmpty();
    }
  }

  @Test
  void trustThatCannotBeReadIsNoTrust() {
    try (var broken =
        new HttpUnderTest(
            () -> {
              throw new IOException("no such file");
            },
            HttpUnderTest.LONG)) {
      broken.name("right.test", "127.0.0.1");
      assertThat(broken.get(url("right.test"))).isInstanceOf(NoConnection.class);
    }
  }

  @Test
  void trustIsAskedForWithEachNewConnection() {
    var asked = new AtomicInteger();
    try (var counting =
        new HttpUnderTest(
            () -> {
              asked.incrementAndGet();
              return certificate.trust().getSocketFactory();
            },
            HttpUnderTest.LONG)) {
      counting.name("right.test", "127.0.0.1");
      counting.post(url("right.test"));
      counting.post(url("right.test"));
      assertThat(asked).hasValue(2);
    }
  }

  @Test
  void aConnectionIsUsedAgain() {
    under.name("right.test", "127.0.0.1");
    server.script(
        line -> {
          while (true) {
            line.request();
            line.answer(200, "" + line.number());
          }
        });
    assertThatItIs(under.get(url("right.test")), 200, "1");
    assertThatItIs(under.get(url("right.test")), 200, "1");
  }

  /** The time limits of a minute stand for "forever". */
  @Test
  void anAddressWhoseHandshakeHangsIsNotWaitedFor() {
    under.name("right.test", "127.0.0.2", "127.0.0.1");
    try (var silent = RawServer.on("127.0.0.2", server.port()).script(RawServer.Line::waitForEnd)) {
      assertThatItIs(under.post(url("right.test")), 200, "here");
      assertThatItIs(under.post(url("right.test")), 200, "here");
      assertThat(silent.connections()).isEqualTo(1);
    }
  }

  @Test
  void anAddressWithAnotherServersCertificateIsPassedOver(@TempDir Path elsewhere) {
    under.name("right.test", "127.0.0.2", "127.0.0.1");
    var other = Certificate.in(elsewhere, "dns:other.test");
    try (var stranger = RawServer.on(other.servers(), "127.0.0.2", server.port()).script(ANSWER)) {
      assertThatItIs(under.post(url("right.test")), 200, "here");
      assertThat(stranger.heads()).isEmpty();
    }
  }

  @Test
  void aHandshakeThatNeverEndsIsNoConnection() {
    try (var silent = RawServer.start().script(RawServer.Line::waitForEnd);
        var hasty =
            new HttpUnderTest(
                () -> certificate.trust().getSocketFactory(), Duration.ofMillis(100))) {
      assertThat(hasty.get("https://127.0.0.1:" + silent.port() + "/"))
          .isEqualTo(new NoConnection(Reason.TIMEOUT));
    }
  }
}
