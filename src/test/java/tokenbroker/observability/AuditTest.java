package tokenbroker.observability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tokenbroker.callers.Caller;
import tokenbroker.clients.ClientName;
import tokenbroker.testing.SettableClock;
import tokenbroker.testing.TestConfig;
import tokenbroker.tokens.ConnectionId;
import tokenbroker.tokens.TokenOwner;

class AuditTest {

  private static final String SPOILT = "spoilt";

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final Sink sink = new Sink();
  private final SettableClock clock = new SettableClock();
  private final List<Audit> started = new ArrayList<>();
  private final Audit audit = audit(Map.of());

  private void start(Audit audit) {
    audit.start();
    started.add(audit);
  }

  private Audit audit(Map<String, String> settings) {
    return new Audit(clock.clocks(), registry, TestConfig.with(settings));
  }

  @AfterEach
  void end() throws InterruptedException {
    for (var each : started) {
      each.end();
    }
    sink.close();
  }

  static List<Consumer<String>> faults() {
    return List.of(
        line -> {
          throw new StackOverflowError();
        },
        line -> {
          throw new OutOfMemoryError();
        },
        line -> {
          throw new AssertionError(line);
        },
        line -> {
          throw new IllegalStateException(line);
        });
  }

  @ParameterizedTest
  @MethodSource("faults")
  void aLineThatCannotBeWrittenIsCountedAndTheNextOnesAreWritten(Consumer<String> fault) {
    sink.atSpoiltLines = fault;
    start(audit);

    for (var subject : List.of("first", SPOILT, "second", SPOILT, "third")) {
      record(subject);
    }

    await().until(() -> sink.lines.size() == 3);
    assertThat(sink.lines)
        .extracting(AuditTest::subject)
        .containsExactly("first", "second", "third");
    await().until(() -> dropped() == 2);
  }

