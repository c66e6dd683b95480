package tokenbroker.launcher;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.reflect.InvocationTargetException;

/**
 * The main class of the jars. It is compiled for Java 8, so that an older Java can say that it is
 * too old, instead of reporting a class file version. {@code src/build/java/AddLauncher.java} adds
 * it to the jars.
 */
public final class Launcher {

  private static final int OLDEST = 25;

  private Launcher() {}

  /**
   * Starts the real main class, which the file {@code main-class} beside this class names.
   *
   * @throws Throwable what the real main method throws
   */
  public static void main(String[] arguments) throws Throwable {
    int version = version(System.getProperty("java.specification.version"));
    if (version < OLDEST) {
      System.err.printf(
          "The token broker needs Java %d or newer, but this is Java %d (%s).%n",
          OLDEST, version, System.getProperty("java.home"));
      System.exit(1);
    }
    try {
      Class.forName(mainClass()).getMethod("main", String[].class).invoke(null, (Object) arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }

  /** Returns the feature version. Java 8 calls itself 1.8. */
  private static int version(String specification) {
    return Integer.parseInt(
        specification.startsWith("1.") ? specification.substring(2) : specification);
  }

  private static String mainClass() throws IOException {
    try (BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(Launcher.class.getResourceAsStream("main-class"), "UTF-8"))) {
      return reader.readLine();
    }
  }
}
