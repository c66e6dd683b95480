package tokenbroker.observability;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.annotation.PostConstruct;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.logging.Level;
import org.jboss.logmanager.Logger;
import org.jspecify.annotations.Nullable;
import tokenbroker.callers.Verification.Refused;
import tokenbroker.config.BrokerConfig;
import tokenbroker.config.ReplicaName;
import tokenbroker.output.Output;
import tokenbroker.time.Clocks;
import tokenbroker.time.Sparingly;

/**
 * The audit log. It has one JSON line for each token that was issued, refused or invalidated, and
 * for the other actions of callers and browsers. A separate thread writes the lines, and no request
 * waits for it. Lines that the writer cannot accept are dropped and counted. With {@code
 * broker.audit.required}, the broker refuses the request instead.
 */
@Singleton
public class Audit {

  /**
   * The maximum age of an unwritten line. With {@code broker.audit.required}, a line counts as
   * audited if the writer accepted it and has written all older lines than this.
   */
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(2);

  private final Clocks clocks;
  private final boolean required;
  private final Logger logger = Logger.getLogger("audit");
  private final Sparingly<Kind> sparingly;
  private final AuditWriter writer;
  private volatile Runnable caughtUp = () -> {};

  public Audit(Clocks clocks, MeterRegistry registry, BrokerConfig config) {
    this.clocks = clocks;
    this.required = config.audit().required();
    this.sparingly = new Sparingly<>(clocks.ticker());
    this.writer =
        new AuditWriter(
            new AuditLines(ReplicaName.of(config).orElse(null)),
            sink(clocks),
            clocks.ticker(),
            () -> caughtUp.run());
    FunctionCounter.builder("token_broker.audit.dropped", writer, AuditWriter::dropped)
        .description("Audit lines that were dropped because the output failed or was too slow")
        .register(registry);
  }

  /**
   * Returns the sink. Lines go to standard output as they are, whatever the format of the log,
   * unless the logger has handlers of its own.
   */
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
   * Records what was done, or is about to be done. Never blocks. The entry must not be changed
   * later.
   *
   * @return false if the action must not happen, because the line is required and cannot be written
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

  /**
   * Records the first entry of a kind, then at most one per minute. Use it for what anyone can
   * cause.
   */
  public void recordSparingly(AuditEntry entry) {
    sparingly.admit(Kind.of(entry)).ifPresent(heldBack -> record(entry.suppressed(heldBack)));
  }

  /**
   * Records that a request was refused before its caller was known. The calling code limits the
   * number of such lines.
   *
   * @param suppressed how many similar refusals were not recorded since the previous line
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
   * Returns whether an action would be audited now. Always true unless {@code
   * broker.audit.required} is set.
   */
  public boolean isAvailable() {
    return !required || (logger.isLoggable(Level.INFO) && writer.isKeepingUp(LONGEST_WAIT));
  }

  /** Records that this request was refused because {@link #isAvailable} was false. */
  public void unavailable(Requester requester) {
    offerIfEmpty(AuditEntry.of(AuditEvent.AUDIT, "unavailable").by(requester));
  }

  /** Checks whether lines can be written again, in case no request comes that would find out. */
  void probe() {
    offerIfEmpty(AuditEntry.of(AuditEvent.AUDIT, "unavailable"));
  }

  /**
   * Offers the entry if no other waits. One entry at a time is enough to show whether lines can be
   * written.
   */
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

  /**
   * Sets the listener that is called each time all lines are written. It runs on the writer's
   * thread.
   */
  void onCaughtUp(Runnable listener) {
    caughtUp = listener;
  }

  /** The entries that count as the same: one event of one caller, or of an unknown caller. */
  private record Kind(
      AuditEvent event, String outcome, @Nullable String issuer, @Nullable String subject) {

    static Kind of(AuditEntry entry) {
      var caller = entry.caller;
      return new Kind(
          entry.event,
          entry.outcome,
          caller == null ? null : caller.issuer(),
          caller == null ? null : caller.subject());
    }
  }
}
