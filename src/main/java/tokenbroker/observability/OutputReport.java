package tokenbroker.observability;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import org.jboss.logging.Logger;
import tokenbroker.output.Output;

/**
 * Reports what was lost while nothing read the output. The metrics show it at any time. The log
 * shows it once lines can be written again.
 */
@Singleton
class OutputReport {

  private static final Logger LOG = Logger.getLogger(OutputReport.class);

  private final Audit audit;
  private final MeterRegistry registry;
  private long toldLog;
  private long toldAudit;

  OutputReport(Audit audit, MeterRegistry registry) {
    this.audit = audit;
    this.registry = registry;
  }

  void start(@Observes StartupEvent event) {
    FunctionCounter.builder("token_broker.log.dropped", this, OutputReport::droppedLog)
        .description("Lines of the log that were not written, as nobody read them fast enough")
        .register(registry);
    Gauge.builder("token_broker.audit.available", audit, it -> it.isAvailable() ? 1 : 0)
        .description("0 while callers are refused because they cannot be audited")
        .register(registry);
    audit.onCaughtUp(this::tell);
    Output.current().ifPresent(output -> output.onCaughtUp(this::tell));
  }

  /**
   * Logs the losses. Each writer calls it after writing all of its lines, but it logs only if both
   * have enough room.
   */
  private synchronized void tell() {
    var log = droppedLog();
    var lines = audit.dropped();
    var isRoomy = audit.isRoomy() && Output.current().map(Output::isRoomy).orElse(true);
    if (isRoomy && (log > toldLog || lines > toldAudit)) {
      LOG.warnf(
          "The output is read again: %d log lines were dropped, and %d audit lines",
          log - toldLog, lines - toldAudit);
      toldLog = log;
      toldAudit = lines;
    }
  }

  private long droppedLog() {
    return Output.current().map(Output::dropped).orElse(0L);
  }
}
