package tokenbroker.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import org.jspecify.annotations.Nullable;

/** The packaged broker in a separate process, on free ports of the loopback interface. */
public final class BrokerProcess implements AutoCloseable {

  private static final Duration START_LIMIT = Duration.ofSeconds(60);

  /** The native executable to start instead of the jar, or null. */
  private static final @Nullable String EXECUTABLE = System.getProperty("broker.executable");

  /** The JVM options of every broker, which Maven sets. */
  private static final List<String> COMMON_JVM =
      Stream.of(System.getProperty("broker.jvm", "").split(" "))
          .filter(option -> !option.isEmpty())
          .toList();

  static {
    // A limit for what hangs, not for what takes its time on a busy machine.
    Awaitility.setDefaultTimeout(Duration.ofMinutes(1));
  }

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final int port = FreePorts.free();
  private final int managementPort = FreePorts.free();
  private final Path log;
  private final Process process;

  private BrokerProcess(
      List<String> command,
      Map<String, String> settings,
      Map<String, String> environment,
      Path log,
      File output,
      boolean onTerminal) {
    this.log = log;
    var line = new ArrayList<>(command);
    settings.put("quarkus.http.host", "127.0.0.1");
    settings.put("quarkus.http.port", "" + port);
    settings.put("quarkus.management.host", "127.0.0.1");
    settings.put("quarkus.management.port", "" + managementPort);
    settings.forEach((key, value) -> line.add(1, "-D" + key + "=" + value));
    try {
      var builder =
          new ProcessBuilder(onTerminal ? onTerminal(line) : line)
              .redirectErrorStream(true)
              .redirectOutput(output);
      builder
          .environment()
          .keySet()
          .removeIf(name -> name.startsWith("BROKER_") || name.startsWith("QUARKUS_"));
      builder.environment().putAll(environment);
      process = builder.start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns the command that runs another one on a terminal of its own. */
  private static List<String> onTerminal(List<String> command) {
    return List.of("script", "-qec", String.join(" ", command), "/dev/null");
  }

  /**
   * Returns settings with these files and one issuer, {@code test}. {@link Settings#with} adds
   * more.
   */
  public static Settings with(BrokerFiles files) {
    return new Settings()
        .with("broker.clients.file", files.clients())
        .with("broker.clients.secrets", files.secrets())
        .with("broker.seal.keys", files.sealKeys())
        .with("broker.issuers.test.issuer", CallerTokens.ISSUER)
        .with("broker.issuers.test.keys", files.callerKeys())
        .with("quarkus.shutdown.delay", "0s");
  }

  /** Whether the tests run a native executable, see {@code ./mvnw verify -Dnative}. */
  public static boolean isNative() {
    return EXECUTABLE != null;
  }

  /** The port for callers. */
  public int port() {
    return port;
  }

  public URI url(String path) {
    return URI.create("http://127.0.0.1:" + port + path);
  }

  public URI managementUrl(String path) {
    return URI.create("http://127.0.0.1:" + managementPort + path);
  }

  /** Sends a GET request with a JWT and headers, given as name, value, name, value. */
  public HttpResponse<String> get(String path, String jwt, String... headers) {
    return send(request(path, jwt, headers).GET().build());
  }

  /** Sends a POST request with a JWT and a JSON body. */
  public HttpResponse<String> post(String path, String jwt, String json) {
    return send(
        request(path, jwt, "Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(json))
            .build());
  }

  /** Sends a GET request with a JWT, and does not wait for the response. */
  public CompletableFuture<HttpResponse<String>> sendAsync(String path, String jwt) {
    return http.sendAsync(request(path, jwt).build(), BodyHandlers.ofString());
  }

  public HttpRequest.Builder request(String path, String jwt, String... headers) {
    var request = HttpRequest.newBuilder(url(path)).header("Authorization", "Bearer " + jwt);
    return headers.length == 0 ? request : request.headers(headers);
  }

  public HttpResponse<String> send(HttpRequest request) {
    try {
      return http.send(request, BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  public HttpClient http() {
    return http;
  }

  /** Returns the body of a response of the management port. */
  public String managementGet(String path) {
    return send(HttpRequest.newBuilder(managementUrl(path)).build()).body();
  }

  public String metrics() {
    return managementGet("/q/metrics");
  }

  /** Returns the sum of all samples that start with this text: a name, and perhaps labels. */
  public double metric(String start) {
    return metrics()
        .lines()
        .filter(line -> line.startsWith(start))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }

  /** Returns the bytes of the heap that are in use after a full garbage collection. */
  public long liveHeap() {
    jcmd("GC.run");
    return (long) metric("jvm_memory_used_bytes{area=\"heap\"");
  }

  /** Runs a diagnostic command of {@code jcmd} in the process. */
  public void jcmd(String... command) {
    var line = new ArrayList<String>();
    line.add(Path.of(System.getProperty("java.home"), "bin", "jcmd").toString());
    line.add("" + process.pid());
    line.addAll(List.of(command));
    try {
      var ended =
          new ProcessBuilder(line)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor();
      if (ended != 0) {
        throw new IllegalStateException("jcmd ended with " + ended);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * Returns all output of the process so far. Lines of requests that are already answered may still
   * be missing; see {@link #awaitOutput} and {@link Site#outputOf}.
   */
  public String output() {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Waits until the output contains these texts, and returns all of it. The broker writes its lines
   * behind the requests.
   */
  public String awaitOutput(String... texts) {
    await().untilAsserted(() -> assertThat(output()).contains(texts));
    return output();
  }

  public ProcessHandle handle() {
    return process.toHandle();
  }

  /** Sends SIGTERM. */
  public void terminate() {
    process.destroy();
  }

  /**
   * Sends SIGKILL. On a terminal, the broker is a child of {@code script}, which would leave it.
   */
  public void kill() {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }

  /** Sends SIGSTOP: the process gets no processor time until {@link #resume}. */
  public void pause() {
    Signals.stop(process.toHandle());
  }

  /** Sends SIGQUIT: a JVM writes a thread dump to its output. */
  public void quit() {
    Signals.quit(process.toHandle());
  }

  /** Sends SIGCONT, after {@link #pause}. */
  public void resume() {
    Signals.resume(process.toHandle());
  }

  /** Waits until the process has ended, and returns its exit code. */
  public int exitCode() {
    try {
      if (!process.waitFor(START_LIMIT.toSeconds(), TimeUnit.SECONDS)) {
        throw new IllegalStateException("still running:\n" + output());
      }
      return process.exitValue();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  public boolean isReady() {
    return answersManagement("/q/health/ready");
  }

  /** Whether the management port answers this path with 200. False if the port is closed. */
  public boolean answersManagement(String path) {
    try {
      var request = HttpRequest.newBuilder(managementUrl(path)).build();
      return http.send(request, BodyHandlers.discarding()).statusCode() == 200;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    kill();
    exitCode();
  }

  /** Waits until the broker is ready. Kills the process if it is not ready within a minute. */
  public BrokerProcess awaitReady() {
    try {
      await()
          .atMost(START_LIMIT)
          .pollInterval(Duration.ofMillis(50))
          .until(() -> isReady() || !process.isAlive());
    } catch (ConditionTimeoutException e) {
      close();
      throw new IllegalStateException("the broker is not ready:\n" + output(), e);
    }
    if (!process.isAlive()) {
      throw new IllegalStateException("the broker ended:\n" + output());
    }
    return this;
  }

  /** The settings, environment and JVM options of a broker. */
  public static final class Settings {

    private final Map<String, String> settings = new LinkedHashMap<>();
    private final Map<String, String> environment = new LinkedHashMap<>();
    private final List<String> jvm = new ArrayList<>();
    private Path jar =
        Path.of(System.getProperty("broker.jar", "target/quarkus-app/quarkus-run.jar"));
    private @Nullable OutputPipe output;
    private boolean onTerminal;

    /** Sets a system property of the broker. */
    public Settings with(String key, Object value) {
      settings.put(key, value.toString());
      return this;
    }

    /** Sets an environment variable. */
    public Settings environment(String name, String value) {
      environment.put(name, value);
      return this;
    }

    /** Adds an option of the JVM, such as {@code -Xmx64m}. Native executables ignore it. */
    public Settings jvm(String option) {
      jvm.add(option);
      return this;
    }

    /** Starts another build of the broker than the one under test. Native executables ignore it. */
    public Settings build(Path jar) {
      this.jar = jar;
      return this;
    }

    /** Sends the output to a pipe instead of a file. */
    public Settings output(OutputPipe pipe) {
      output = pipe;
      return this;
    }

    /** Starts the broker on a terminal, with the program {@code script}. */
    public Settings onTerminal() {
      onTerminal = true;
      return this;
    }

    /** Starts a broker and waits until it is ready. */
    public BrokerProcess start() {
      return launch().awaitReady();
    }

    /** Starts several brokers at once and waits until all are ready. */
    public List<BrokerProcess> start(int replicas) {
      var launched = Stream.generate(this::launch).limit(replicas).toList();
      launched.forEach(BrokerProcess::awaitReady);
      return launched;
    }

    /** Starts a broker and does not wait: it may refuse to start. */
    public BrokerProcess launch() {
      try {
        var log = output == null ? newLog() : output.log();
        var target = output == null ? log : output.pipe();
        return new BrokerProcess(
            command(),
            new LinkedHashMap<>(settings),
            environment,
            log,
            target.toFile(),
            onTerminal);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private static Path newLog() throws IOException {
      var logs = Files.createDirectories(Path.of("target", "broker-logs"));
      return Files.createTempFile(logs, "broker-", ".log");
    }

    Map<String, String> settings() {
      return settings;
    }

    Map<String, String> environment() {
      return environment;
    }

    /** Returns the command. A native executable gets no JVM options. */
    List<String> command() {
      if (EXECUTABLE != null) {
        return List.of(EXECUTABLE);
      }
      var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
      var command = new ArrayList<>(List.of(java));
      command.addAll(COMMON_JVM);
      command.addAll(jvm);
      command.addAll(List.of("-jar", jar.toAbsolutePath().toString()));
      return command;
    }
  }
}
