package tokenbroker.trackmage;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/**
 * A log handler that collects every log record at every level, including parameters and stack
 * traces.
 */
final class LogCapture extends Handler implements AutoCloseable {

  private final Logger root = Logger.getLogger("");
  private final Level before = root.getLevel();
  private final List<String> lines = new CopyOnWriteArrayList<>();
  private final List<String> warnings = new CopyOnWriteArrayList<>();

  LogCapture() {
    setLevel(Level.ALL);
    root.setLevel(Level.ALL);
    root.addHandler(this);
  }

  List<String> lines() {
    return lines;
  }

  /** Returns the broker's own lines at level WARN. */
  List<String> warnings() {
    return warnings;
  }

  @Override
  public void publish(LogRecord entry) {
    var text = new StringWriter();
    var out = new PrintWriter(text);
    out.println(entry.getLoggerName() + " " + entry.getMessage());
    out.println(Arrays.deepToString(entry.getParameters()));
    if (entry.getThrown() != null) {
      entry.getThrown().printStackTrace(out);
    }
    lines.add(text.toString());
    if (entry.getLevel().intValue() == Level.WARNING.intValue()
        && entry.getLoggerName().startsWith("tokenbroker.")) {
      warnings.add(text.toString());
    }
  }

  @Override
  public void flush() {}

  @Override
  public void close() {
    root.removeHandler(this);
    root.setLevel(before);
  }
}