  @Test
  void whatWaitsAtTheEndIsWritten() throws InterruptedException {
    for (var i = 0; i < 3_000; i++) {
      record("subject-" + i);
    }
    start(audit);
    audit.end();

    assertThat(sink.lines).hasSize(3_000);
    assertThat(dropped()).isZero();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "münchen",
        "zürich",
        "東京",
        "\u202eorders",
        "a\u2028b\u2029c",
        "line\nfeed\r",
        "\u007f\u0085\ufeff",
        "😀",
        "\ud800 alone",
        "\u001b[31m",
      })
  void aLineIsPrintableAsciiAndSaysExactlyWhoItWas(String subject) {
    start(audit);

    record(subject);

    await().until(() -> sink.lines.size() == 1);
    assertThat(sink.lines.getFirst()).matches("[ -~]+");
    assertThat(subject(sink.lines.getFirst())).isEqualTo(subject);
  }

  @Test
  void aLineSaysWhoWhatWhereAndWhen() throws InterruptedException {
    var named = audit(Map.of("broker.audit.replica", "token-broker-7"));
    start(named);
    var caller = new Caller("cluster", "orders", Set.of("g"), "jwt-1");

    named.record(
        AuditEntry.of(AuditEvent.REDEEM, "forbidden")
            .by(new Requester(caller, "2001:db8:0:0:0:0:0:7", "trace"))
            .of(new TokenOwner(new ClientName("acme"), new ConnectionId("c".repeat(22))))
            .because("invalid_result"));

    await().until(() -> sink.lines.size() == 1);
    assertThat(sink.lines.getFirst())
        .isEqualTo(
            """
            {"time":"2026-11-23T12:00:00.000000Z","event":"redeem","issuer":"cluster","subject":"orders",\
            "jti":"jwt-1","address":"2001:db8:0:0:0:0:0:7","client":"acme",\
            "connection":"cccccccccccccccccccccc","outcome":"forbidden","reason":"invalid_result",\
            "trace_id":"trace","replica":"token-broker-7"}""");
    named.end();
  }

  @Test
  void anAddressThatAProxyMadeUpIsCutAndEscaped() {
    start(audit);
    var made = "\u202e" + "x".repeat(5_000);
    audit.record(
        AuditEntry.of(AuditEvent.CLIENTS, "listed").by(new Requester(null, made, "trace")));

    await().until(() -> sink.lines.size() == 1);
    assertThat(sink.lines.getFirst()).matches("[ -~]+").contains("\\u202Exxx").hasSizeLessThan(300);
  }

  @Test
  void eventsThatAnybodyCanCauseAreRecordedOnceAMinuteWithTheirNumber() {
    start(audit);
    for (var i = 0; i < 50; i++) {
      audit.recordSparingly(AuditEntry.of(AuditEvent.CALLBACK, "expired"));
      audit.recordSparingly(AuditEntry.of(AuditEvent.CALLBACK, "malformed"));
    }
    clock.advance(Duration.ofMinutes(1));
    audit.recordSparingly(AuditEntry.of(AuditEvent.CALLBACK, "expired"));

    await().until(() -> sink.lines.size() == 3);
    assertThat(sink.lines.getFirst())
        .contains("\"outcome\":\"expired\"")
        .doesNotContain("suppressed");
    assertThat(sink.lines.getLast()).contains("\"outcome\":\"expired\",\"suppressed\":49");
  }

  @Test
  void eachCallersExcessIsRecordedForItself() {
    start(audit);
    for (var i = 0; i < 3; i++) {
      for (var subject : List.of("orders", "shipping")) {
        audit.recordSparingly(
            AuditEntry.of(AuditEvent.RATE_LIMIT, "throttled").by(requester(subject)));
      }
    }

    await().until(() -> sink.lines.size() == 2);
    assertThat(sink.lines).extracting(AuditTest::subject).containsExactly("orders", "shipping");
  }

  @Test
  void unlessItIsRequiredUnauditedRequestsAreServedAndCounted() {
    sink.stuck = new CountDownLatch(1);
    start(audit);
    record("first");
    await().until(() -> sink.waiting);
    clock.advance(Duration.ofHours(1));

    assertThat(audit.isAvailable()).isTrue();
    var subject = "s".repeat(4_000);
    for (var i = 0; i < 5_000; i++) {
      assertThat(record(subject)).isTrue();
    }

    assertThat(dropped()).isBetween(2_000.0, 4_500.0);
    sink.stuck.countDown();
    await().until(() -> sink.lines.size() == 5_001 - (int) dropped());
  }

  @Test
  void ifItIsRequiredNothingIsServedWhileALineWaitsForMoreThanTwoSeconds() throws Exception {
    var required = audit(Map.of("broker.audit.required", "true"));
    start(required);
    assertThat(required.isAvailable()).isTrue();
    sink.stuck = new CountDownLatch(1);
    assertThat(required.record(entry("first"))).isTrue();
    await().until(() -> sink.waiting);

    clock.advance(Duration.ofSeconds(2));
    assertThat(required.record(entry("second"))).isTrue();
    clock.advance(Duration.ofMillis(1));
    assertThat(required.record(entry("third"))).isFalse();
    assertThat(required.isAvailable()).isFalse();

    sink.stuck.countDown();
    await().until(required::isAvailable);
    assertThat(required.record(entry("fourth"))).isTrue();
    required.end();
    assertThat(sink.lines)
        .extracting(AuditTest::subject)
        .containsExactly("first", "second", "fourth");
    assertThat(required.dropped()).isZero();
  }

  @Test
  void ifItIsRequiredNothingIsServedWhenThereIsNoMoreRoom() throws Exception {
    var required = audit(Map.of("broker.audit.required", "true"));
    sink.stuck = new CountDownLatch(1);
    start(required);
    var subject = "s".repeat(4_000);
    var taken = 0;
    while (required.record(entry(subject))) {
      taken++;
    }

    assertThat(taken).isBetween(500, 5_000);
    assertThat(required.isAvailable()).isFalse();
    sink.stuck.countDown();
    required.end();
    assertThat(sink.lines).hasSize(taken);
    assertThat(required.dropped()).isZero();
  }

  @Test
  void ifItIsRequiredNothingIsServedAfterALossUntilALineIsWrittenAgain() throws Exception {
    var required = audit(Map.of("broker.audit.required", "true"));
    sink.atSpoiltLines =
        line -> {
          throw new IllegalStateException(line);
        };
    start(required);
    assertThat(required.record(entry(SPOILT))).isTrue();
    await().until(() -> required.dropped() == 1);
    await().until(() -> !required.isAvailable());
    assertThat(required.record(entry("lost"))).isFalse();

    required.unavailable(requester("refused"));

    await().until(required::isAvailable);
    assertThat(sink.lines).hasSize(1);
    assertThat(sink.lines.getFirst()).contains("\"event\":\"audit\"", "\"unavailable\"", "refused");
    required.end();
  }

  private boolean record(String subject) {
    return audit.record(entry(subject));
  }

  private static AuditEntry entry(String subject) {
    return AuditEntry.of(AuditEvent.TOKEN, "nearby")
        .by(requester(subject))
        .of(TokenOwner.of(new ClientName("acme")));
  }

  private static Requester requester(String subject) {
    return new Requester(
        new Caller("https://issuer.example", subject, Set.of()), "127.0.0.1", "trace");
  }

  private double dropped() {
    return registry.get("token_broker.audit.dropped").functionCounter().count();
  }

  private static String subject(String line) {
    try {
      return new ObjectMapper().readTree(line).path("subject").textValue();
    } catch (IOException e) {
      throw new AssertionError(line, e);
    }
  }

  /**
   * A log handler that collects lines. The log manager passes it each line, as it does to a file or
   * syslog handler.
   */
  private static final class Sink extends Handler {

    private static final Logger LOGGER = Logger.getLogger("audit");

    final List<String> lines = new CopyOnWriteArrayList<>();
    volatile Consumer<String> atSpoiltLines = line -> {};
    volatile CountDownLatch stuck = new CountDownLatch(0);
    volatile boolean waiting;

    Sink() {
      LOGGER.addHandler(this);
      LOGGER.setUseParentHandlers(false);
    }

    @Override
    public void publish(LogRecord line) {
      waiting = true;
      try {
        stuck.await();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
      if (line.getMessage().contains(SPOILT)) {
        atSpoiltLines.accept(line.getMessage());
      }
      lines.add(line.getMessage());
    }

    @Override
    public void flush() {}

    @Override
    public void close() {
      LOGGER.removeHandler(this);
      LOGGER.setUseParentHandlers(true);
    }
  }
}
