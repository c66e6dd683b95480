package tokenbroker.testing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.core.ConditionTimeoutException;

/** A real Redis in a separate process, on a free port of the loopback interface. */
public final class RealRedis implements AutoCloseable {

  private final RedisServer server;
  private final int port;
  private final List<String> settings;

  /** Of this server alone, so that it never loads what another one left. */
  private final TemporaryDirectory directory = TemporaryDirectory.create();

  private Process process;

  /**
   * Starts a Redis that keeps nothing on disk.
   *
   * @param settings as on Redis's command line; they override those that are set here
   */
  public RealRedis(String... settings) {
    this(FreePorts.free(), settings);
  }

  public RealRedis(int port, String... settings) {
    this(RedisServer.DEFAULT, port, settings);
  }

  /** Starts a server of another version. */
  public RealRedis(RedisServer server, String... settings) {
    this(server, FreePorts.free(), settings);
  }

  private RealRedis(RedisServer server, int port, String... settings) {
    this.server = server;
    this.port = port;
    this.settings = List.of(settings);
    this.process = start();
  }

  public int port() {
    return port;
  }

  public String url() {
    return "redis://127.0.0.1:" + port;
  }

  /** The directory of its data, unless the settings name another one. */
  public Path directory() {
    return directory.path();
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  /** Sends SIGKILL and waits for the end. The data is lost unless the settings keep it on disk. */
  public void stop() {
    process.destroyForcibly();
    process.onExit().join();
  }

  /** Starts Redis again after {@link #stop}, on the same port. */
  public void restart() {
    process = start();
  }

  /** Sends SIGSTOP: connections stay open, but Redis no longer answers. */
  public void pause() {
    Signals.stop(process.toHandle());
  }

  /** Sends SIGCONT, after {@link #pause}. */
  public void resume() {
    Signals.resume(process.toHandle());
  }

  /** Runs a command, and returns the first line of the response in Redis's own format. */
  public String command(String words) {
    return commandOn(port, password(), words);
  }

  /** Returns the password in the settings, or an empty text. */
  private String password() {
    var at = settings.indexOf("--requirepass");
    return at < 0 ? "" : settings.get(at + 1);
  }

  /** Returns a number from a section of {@code INFO}. */
  public long info(String section, String name) {
    return infoText(section)
        .lines()
        .filter(line -> line.startsWith(name + ":"))
        .findFirst()
        .map(line -> Long.parseLong(line.substring(name.length() + 1)))
        .orElseThrow();
  }

  /** Returns a section of {@code INFO}. */
  public String infoText(String section) {
    try (var session = session()) {
      return session.text("INFO " + section);
    }
  }

  /** Opens a connection, which the caller closes. */
  public Session session() {
    return new Session(port, "");
  }

  static String commandOn(int port, String password, String words) {
    try (var session = new Session(port, password)) {
      return session.command(words);
    }
  }

  /** A connection that runs one command after the other. */
  public static final class Session implements AutoCloseable {

    private final Socket socket;
    private final BufferedReader answers;

    private Session(int port, String password) {
      try {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(10_000);
        answers = new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8));
        if (!password.isEmpty()) {
          command("AUTH " + password);
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    /** Runs a command like {@link RealRedis#command}. */
    public String command(String words) {
      try {
        socket.getOutputStream().write((words + "\r\n").getBytes(UTF_8));
        var first = answers.readLine();
        if (first == null) {
          throw new IOException("no answer to " + words);
        }
        return first.startsWith("$") && !first.equals("$-1") ? answers.readLine() : first;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    /** Runs a command whose response is one text of several lines. */
    private String text(String words) {
      try {
        socket.getOutputStream().write((words + "\r\n").getBytes(UTF_8));
        var length = Integer.parseInt(answers.readLine().substring(1));
        var text = new char[length];
        for (var read = 0; read < length; ) {
          read += answers.read(text, read, length - read);
        }
        return new String(text);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public void close() {
      try {
        socket.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  @Override
  public void close() {
    stop();
    directory.close();
  }

  private Process start() {
    var command =
        new ArrayList<>(
            List.of(
                server.executable().toString(),
                "--port",
                "" + port,
                "--bind",
                "127.0.0.1",
                "--dir",
                directory().toString(),
                "--save",
                "",
                "--appendonly",
                "no"));
    command.addAll(settings);
    var started = run(command);
    try {
      await().ignoreExceptions().until(() -> !command("PING").isEmpty());
    } catch (ConditionTimeoutException e) {
      started.destroyForcibly();
      throw e;
    }
    return started;
  }

  /** Starts a server that ends with this JVM, even if nobody closes it. */
  static Process run(List<String> command) {
    try {
      var process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
      return process;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
