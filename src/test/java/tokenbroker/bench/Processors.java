package tokenbroker.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Reads the processor time of processes, user and system, as the kernel counts it in /proc. */
final class Processors {

  private static final double MICROS_PER_TICK = 10_000;

  /** The places of the user and the system time of a thread, after its name (proc(5)). */
  private static final int USER = 11;

  private static final int SYSTEM = 12;

  /** The share of a processor below which the JVM's compiler is at rest. */
  private static final double AT_REST = 0.05;

  private static final int MOST_TURNS = 4;

  private Processors() {}

  /** Repeats a load until the compiler of the JVM rests under it, but not for ever. */
  static void untilCompiled(ProcessHandle process, Runnable load) {
    for (var turn = 0; turn < MOST_TURNS; turn++) {
      var start = System.nanoTime();
      var before = compilerMicros(process);
      load.run();
      var elapsed = (System.nanoTime() - start) / 1e3;
      if (compilerMicros(process) - before < AT_REST * elapsed) {
        return;
      }
    }
  }

  /** Returns the processor time that processes have used, in microseconds. The steps are 10 ms. */
  static double micros(List<ProcessHandle> processes) {
    return processes.stream()
            .mapToLong(each -> each.info().totalCpuDuration().orElseThrow().toNanos())
            .sum()
        / 1e3;
  }

  /**
   * Returns the processor time that the JVM's compiler threads have used, in microseconds. The
   * steps are 10 ms.
   */
  private static double compilerMicros(ProcessHandle process) {
    try (var tasks = Files.list(Path.of("/proc", "" + process.pid(), "task"))) {
      return tasks.mapToDouble(Processors::compilerMicros).sum();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static double compilerMicros(Path task) {
    try {
      var text = Files.readString(task.resolve("stat"));
      var end = text.lastIndexOf(')');
      var fields = text.substring(end + 2).split(" ", -1);
      return text.substring(0, end).contains("CompilerThre")
          ? (Long.parseLong(fields[USER]) + Long.parseLong(fields[SYSTEM])) * MICROS_PER_TICK
          : 0;
    } catch (IOException e) {
      return 0; // The thread has ended.
    }
  }
}
