package tokenbroker.files;

import java.nio.file.Path;
import java.util.Optional;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * A value in a file that may change at any time. The file is read for each use. If it becomes
 * unusable, the last good value stays in use, and the log names the fault once. Thread-safe; blocks
 * while it reads the file.
 */
public final class WatchedFile<T> {

  private static final Logger LOG = Logger.getLogger(WatchedFile.class);

  /** Turns the text of a file into a value. */
  @FunctionalInterface
  public interface Parser<T> {
    T parse(String text, Path file) throws UnusableText;
  }

  private final String setting;
  private final Path file;
  private final Parser<T> parser;
  private @Nullable String text;
  private @Nullable T value;

  /** The fault of the last read; null if there was none. */
  private @Nullable String fault;

  /**
   * Reads the file for the first time.
   *
   * @param setting the configuration key of the file, for messages
   */
  public WatchedFile(String setting, Path file, Parser<T> parser) {
    this.setting = setting;
    this.file = file;
    this.parser = parser;
    this.fault = read();
  }

  /** Returns the fault of the last read, with the setting; empty if there was none. */
  public synchronized Optional<String> fault() {
    return Optional.ofNullable(fault).map(reason -> setting + ": " + reason);
  }

  /**
   * Returns the last good value, after a look at the file.
   *
   * @throws UnusableText if the file has never been good
   */
  public synchronized T current() throws UnusableText {
    var before = fault;
    fault = read();
    if (value == null) {
      throw new UnusableText(String.valueOf(fault));
    }
    if (fault != null && !fault.equals(before)) {
      LOG.warnf("%s: %s. The broker keeps what it read last", setting, fault);
    }
    return value;
  }

  /** Reads the file. Returns what is wrong with it; null if nothing is. */
  private @Nullable String read() {
    try {
      var now = TextFile.read(file);
      if (!now.equals(text)) {
        value = parser.parse(now, file);
        text = now;
      }
      return null;
    } catch (UnusableText e) {
      return e.reason();
    }
  }
}
