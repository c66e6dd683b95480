package tokenbroker.outbound;

import java.io.IOException;
import java.net.InetAddress;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import javax.net.ssl.SSLException;
import tokenbroker.outbound.HttpConnection.Outcome;
import tokenbroker.outbound.Reply.Answered;
import tokenbroker.outbound.Reply.Late;
import tokenbroker.outbound.Reply.NoConnection;
import tokenbroker.outbound.Reply.NoConnection.Reason;
import tokenbroker.outbound.Reply.NoTunnel;
import tokenbroker.outbound.Reply.NotHttp;
import tokenbroker.time.Ticker;

/**
 * A client that sends requests over HTTP/1.1 and reads whole answers, within a time limit. It
 * follows no redirects and keeps no cookies. A fault of a server, a proxy or a network is never
 * thrown, but returned as a {@link Reply}. Thread-safe; blocks, so call it on a virtual thread.
 */
public final class OutboundHttp implements AutoCloseable {

  /** The status that some servers send before they close an idle connection (RFC 9110 §15.5.9). */
  private static final int REQUEST_TIMEOUT = 408;

  /**
   * The maximum number of concurrent large answers. Each takes about 640 KiB while it is read and
   * decoded, so together 5 MiB.
   */
  private static final int LARGE_ANSWERS = 8;

  private final Semaphore largeAnswers = new Semaphore(LARGE_ANSWERS);
  private final Egress egress;
  private final Addresses addresses;
  private final Connector connector;
  private final IdleConnections idle;
  private final Ticker ticker;
  private final Clock clock;

  /**
   * Creates a client.
   *
   * @param connectLimit the time limit for each address of a host
   * @param tls is asked for each connection
   */
  public OutboundHttp(
      Duration connectLimit, Ticker ticker, Clock clock, TlsSockets tls, Egress egress) {
    this(connectLimit, ticker, clock, tls, egress, InetAddress::getAllByName);
  }

  OutboundHttp(
      Duration connectLimit,
      Ticker ticker,
      Clock clock,
      TlsSockets tls,
      Egress egress,
      Resolver resolver) {
    this.egress = egress;
    this.addresses = new Addresses(resolver);
    this.connector = new Connector(connectLimit, tls, egress, ticker);
    this.idle = new IdleConnections(ticker);
    this.ticker = ticker;
    this.clock = clock;
  }

  /**
   * Sends a request and waits for the whole answer. It retries a repeatable request once, on a new
   * connection, in two cases. One is that the connection ended before the first byte of an answer.
   * The other is that a kept connection returned 408: the server may have closed the idle
   * connection while the request was on its way.
   *
   * @param limit the total time limit, including the lookup of the host
   */
  public Reply send(OutboundRequest request, Duration limit) {
    var origin = Origin.of(request.url());
    if (origin.isEmpty()) {
      return new NoConnection(Reason.UNKNOWN_HOST);
    }
    var route = egress.routeTo(origin.get());
    try (var time = new TimeLimit(limit)) {
      var kept = request.repeatable() ? idle.take(route) : null;
      var first = kept == null ? fresh(request, route, time) : exchange(request, kept, time);
      return request.repeatable() && isWorthRepeating(first, kept != null) && !time.hasPassed()
          ? fresh(request, route, time)
          : first;
    }
  }

  private static boolean isWorthRepeating(Reply reply, boolean kept) {
    return switch (reply) {
      case NoConnection(var reason) -> reason == Reason.CLOSED;
      case Answered answer -> kept && answer.status() == REQUEST_TIMEOUT;
      case NoTunnel _, NotHttp _, Late _ -> false;
    };
  }

  private Reply fresh(OutboundRequest request, Route route, TimeLimit time) {
    try {
      var candidates = addresses.of(route.host(), time);
      var connection = new Race(connector, route, candidates, time).decide();
      addresses.worked(route.host(), connection.address);
      var reply = exchange(request, connection, time);
      if (reply instanceof Late || reply instanceof NoConnection) {
        addresses.disappointed(route.host(), connection.address, candidates);
      }
      return reply;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Late();
    } catch (IOException e) {
      return time.hasPassed() ? new Late() : noConnection(route, e);
    }
  }

  private Reply exchange(OutboundRequest request, HttpConnection connection, TimeLimit time) {
    var sent = ticker.now();
    var sentAt = clock.instant();
    var outcome = connection.exchange(request, time, largeAnswers);
    if (outcome instanceof Outcome.Answer answer && answer.reusable()) {
      idle.keep(connection);
    } else {
      connection.close();
    }
    if (isCutShort(outcome) && (time.hasPassed() || Thread.currentThread().isInterrupted())) {
      return new Late();
    }
    return switch (outcome) {
      case Outcome.Answer(var status, var headers, var body, _) ->
          new Answered(status, headers, body, sent, sentAt, clock.instant());
      case Outcome.NotHttp() -> new NotHttp();
      case Outcome.Ended(var silent) -> new NoConnection(silent ? Reason.CLOSED : Reason.BROKEN);
    };
  }

  /**
   * Returns whether the outcome is incomplete. An answer that was complete when the limit passed
   * still counts.
   */
  private static boolean isCutShort(Outcome outcome) {
    return switch (outcome) {
      case Outcome.Answer answer -> answer.body() instanceof Body.CutOff;
      case Outcome.Ended _ -> true;
      case Outcome.NotHttp _ -> false;
    };
  }

  private static Reply noConnection(Route route, IOException fault) {
    return switch (fault) {
      case Tunnel.Failed failed -> new NoTunnel(failed.text());
      case UnknownHostException _ when route.proxy() != null ->
          new NoTunnel(Tunnel.failed(route.proxy(), Reason.UNKNOWN_HOST).text());
      default -> new NoConnection(reason(fault));
    };
  }

  static Reason reason(IOException fault) {
    return switch (fault) {
      case UnknownHostException _ -> Reason.UNKNOWN_HOST;
      case SocketTimeoutException _ -> Reason.TIMEOUT;
      case SSLException _ -> Reason.TLS;
      default -> Reason.REFUSED;
    };
  }

  /** Closes the kept connections. */
  @Override
  public void close() {
    idle.close();
  }
}
