package tokenbroker.bench;

import static java.util.concurrent.CompletableFuture.runAsync;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import tokenbroker.testing.Answer;
import tokenbroker.testing.BrokerFiles;
import tokenbroker.testing.BrokerProcess;
import tokenbroker.testing.CallerTokens;
import tokenbroker.testing.Clients;
import tokenbroker.testing.KubeletVolume;
import tokenbroker.testing.RealRedis;
import tokenbroker.testing.ScriptedUpstream;

/**
 * A Redis, an upstream, and broker files with a given number of clients. Every caller may use every
 * client.
 */
final class BenchSite implements AutoCloseable {

  static final int ROUNDS = fromEnvironment("ROUNDS", 3);
  static final int SECONDS = fromEnvironment("SECONDS_EACH", 2);

  private static final int AT_ONCE = 16;
  private static final String CLIENTS = "clients.yaml";

  final Path directory;
  final CallerTokens issuer = new CallerTokens("k1");
  final RealRedis redis = new RealRedis();
  final ScriptedUpstream upstream = ScriptedUpstream.start();
  final BrokerFiles files;

  /** The clients file as Kubernetes mounts it: a change need not settle. */
  private final KubeletVolume config;

  private int edits;

  BenchSite(int clients) {
    try {
      directory = Files.createTempDirectory("token-broker-bench");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    upstream.answer(Answer.longToken(Duration.ofHours(1)));
    files = new BrokerFiles(directory).callerKeys(issuer);
    Clients.write(files, upstream, clients, "system:serviceaccount:*");
    config = new KubeletVolume(directory.resolve("config"));
    writeClients("");
  }

  /**
   * Returns the settings of a broker started as its image starts it, with all features on and a
   * rate limit that is never reached.
   */
  BrokerProcess.Settings broker() {
    return plainBroker().jvm("-XX:AOTCache=target/quarkus-app/token-broker.aot");
  }

  /**
   * Returns the settings of another build of the broker, with its own JVM options.
   *
   * @param directory the source directory in which {@code bin/aot-cache} packaged it
   */
  BrokerProcess.Settings broker(Path directory) {
    var packaged = directory.resolve("target/quarkus-app");
    return settings()
        .build(packaged.resolve("quarkus-run.jar"))
        .jvm("@" + directory.resolve("jvm.options"))
        .jvm("-XX:-DisableAttachMechanism")
        .jvm("-XX:AOTCache=" + packaged.resolve("token-broker.aot"));
  }

  /** Returns the settings of the same broker without the AOT cache. */
  BrokerProcess.Settings plainBroker() {
    return settings()
        .jvm("@jvm.options")
        // The image disables attaching. Benchmarks need it to trigger collections and to make
        // recordings.
        .jvm("-XX:-DisableAttachMechanism");
  }

  private BrokerProcess.Settings settings() {
    return BrokerProcess.with(files)
        .with("broker.clients.file", config.path().resolve(CLIENTS))
        .with("quarkus.redis.hosts", redis.url())
        .with("broker.callers.rate-limit", "1000000")
        .with("broker.callers.burst", "1000000");
  }

  /**
   * Warms the broker up until the compiler of its JVM rests. Afterwards every client of the
   * requests has a token.
   */
  static void warmUp(BrokerProcess broker, Requests requests) {
    var texts = requests.texts();
    var next = new AtomicInteger();
    try (var callers = Executors.newFixedThreadPool(AT_ONCE)) {
      var asked =
          Stream.generate(() -> runAsync(() -> askAll(broker.port(), texts, next), callers))
              .limit(AT_ONCE)
              .toArray(CompletableFuture[]::new);
      CompletableFuture.allOf(asked).join();
    }
    Processors.untilCompiled(broker.handle(), () -> Wrk.run(broker.port(), requests, SECONDS));
  }

  /** Sends requests on one connection, as long as there are any. */
  private static void askAll(int port, List<String> texts, AtomicInteger next) {
    try (var connection = new OneConnection(port)) {
      for (var i = next.getAndIncrement(); i < texts.size(); i = next.getAndIncrement()) {
        connection.ask(texts.get(i));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Replaces the clients file with one that has the same contents in other bytes. */
  void touchClients() {
    writeClients("# edit %d%n".formatted(++edits));
  }

  private void writeClients(String comment) {
    try {
      config.write(Map.of(CLIENTS, comment + Files.readString(files.clients())));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    upstream.close();
    redis.close();
  }

  static int fromEnvironment(String name, int otherwise) {
    var given = System.getenv(name);
    return given == null ? otherwise : Integer.parseInt(given);
  }
}
