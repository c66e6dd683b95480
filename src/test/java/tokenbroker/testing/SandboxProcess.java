package tokenbroker.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/** The packaged sandbox in a separate process, on free ports. */
public final class SandboxProcess implements AutoCloseable {

  /** The jar, which {@code bin/package --sandbox} makes. */
  public static final Path JAR =
      Path.of(System.getProperty("sandbox.jar", "target/sandbox/token-broker-sandbox.jar"));

  private static final Duration START_LIMIT = Duration.ofMinutes(1);

  private final HttpClient http = HttpClient.newHttpClient();
  private final int port;
  private final int managementPort;
  private final Path console;
  private final Process process;

  private SandboxProcess(Path directory, int port, int managementPort, List<String> settings) {
    this.port = port;
    this.managementPort = managementPort;
    this.console = console(directory);
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-Djava.io.tmpdir=" + directory);
    command.add("-Dquarkus.http.port=" + port);
    command.add("-Dquarkus.management.port=" + managementPort);
    command.add("-Dquarkus.shutdown.delay-enabled=false");
    settings.forEach(setting -> command.add("-D" + setting));
    command.addAll(List.of("-jar", JAR.toString()));
    var builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(console.toFile());
    builder
        .environment()
        .keySet()
        .removeIf(name -> name.startsWith("BROKER_") || name.startsWith("QUARKUS_"));
    try {
      process = builder.start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path console(Path directory) {
    try {
      return Files.createTempFile(directory, "sandbox", ".log");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Starts a sandbox and waits until it is ready.
   *
   * @param directory for its files
   * @param settings such as {@code sandbox.token-lifetime=20s}
   */
  public static SandboxProcess start(Path directory, String... settings) {
    var sandbox = launch(directory, FreePorts.free(), FreePorts.free(), settings);
    Awaitility.await()
        .atMost(START_LIMIT)
        .failFast("the sandbox ended, see " + sandbox.console, () -> !sandbox.process.isAlive())
        .until(() -> sandbox.output().contains("The sandbox is ready"));
    return sandbox;
  }

  /** Starts a sandbox on these ports. Does not wait for it. */
  public static SandboxProcess launch(
      Path directory, int port, int managementPort, String... settings) {
    return new SandboxProcess(directory, port, managementPort, List.of(settings));
  }

  public int port() {
    return port;
  }

  public int managementPort() {
    return managementPort;
  }

  public URI url(String path) {
    return URI.create("http://127.0.0.1:" + port + path);
  }

  /** Returns everything that it has printed so far. */
  public String output() {
    try {
      return Files.readString(console);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Waits until the process ends by itself. Returns its exit code. */
  public int exitCode() {
    return process.onExit().orTimeout(START_LIMIT.toSeconds(), TimeUnit.SECONDS).join().exitValue();
  }

  public HttpResponse<String> get(String path, String... headers) {
    return send(headers(path, headers).GET());
  }

  /** Sets a fault. */
  public void fault(String json) {
    send(headers("/sandbox/faults").PUT(BodyPublishers.ofString(json)));
  }

  /** Returns the caller token of a subject. */
  public String callerToken(String subject) {
    return get("/sandbox/caller-token?subject=" + subject).body();
  }

  private HttpRequest.Builder headers(String path, String... headers) {
    var request = HttpRequest.newBuilder(url(path));
    return headers.length == 0 ? request : request.headers(headers);
  }

  private HttpResponse<String> send(HttpRequest.Builder request) {
    try {
      return http.send(request.build(), BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(30, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
