package tokenbroker.observability;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.annotation.PostConstruct;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.logging.Level;
import org.jboss.logmanager.Logger;
import tokenbroker.callers.Verification.Refused;
import tokenbroker.config.BrokerConfig;
import tokenbroker.output.Output;
import tokenbroker.time.Clocks;

/**
 * One JSON line for each token that was issued, refused or invalidated, and for what else callers
 * and browsers do. Lines are written behind the requests, and nobody waits for them. What the
 * writer cannot take is dropped and counted; with {@code broker.audit.required} it is refused.
 */
@Singleton
public class Audit {

  /**
   * With {@code broker.audit.required} a line counts as audited if the writer took it and has
   * written all that is older than this.
   */
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(2);

  private final Clocks clocks;
  private final boolean required;
  private final Logger logger = Logger.getLogger("audit");
  private final Sparingly sparingly;
  private final AuditWriter writer;
  private volatile Runnable caughtUp = () -> {};

  public Audit(Clocks clocks, MeterRegistry registry, BrokerConfig config) {
    this.clocks = clocks;
    this.required = config.audit().required();
    this.sparingly = new Sparingly(clocks.ticker());
    var replica = config.audit().replica().orElse(System.getenv("HOSTNAME"));
    this.writer =
        new AuditWriter(
            new AuditLines(replica), sink(clocks), clocks.ticker(), () -> caughtUp.run());
    FunctionCounter.builder("token_broker.audit.dropped", writer, AuditWriter::dropped)
        .description("Audit lines that the log did not take, or not fast enough")
        .register(registry);
  }

  /** Lines go to standard output as they are, whatever the form of the log. */
  private AuditSink sink(Clocks clocks) {
    return logger.getHandlers().length == 0
        ? new OutputSink(Output.stdout(clocks.ticker()))
        : new LoggerSink(logger);
  }

  @PostConstruct
  void start() {
    writer.start();
  }

  @PreDestroy
  void end() throws InterruptedException {
    writer.end();
  }

  /**
   * Records what was done, or is about to be. Never blocks. The entry is not to be changed later.
   *
   * @return false if it must not be done, because the line is required and cannot be written
   */
  public boolean record(AuditEntry entry) {
    if (!logger.isLoggable(Level.INFO)) {
      return !required;
    }
    entry.at = clocks.wall();
    entry.handedOverNanos = clocks.moment().nanos();
    if (required) {
      return writer.isKeepingUp(LONGEST_WAIT) && writer.offer(entry);
    }
    writer.offer(entry);
    return true;
  }

  /** Records the first of a kind, then at most one a minute. For what anybody can cause. */
  public void recordSparingly(AuditEntry entry) {
    sparingly
        .admit(Sparingly.Kind.of(entry))
        .ifPresent(heldBack -> record(entry.suppressed(heldBack)));
  }

  /**
   * Records that a request was refused before it was known who asks. The caller bounds the number.
   *
   * @param suppressed how many like it left no line since the one before
   */
  public void refused(Requester requester, Refused refused, long suppressed) {
    record(
        AuditEntry.of(AuditEvent.AUTHENTICATION, "refused")
            .by(requester)
            .issuer(refused.issuer())
            .because(refused.reason().label())
            .detail(refused.difference())
            .suppressed(suppressed));
  }

  /**
   * Whether what is done now would be audited; always true unless {@code broker.audit.required} is
   * set.
   */
  public boolean isAvailable() {
    return !required || (logger.isLoggable(Level.INFO) && writer.isKeepingUp(LONGEST_WAIT));
  }

  /** Records that this request was refused because {@link #isAvailable} was false. */
  public void unavailable(Requester requester) {
    offerIfEmpty(AuditEntry.of(AuditEvent.AUDIT, "unavailable").by(requester));
  }

  /** Finds out whether lines can be written again, when no request comes that would. */
  void probe() {
    offerIfEmpty(AuditEntry.of(AuditEvent.AUDIT, "unavailable"));
  }

  /** One at a time is enough to show whether lines can be written. */
  private void offerIfEmpty(AuditEntry entry) {
    if (writer.isEmpty()) {
      entry.at = clocks.wall();
      entry.handedOverNanos = clocks.moment().nanos();
      writer.offer(entry);
    }
  }

  boolean isRequired() {
    return required;
  }

  long dropped() {
    return writer.dropped();
  }

  boolean isRoomy() {
    return writer.isRoomy();
  }

  /** Has this called, on the writer's thread, each time that all lines are written. */
  void onCaughtUp(Runnable listener) {
    caughtUp = listener;
  }
}
