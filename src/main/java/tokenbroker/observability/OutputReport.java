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
        .description("Log lines that were dropped because nothing read the output fast enough")
        .register(registry);
    Gauge.builder("token_broker.audit.available", audit, it -> it.isAvailable() ? 1 : 0)
        .description("0 while the broker rejects callers because it cannot audit them, otherwise 1")
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
          "The output accepts lines again. Meanwhile, %d log lines and %d audit lines were dropped",
          log - toldLog, lines - toldAudit);
      toldLog = log;
      toldAudit = lines;
    }
  }

  private long droppedLog() {
    return Output.current().map(Output::dropped).orElse(0L);
  }
}
