package tokenbroker.observability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
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
import tokenbroker.tokens.Account;

class AuditTest {

  private static final String SPOILT = "spoilt";

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final Sink sink = new Sink();
  private final Audit audit = new Audit(new SettableClock(), registry);

  @AfterEach
  void end() throws InterruptedException {
    audit.end();
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
    audit.start();

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
    audit.start();
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
    audit.start();

    record(subject);

    await().until(() -> sink.lines.size() == 1);
    assertThat(sink.lines.getFirst()).matches("[ -~]+");
    assertThat(subject(sink.lines.getFirst())).isEqualTo(subject);
  }

  private void record(String subject) {
    var caller = new Caller("https://issuer.example", subject, Set.of());
    audit.record(caller, Account.of(new ClientName("acme")), "nearby", null, "trace");
  }

  private double dropped() {
    return registry.get("token_broker.audit.dropped").counter().count();
  }

  private static String subject(String line) {
    try {
      return new ObjectMapper().readTree(line).path("subject").textValue();
    } catch (IOException e) {
      throw new AssertionError(line, e);
    }
  }

  /** Where lines go: the log manager hands it each, as it does to a file or to syslog. */
  private static final class Sink extends Handler {

    private static final Logger LOGGER = Logger.getLogger("audit");

    final List<String> lines = new CopyOnWriteArrayList<>();
    volatile Consumer<String> atSpoiltLines = line -> {};

    Sink() {
      LOGGER.addHandler(this);
      LOGGER.setUseParentHandlers(false);
    }

    @Override
    public void publish(LogRecord line) {
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
