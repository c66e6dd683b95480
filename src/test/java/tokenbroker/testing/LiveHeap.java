package tokenbroker.testing;

import java.lang.management.ManagementFactory;
import java.util.function.IntFunction;
import java.util.regex.Pattern;
import java.util.stream.DoubleStream;
import javax.management.JMException;
import javax.management.ObjectName;

/** The heap that objects retain, by the JVM's own count of live objects. */
public final class LiveHeap {

  private static final Pattern TOTAL = Pattern.compile("(?m)^Total +\\d+ +(\\d+)");

  private LiveHeap() {}

  /**
   * Returns how many bytes an entry retains on average. It is the median of five measurements,
   * because garbage of other tests may be freed during one of them.
   *
   * @param fill creates an object with this number of entries; its own size counts too
   */
  public static double bytesPerEntry(int entries, IntFunction<Object> fill) {
    return DoubleStream.generate(() -> measured(entries, fill)).limit(5).sorted().toArray()[2];
  }

  private static double measured(int entries, IntFunction<Object> fill) {
    var none = fill.apply(0);
    var before = bytes();
    var full = fill.apply(entries);
    var after = bytes();
    if (none.equals(full)) {
      throw new IllegalArgumentException("nothing was filled");
    }
    return (double) (after - before) / entries;
  }

  /** Collects garbage first. */
  private static long bytes() {
    try {
      var histogram =
          ManagementFactory.getPlatformMBeanServer()
              .invoke(
                  new ObjectName("com.sun.management:type=DiagnosticCommand"),
                  "gcClassHistogram",
                  new Object[] {new String[0]},
                  new String[] {String[].class.getName()});
      var total = TOTAL.matcher(String.valueOf(histogram));
      if (!total.find()) {
        throw new IllegalStateException("no total in the histogram");
      }
      return Long.parseLong(total.group(1));
    } catch (JMException e) {
      throw new IllegalStateException(e);
    }
  }
}
