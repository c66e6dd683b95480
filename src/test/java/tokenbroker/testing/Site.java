package tokenbroker.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * The surroundings of an integration test: a Redis, an upstream, a broker's files in a temporary
 * directory, an issuer of JWTs, and the brokers themselves.
 *
 * <p>A static field with {@code @RegisterExtension} is one site for all tests of a class. An
 * instance field is a new site for each test. The site opens before {@code @BeforeAll} or
 * {@code @BeforeEach} methods run, and closes after {@code @AfterEach} or {@code @AfterAll}
 * methods. It closes everything that it has opened, even if opening fails half-way.
 */
public class Site
    implements BeforeAllCallback, BeforeEachCallback, AfterEachCallback, AfterAllCallback {

  private final CallerTokens issuer = new CallerTokens("k1");
  private final String caller = issuer.token(Clients.CALLER);
  private final Map<String, Object> settings = new LinkedHashMap<>();
  private String[] redisSettings = {};
  private boolean hasRedis = true;
  private int clients;
  private String subjects = Clients.CALLER;
  private int replicas;

  private final Deque<Runnable> closing = new ArrayDeque<>();
  private final List<BrokerProcess> brokers = new ArrayList<>();
  private boolean isForClass;
  private @Nullable Path directory;
  private @Nullable RealRedis redis;
  private @Nullable ScriptedUpstream upstream;
  private @Nullable BrokerFiles files;

  /** Adds {@link Clients} of the upstream, for {@link Clients#CALLER}. */
  public Site clients(int number) {
    return clients(number, Clients.CALLER);
  }

  /** Adds {@link Clients} of the upstream, for callers whose subject matches this pattern. */
  public Site clients(int number, String subjects) {
    this.clients = number;
    this.subjects = subjects;
    return this;
  }

  /** Adds a setting to {@link #settings}. */
  public Site with(String key, Object value) {
    settings.put(key, value);
    return this;
  }

  /** Starts Redis with these arguments on its command line. */
  public Site redis(String... arguments) {
    redisSettings = arguments;
    return this;
  }

  /** Starts no Redis: each broker keeps its tokens in its own memory. */
  public Site inMemory() {
    hasRedis = false;
    return this;
  }

  /** Starts so many brokers when the site opens. By default, the test starts them itself. */
  public Site brokers(int replicas) {
    this.replicas = replicas;
    return this;
  }

  /** A directory of the site's own, which is deleted at the end. The broker's files are in it. */
  public Path directory() {
    return present(directory);
  }

  public RealRedis redis() {
    return present(redis);
  }

  public ScriptedUpstream upstream() {
    return present(upstream);
  }

  public BrokerFiles files() {
    return present(files);
  }

  /** The issuer whose JWTs the brokers accept. It can be used before the site opens. */
  public CallerTokens issuer() {
    return issuer;
  }

  /** A JWT of {@link Clients#CALLER}, always the same. */
  public String caller() {
    return caller;
  }

  /** Returns a new JWT of this subject. */
  public String token(String subject) {
    return issuer.token(subject);
  }

  /** Returns the settings of the site's brokers. */
  public BrokerProcess.Settings settings() {
    var all = BrokerProcess.with(files());
    if (hasRedis) {
      all.with("quarkus.redis.hosts", redis().url());
    } else {
      all.with("broker.store", "memory");
    }
    settings.forEach(all::with);
    return all;
  }

  /** All brokers that the site has started, in this order. */
  public List<BrokerProcess> brokers() {
    return brokers;
  }

  public BrokerProcess broker(int index) {
    return brokers.get(index);
  }

  /** Starts a broker, waits until it is ready, and closes it at the end. */
  public BrokerProcess start(BrokerProcess.Settings settings) {
    return start(settings, 1).getFirst();
  }

  /** Starts several brokers at once, waits until all are ready, and closes them at the end. */
  public List<BrokerProcess> start(BrokerProcess.Settings settings, int replicas) {
    var started = Stream.generate(() -> launched(settings)).limit(replicas).toList();
    started.forEach(BrokerProcess::awaitReady);
    return started;
  }

  private BrokerProcess launched(BrokerProcess.Settings settings) {
    var broker = settings.launch();
    closing.push(broker::close);
    brokers.add(broker);
    return broker;
  }

  @Override
  public final void beforeAll(ExtensionContext context) {
    isForClass = true;
    open();
  }

  @Override
  public final void beforeEach(ExtensionContext context) {
    if (!isForClass) {
      open();
    }
  }

  @Override
  public final void afterEach(ExtensionContext context) {
    if (!isForClass) {
      close();
    }
  }

  @Override
  public final void afterAll(ExtensionContext context) {
    close();
  }

  /** Writes files and prepares the upstream, before any broker starts. */
  protected void prepare() {
    Clients.write(files(), upstream(), clients, subjects);
  }

  // JUnit calls the callback that closes also if the one that opens has failed.
  private void open() {
    directory = newDirectory();
    closing.push(() -> delete(directory()));
    if (hasRedis) {
      redis = new RealRedis(redisSettings());
      closing.push(redis::close);
    }
    upstream = ScriptedUpstream.start();
    closing.push(upstream::close);
    files = new BrokerFiles(directory()).callerKeys(issuer);
    prepare();
    start(settings(), replicas);
  }

  private void close() {
    if (!closing.isEmpty()) {
      try {
        closing.pop().run();
      } finally {
        close();
      }
    }
  }

  private static <T> T present(@Nullable T part) {
    return Objects.requireNonNull(part, "the site is not open, or has no such part");
  }

  private String[] redisSettings() {
    var inDirectory = Stream.of("--dir", directory().toString());
    return Stream.concat(inDirectory, Stream.of(redisSettings)).toArray(String[]::new);
  }

  private static Path newDirectory() {
    try {
      return Files.createTempDirectory("token-broker-site");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void delete(Path directory) {
    try (var all = Files.walk(directory)) {
      for (var each : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(each);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
