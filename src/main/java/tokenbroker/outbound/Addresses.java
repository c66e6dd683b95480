package tokenbroker.outbound;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/**
 * The addresses of hosts, in the order in which to try them. Addresses are resolved for each
 * connection: only the JVM caches them. Hosts come from the configuration, so it bounds the memory
 * for them.
 */
final class Addresses {

  /**
   * The threads for lookups, which block in native code. A lookup on a virtual thread would block
   * the carrier thread. Then a name server that hangs would stop the whole process.
   */
  private final Executor lookups =
      Executors.newCachedThreadPool(Thread.ofPlatform().daemon().name("lookup ", 0).factory());

  private final Resolver resolver;
  private final Map<String, CompletableFuture<InetAddress[]>> underWay = new ConcurrentHashMap<>();
  private final Map<String, InetAddress> preferred = new ConcurrentHashMap<>();

  Addresses(Resolver resolver) {
    this.resolver = resolver;
  }

  /**
   * Returns the addresses of a host. The address that worked last comes first. The others follow,
   * with alternating address families (RFC 8305 §4). Empty only if the time limit passes.
   */
  List<InetAddress> of(String host, TimeLimit limit)
      throws UnknownHostException, InterruptedException {
    var literal = literal(host);
    return literal == null ? ordered(host, lookUp(host, limit)) : List.of(literal);
  }

  private static @Nullable InetAddress literal(String host) {
    try {
      return InetAddress.ofLiteral(host);
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  private List<InetAddress> lookUp(String host, TimeLimit limit)
      throws UnknownHostException, InterruptedException {
    var found = underWay.computeIfAbsent(host, this::begin).copy();
    limit.onPass(() -> found.complete(new InetAddress[0]));
    try {
      return Arrays.asList(found.get());
    } catch (ExecutionException e) {
      if (e.getCause() instanceof UnknownHostException unknown) {
        throw unknown;
      }
      throw new IllegalStateException("a look-up of an address failed unexpectedly", e.getCause());
    }
  }

  /**
   * Starts a lookup, which all requests for the host share. A name server that hangs must not
   * occupy many threads.
   */
  private CompletableFuture<InetAddress[]> begin(String host) {
    var lookup = new CompletableFuture<InetAddress[]>();
    lookups.execute(
        () -> {
          try {
            var addresses = resolver.resolve(host);
            underWay.remove(host, lookup);
            lookup.complete(addresses);
          } catch (UnknownHostException | RuntimeException | Error e) {
            underWay.remove(host, lookup);
            lookup.completeExceptionally(e);
          }
        });
    return lookup;
  }

  private List<InetAddress> ordered(String host, List<InetAddress> resolved) {
    var ordered = alternating(resolved);
    var first = preferred.get(host);
    if (first != null && ordered.remove(first)) {
      ordered.addFirst(first);
    }
    return ordered;
  }

  private static List<InetAddress> alternating(List<InetAddress> resolved) {
    var rest = new ArrayList<>(resolved);
    var ordered = new ArrayList<InetAddress>();
    while (!rest.isEmpty()) {
      var last = ordered.isEmpty() ? null : ordered.getLast();
      ordered.add(rest.remove(Math.max(0, indexOfOtherFamily(rest, last))));
    }
    return ordered;
  }

  private static int indexOfOtherFamily(List<InetAddress> addresses, @Nullable InetAddress last) {
    for (var i = 0; last != null && i < addresses.size(); i++) {
      if (addresses.get(i) instanceof Inet6Address != last instanceof Inet6Address) {
        return i;
      }
    }
    return -1;
  }

  /** Records that an address opened a connection. */
  void worked(String host, InetAddress address) {
    preferred.put(host, address);
  }

  /**
   * Records that an address opened a connection but sent no answer. The broker then prefers the
   * next address, which is as good.
   */
  void disappointed(String host, InetAddress address, List<InetAddress> tried) {
    var next = tried.get((tried.indexOf(address) + 1) % tried.size());
    preferred.replace(host, address, next);
  }
}
