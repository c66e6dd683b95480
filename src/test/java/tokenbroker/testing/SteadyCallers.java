package tokenbroker.testing;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import tokenbroker.time.Ticker;

/**
 * Callers that ask at a constant {@link Pace}, whatever they are answered, and remember each
 * answer. They ask in turn the brokers that are in service, each for the next path: as behind one
 * Kubernetes Service.
 */
public final class SteadyCallers implements AutoCloseable {

  /** What one call came to; status 0 where no answer came. */
  public record Call(
      String path, int status, String body, String tokenId, Duration took, int broker) {}

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final List<BrokerProcess> inService;
  private final List<String> paths;
  private final String jwt;
  private final Collection<Call> calls = new ConcurrentLinkedQueue<>();
  private final ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor();
  private final Thread pace;
  private volatile boolean ended;

  private SteadyCallers(
      Collection<BrokerProcess> brokers, List<String> paths, String jwt, int perSecond) {
    this.inService = new CopyOnWriteArrayList<>(brokers);
    this.paths = List.copyOf(paths);
    this.jwt = jwt;
    this.pace = Thread.ofPlatform().name("callers").start(() -> call(perSecond));
  }

  /** Begins at once. */
  public static SteadyCallers on(
      Collection<BrokerProcess> brokers, List<String> paths, String jwt, int perSecond) {
    return new SteadyCallers(brokers, paths, jwt, perSecond);
  }

  /** From now on this broker is asked too. */
  public void putIn(BrokerProcess broker) {
    inService.add(broker);
  }

  /** From now on this broker is no longer asked; calls that it has accepted go on. */
  public void takeOut(BrokerProcess broker) {
    inService.remove(broker);
  }

  /** The calls that were answered so far. */
  public int answered() {
    return calls.size();
  }

  /** The calls that were answered so far, in the order of their answers. */
  public List<Call> soFar() {
    return new ArrayList<>(calls);
  }

  /** Those so far that did not get a token. */
  public List<Call> failures() {
    return calls.stream().filter(call -> call.status() != 200).toList();
  }

  /** Ends the calls, waits for the last answer, and gives all of them. */
  public List<Call> end() {
    close();
    return new ArrayList<>(calls);
  }

  /** The smallest time within which this share of the calls was answered. */
  public static Duration percentile(Collection<Call> calls, double share) {
    var sorted = calls.stream().map(Call::took).sorted().toList();
    return sorted.get((int) Math.min(sorted.size() - 1L, (long) (sorted.size() * share)));
  }

  @Override
  public void close() {
    ended = true;
    try {
      pace.join();
      callers.shutdown();
      callers.awaitTermination(30, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private void call(int perSecond) {
    var pace = new Pace(perSecond, Ticker.system());
    for (var turn = 0; !ended; turn++) {
      var path = paths.get(turn % paths.size());
      var brokers = List.copyOf(inService);
      if (!brokers.isEmpty()) {
        var broker = brokers.get((turn + turn / paths.size()) % brokers.size());
        callers.execute(() -> call(broker, path));
      }
      LockSupport.parkNanos(pace.untilNext().toNanos());
    }
  }

  private void call(BrokerProcess broker, String path) {
    var request = broker.request(path, jwt).timeout(Duration.ofSeconds(20)).GET().build();
    var begun = System.nanoTime();
    try {
      var answer = http.send(request, BodyHandlers.ofString());
      calls.add(
          new Call(
              path,
              answer.statusCode(),
              answer.body(),
              answer.headers().firstValue("Token-Id").orElse(""),
              Duration.ofNanos(System.nanoTime() - begun),
              broker.port()));
    } catch (IOException e) {
      var took = Duration.ofNanos(System.nanoTime() - begun);
      calls.add(new Call(path, 0, e.toString(), "", took, broker.port()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
