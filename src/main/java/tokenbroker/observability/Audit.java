package tokenbroker.observability;

import com.fasterxml.jackson.core.JsonFactory;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.annotation.PostConstruct;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.logging.ErrorManager;
import org.jboss.logging.Logger;
import org.jboss.logmanager.formatters.PatternFormatter;
import org.jboss.logmanager.handlers.ConsoleHandler;
import org.jspecify.annotations.Nullable;
import tokenbroker.callers.Caller;
import tokenbroker.tokens.Account;
import tokenbroker.tokens.TokenId;

/**
 * One JSON line on the logger {@code audit} for each token that was issued, refused or invalidated.
 * Lines are written behind the requests: a slow sink delays nobody, and lines that it could not
 * take are counted. They are printable ASCII, so that no encoding, terminal or log viewer can spoil
 * one: two callers never look alike.
 */
@Singleton
public class Audit {

  private static final Logger LOG = Logger.getLogger("audit");
  private static final int BACKLOG = 65_536;
  private static final int AT_ONCE = 1_024;
  private static final Duration LOOK_EVERY = Duration.ofMillis(10);
  private static final int LAST_PRINTABLE = '~';

  private final Clock clock;
  private final Counter dropped;
  private final JsonFactory json = new JsonFactory();
  private final BlockingQueue<Entry> backlog = new ArrayBlockingQueue<>(BACKLOG);
  private final Thread writer = Thread.ofPlatform().name("audit").daemon().unstarted(this::write);
  private final ConsoleHandler console = new ConsoleHandler(new PatternFormatter("%m%n"));
  private volatile boolean ended;

  public Audit(Clock clock, MeterRegistry registry) {
    this.clock = clock;
    this.dropped =
        Counter.builder("token_broker.audit.dropped")
            .description("Audit lines that the log did not take, or not fast enough")
            .register(registry);
  }

  /**
   * Lines go to the console as they are, whatever the form of the log, unless the logger was given
   * handlers of its own.
   */
  @PostConstruct
  void start() {
    var logger = org.jboss.logmanager.Logger.getLogger(LOG.getName());
    if (logger.getHandlers().length == 0) {
      console.setAutoFlush(false); // Flushed here, when there is nothing more to write.
      logger.addHandler(console);
      logger.setUseParentHandlers(false);
    }
    for (var handler : logger.getHandlers()) {
      handler.setErrorManager(new Losses(handler.getErrorManager()));
    }
    writer.start();
  }

  /** Writes what is left, then ends. */
  @PreDestroy
  void end() throws InterruptedException {
    ended = true;
    LockSupport.unpark(writer);
    writer.join();
  }

  /**
   * Records one use. Never blocks.
   *
   * @param account whose token was asked for, there or not
   * @param outcome what the caller got, such as {@code nearby} or {@code forbidden}
   * @param token names the token that was handed out; null where none was
   */
  public void record(
      Caller caller, Account account, String outcome, @Nullable TokenId token, String traceId) {
    record(
        new Entry(clock.instant(), "token", caller, null, account, outcome, null, token, traceId));
  }

  /**
   * Records what became of a connection. Never blocks.
   *
   * @param event {@code connect}, {@code refresh} or {@code revoke}
   * @param caller who asked for it; null where the broker did it by itself, and then without trace
   */
  public void connection(
      String event,
      @Nullable Caller caller,
      Account account,
      String outcome,
      @Nullable TokenId token,
      @Nullable String traceId) {
    record(new Entry(clock.instant(), event, caller, null, account, outcome, null, token, traceId));
  }

  /**
   * Records an authorization that connected nothing. Never blocks.
   *
   * @param outcome the OAuth error that the browser got
   * @param reason a bounded word that says why; never the upstream's text
   */
  public void notConnected(
      Caller asked, Account account, String outcome, String reason, String traceId) {
    record(
        new Entry(
            clock.instant(), "connect", asked, null, account, outcome, reason, null, traceId));
  }

  /**
   * Records that a caller was refused before it was known who it is. Never blocks.
   *
   * @param issuer the configured name of the issuer, or {@code unknown}
   */
  public void refusedCaller(String issuer, String reason, String traceId) {
    record(
        new Entry(
            clock.instant(),
            "authentication",
            null,
            issuer,
            null,
            "refused",
            reason,
            null,
            traceId));
  }

  private void record(Entry entry) {
    if (!backlog.offer(entry)) {
      dropped.increment();
    }
  }

  /**
   * Looks again and again rather than waiting to be woken: a wake-up for each line would cost its
   * request more than all else that is done for it here.
   */
  private void write() {
    var lines = new ArrayList<Entry>(AT_ONCE);
    while (!ended) {
      writeWaiting(lines);
      LockSupport.parkNanos(LOOK_EVERY.toNanos());
    }
    writeWaiting(lines);
  }

  private void writeWaiting(List<Entry> lines) {
    while (backlog.drainTo(lines, AT_ONCE) > 0) {
      lines.forEach(this::write);
      lines.clear();
      flushIfEmpty();
    }
  }

  /** An error ends this line alone: without the writer no line would be written any more. */
  private void write(Entry entry) {
    try {
      LOG.info(line(entry));
    } catch (Throwable _) {
      dropped.increment(); // Not logged: it may be the log that fails.
    }
  }

  private void flushIfEmpty() {
    try {
      if (backlog.isEmpty()) {
        console.flush();
      }
    } catch (Throwable _) {
      // What was not flushed is flushed with the next lines.
    }
  }

  private String line(Entry entry) {
    var text = new StringWriter(512);
    try (var line = json.createGenerator(text)) {
      line.setHighestNonEscapedChar(LAST_PRINTABLE);
      line.writeStartObject();
      line.writeStringField("time", entry.at.toString());
      line.writeStringField("event", entry.event);
      if (entry.caller != null) {
        line.writeStringField("issuer", entry.caller.issuer());
        line.writeStringField("subject", entry.caller.subject());
      }
      if (entry.issuer != null) {
        line.writeStringField("issuer", entry.issuer);
      }
      if (entry.account != null) {
        line.writeStringField("client", entry.account.client().value());
        if (entry.account.connection() != null) {
          line.writeStringField("connection", entry.account.connection().value());
        }
      }
      line.writeStringField("outcome", entry.outcome);
      if (entry.reason != null) {
        line.writeStringField("reason", entry.reason);
      }
      if (entry.token != null) {
        line.writeStringField("token_id", entry.token.value());
      }
      if (entry.traceId != null) {
        line.writeStringField("trace_id", entry.traceId);
      }
      line.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString();
  }

  /** Counts the lines that a handler could not write, of which it throws nothing. */
  private final class Losses extends ErrorManager {

    private final ErrorManager next;

    Losses(ErrorManager next) {
      this.next = next;
    }

    @Override
    public void error(String message, Exception fault, int code) {
      if (code == WRITE_FAILURE || code == FORMAT_FAILURE || code == GENERIC_FAILURE) {
        dropped.increment();
      }
      next.error(message, fault, code);
    }
  }

  /**
   * One line.
   *
   * @param caller null if the broker acts by itself, or does not know who asked
   * @param issuer of a caller who is not known; null otherwise
   */
  private record Entry(
      Instant at,
      String event,
      @Nullable Caller caller,
      @Nullable String issuer,
      @Nullable Account account,
      String outcome,
      @Nullable String reason,
      @Nullable TokenId token,
      @Nullable String traceId) {}
}
