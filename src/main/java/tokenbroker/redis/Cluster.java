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
 * The masters of a Redis Cluster, each with a connection of its own. So a node that is dead, or a
 * slot that is being moved, concerns the clients of that node or slot alone. (A connection of
 * Vert.x to a cluster fails as a whole if one node does not answer.)
 *
 * <p>Used on the event loop only, but for {@link #open} and {@link #partOf}.
 */
final class Cluster implements Servers {

  /** A command that is sent on more often is failing. */
  private static final int REDIRECTS = 5;

  private static final Duration TRY_AGAIN = Duration.ofMillis(50);

  /** The nodes are not asked for the slots more often than so. */
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
   * @param clients a new client each time, for a node named {@code host:port}
   * @param seeds the nodes that are configured
   */
  Cluster(EventLoop loop, Function<String, Redis> clients, List<String> seeds) {
    this.loop = loop;
    this.clients = clients;
    this.seeds = List.copyOf(seeds);
    this.ofCallers = new Sessions(loop, "", () -> clients.apply(anyNode()));
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
        node, added -> new Link(loop, new Sessions(loop, node, () -> clients.apply(node))));
  }

  /** A master that is connected, if there is one; each time another. */
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

  /** Asks the nodes, one after the other, who holds which slot, unless they were asked just now. */
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
      learnt.fail(new StoreUnavailable("no node tells the slots"));
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
      throw new StoreUnavailable("no slots");
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

  /** One command, from node to node. */
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
        outcome.fail(new StoreUnavailable("no node holds the slot"));
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

    /** The slot is on its way to that node, and the keys are there or nowhere. */
    private void ask(String newNode) {
      link(newNode).send(Request.cmd(Command.ASKING), waiting);
      sendTo(newNode);
    }
  }
}
