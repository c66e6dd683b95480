package tokenbroker.redis;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import io.vertx.redis.client.impl.RequestImpl;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tokenbroker.tokens.StoreUnavailable;

/**
 * The masters of a Redis Cluster, each with its own connection. A dead node, or a slot that is
 * being moved, therefore affects only the clients of that node or slot. (A cluster connection of
 * Vert.x fails as a whole if one node does not answer.)
 *
 * <p>All methods except {@link #open} and {@link #partOf} must be called on the event loop.
 */
final class Cluster implements Servers {

  /** How often a command is redirected before it fails. */
  private static final int REDIRECTS = 5;

  private static final Duration TRY_AGAIN = Duration.ofMillis(50);

  /** The shortest time between two requests for the slots. */
  private static final Duration LEARNT_FOR = Duration.ofSeconds(1);

  private final EventLoop loop;
  private final Function<String, Redis> clients;
  private final List<String> seeds;
  private final Sessions ofCallers;
  private final Map<String, Link> links = new HashMap<>();
  private SlotMap slots = SlotMap.UNKNOWN;
  private @Nullable Future<Void> learning;
  private int turn;

  /**
   * Creates a cluster without connections.
   *
   * @param clients creates a new client for a node named {@code host:port}
   * @param seeds the configured nodes
   */
  Cluster(EventLoop loop, Function<String, Redis> clients, List<String> seeds) {
    this.loop = loop;
    this.clients = clients;
    this.seeds = List.copyOf(seeds);
    this.ofCallers = new Sessions(loop, "the Redis cluster", () -> clients.apply(anyNode()));
  }

  @Override
  public Session open() {
    return ofCallers.open();
  }

  @Override
  public String partOf(String key) {
    return "slot " + SlotMap.slotOf(key);
  }

  @Override
  public Future<@Nullable Response> send(Request request, Future<?> waiting) {
    var attempt = new Attempt(request, waiting);
    if (attempt.isForAnUnknownNode()) {
      learn().onComplete(learnt -> attempt.send());
    } else {
      attempt.send();
    }
    return attempt.outcome.future();
  }

  private Link link(String node) {
    return links.computeIfAbsent(
        node,
        added ->
            new Link(
                loop, new Sessions(loop, "the Redis node " + node, () -> clients.apply(node))));
  }

  /** Returns a connected master if there is one, and a different one each time. */
  private String anyNode() {
    var nodes = slots.nodes().isEmpty() ? seeds : slots.nodes();
    turn++;
    for (var i = 0; i < nodes.size(); i++) {
      var node = nodes.get(Math.floorMod(turn + i, nodes.size()));
      var link = links.get(node);
      if (link != null && link.isConnected()) {
        return node;
      }
    }
    return nodes.get(Math.floorMod(turn, nodes.size()));
  }

  /** Asks one node after another which node holds which slot, unless that was done a moment ago. */
  private Future<Void> learn() {
    if (learning == null) {
      var nodes = new LinkedHashSet<>(List.of(anyNode()));
      nodes.addAll(slots.nodes());
      nodes.addAll(seeds);
      var learnt = Promise.<Void>promise();
      learning = learnt.future();
      learnt.future().onComplete(over -> loop.after(LEARNT_FOR, () -> learning = null));
      ask(List.copyOf(nodes), 0, learnt);
    }
    return learning;
  }

  private void ask(List<String> nodes, int next, Promise<Void> learnt) {
    if (next == nodes.size()) {
      learnt.fail(new StoreUnavailable("no node returned the slots"));
      return;
    }
    var node = nodes.get(next);
    var answered = Promise.<@Nullable Response>promise();
    loop.limit(
        answered.future(),
        RedisCommands.LIMIT,
        () -> answered.tryFail(new StoreUnavailable("late")));
    link(node)
        .send(Request.cmd(Command.CLUSTER).arg("SLOTS"), answered.future())
        .onComplete(answered::tryComplete, answered::tryFail);
    answered
        .future()
        .map(answer -> slots(answer, node))
        .onComplete(
            found -> {
              use(found);
              learnt.complete();
            },
            fault -> ask(nodes, next + 1, learnt));
  }

  private static SlotMap slots(@Nullable Response answer, String asked) {
    if (answer == null || answer.size() == 0) {
      throw new StoreUnavailable("the slots are unknown");
    }
    return SlotMap.of(answer, asked);
  }

  private void use(SlotMap found) {
    slots = found;
    var gone = new ArrayList<>(links.keySet());
    gone.removeAll(found.nodes());
    for (var node : gone) {
      var link = links.remove(node);
      if (link != null) {
        link.close();
      }
    }
  }

  /** One command, which may be redirected from node to node. */
  private final class Attempt {

    private final Request request;
    private final Future<?> waiting;
    private final @Nullable Integer slot;
    private final Promise<@Nullable Response> outcome = Promise.promise();
    private int redirects;

    Attempt(Request request, Future<?> waiting) {
      this.request = request;
      this.waiting = waiting;
      var keys = ((RequestImpl) request).keys();
      this.slot = keys.isEmpty() ? null : SlotMap.slotOf(keys.getFirst());
    }

    boolean isForAnUnknownNode() {
      return slot != null && slots.nodeOf(slot) == null;
    }

    void send() {
      var node = slot == null ? anyNode() : slots.nodeOf(slot);
      if (node == null) {
        learn();
        outcome.fail(new StoreUnavailable("no node has the slot"));
      } else {
        sendTo(node);
      }
    }

    private void sendTo(String node) {
      link(node)
          .send(request, waiting)
          .onComplete(outcome::tryComplete, fault -> failed(node, fault));
    }

    private void failed(String node, Throwable fault) {
      if (waiting.isComplete() || redirects++ == REDIRECTS) {
        outcome.tryFail(fault);
        return;
      }
      switch (RedisFault.redirection(fault)) {
        case RedisFault.Moved(var address) -> moved(SlotMap.node(address, node));
        case RedisFault.Ask(var address) -> ask(SlotMap.node(address, node));
        case RedisFault.TryAgain() -> loop.after(TRY_AGAIN, this::send);
        case RedisFault.NotRedirected(var concernsTheNode) -> {
          if (concernsTheNode) {
            learn();
          }
          outcome.tryFail(fault);
        }
      }
    }

    private void moved(String newNode) {
      if (slot != null) {
        slots = slots.moved(slot, newNode);
      }
      learn();
      sendTo(newNode);
    }

    /** Sends the command to the node that receives the slot. The keys are there or do not exist. */
    private void ask(String newNode) {
      link(newNode).send(Request.cmd(Command.ASKING), waiting);
      sendTo(newNode);
    }
  }
}
