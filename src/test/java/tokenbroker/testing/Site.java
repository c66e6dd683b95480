package tokenbroker.testing;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The surroundings of an integration test: a Redis, an upstream, a broker's files in a temporary
 * directory, an issuer of JWTs, and the brokers themselves.
 *
 * <p>It is a JUnit extension: as a static field with {@code @RegisterExtension}, one site serves
 * all tests of a class; as an instance field, each test has its own.
 */
public class Site extends Fixture {

  private final CallerTokens issuer = new CallerTokens("k1");
  private final String caller = issuer.token(Clients.CALLER);
  private final Map<String, Object> settings = new LinkedHashMap<>();
  private final List<String> redisArguments = new ArrayList<>();
  private boolean hasRedis = true;
  private int clients;
  private String subjects = Clients.CALLER;
  private int replicas;

  private final List<BrokerProcess> brokers = new ArrayList<>();
  private final AtomicInteger last = new AtomicInteger();
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
    redisArguments.addAll(List.of(arguments));
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
    return List.copyOf(brokers);
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

  /**
   * Returns the output of a broker, with the lines of all requests that it has answered. It writes
   * them behind the requests, so this sends one more request and waits for its audit line.
   */
  public String outputOf(BrokerProcess broker) {
    var subject = "last-" + last.incrementAndGet();
    broker.get("/clients", token(subject));
    return broker.awaitOutput("\"subject\":\"" + subject + "\"");
  }

  private BrokerProcess launched(BrokerProcess.Settings settings) {
    var broker = settings.launch();
    closeAtEnd(broker::close);
    brokers.add(broker);
    return broker;
  }

  /** Writes files and prepares the upstream, before any broker starts. */
  protected void prepare() {
    Clients.write(files(), upstream(), clients, subjects);
  }

  @Override
  final void open() {
    var temporary = TemporaryDirectory.create();
    closeAtEnd(temporary::close);
    directory = temporary.path();
    if (hasRedis) {
      redis = new RealRedis(redisArguments.toArray(String[]::new));
      closeAtEnd(redis::close);
    }
    upstream = ScriptedUpstream.start();
    closeAtEnd(upstream::close);
    files = new BrokerFiles(directory).callerKeys(issuer);
    prepare();
    start(settings(), replicas);
  }

  private static <T> T present(@Nullable T part) {
    return Objects.requireNonNull(part, "the site is not open, or has no such part");
  }
}
