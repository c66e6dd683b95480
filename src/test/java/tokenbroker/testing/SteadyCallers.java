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
 * Callers that send requests at a constant {@link Pace}, whatever the responses are, and record
 * each call. They take the brokers in turn, and each broker gets the next path, as behind a
 * Kubernetes Service.
 */
public final class SteadyCallers implements AutoCloseable {

  /** The result of one call. The status is 0 if no response came. */
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

  /** Starts the callers. */
  public static SteadyCallers on(
      Collection<BrokerProcess> brokers, List<String> paths, String jwt, int perSecond) {
    return new SteadyCallers(brokers, paths, jwt, perSecond);
  }

  /** Sends requests to this broker too. */
  public void putIn(BrokerProcess broker) {
    inService.add(broker);
  }

  /** Sends this broker no more requests. Calls that it has accepted go on. */
  public void takeOut(BrokerProcess broker) {
    inService.remove(broker);
  }

  /** Returns how many calls have ended so far. */
  public int answered() {
    return calls.size();
  }

  /** Returns the calls that have ended so far, in the order in which they ended. */
  public List<Call> soFar() {
    return new ArrayList<>(calls);
  }

  /** Returns the calls so far that did not get a token. */
  public List<Call> failures() {
    return calls.stream().filter(call -> call.status() != 200).toList();
  }

  /** Stops the callers, waits for the last response, and returns all calls. */
  public List<Call> end() {
    close();
    return new ArrayList<>(calls);
  }

  /** Returns the time within which this share of the calls was answered. */
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
