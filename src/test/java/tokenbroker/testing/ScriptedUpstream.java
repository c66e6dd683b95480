package tokenbroker.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * TrackMage's token endpoint on a real socket: counts and records what it is asked, and answers
 * what it is told to, whatever the path. One request per connection. Gives every client a new token
 * until told otherwise.
 */
public final class ScriptedUpstream implements AutoCloseable {

  private final ServerSocket server;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final List<UpstreamRequest> requests = new CopyOnWriteArrayList<>();
  private final List<String> issued = new CopyOnWriteArrayList<>();
  private final AtomicInteger brokenOff = new AtomicInteger();
  private final Map<String, Answer> answers = new ConcurrentHashMap<>();
  private volatile Answer answer = Answer.token();
  private volatile CountDownLatch gate = new CountDownLatch(0);
  private volatile Duration dateSkew = Duration.ZERO;

  private ScriptedUpstream(int port) throws IOException {
    server = new ServerSocket(port, 4_096, InetAddress.getLoopbackAddress());
    Thread.startVirtualThread(this::acceptAll);
  }

  public static ScriptedUpstream start() {
    return startOn(0);
  }

  /** Comes back on the port of one that was closed, say. */
  public static ScriptedUpstream startOn(int port) {
    try {
      return new ScriptedUpstream(port);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public int port() {
    return server.getLocalPort();
  }

  /** The base URL, without a slash at the end. */
  public URI url() {
    return URI.create("http://127.0.0.1:" + port());
  }

  /** From now on, for every client that has no answer of its own. */
  public void answer(Answer next) {
    answer = next;
  }

  /** From now on, for this {@code client_id} alone. */
  public void answer(String clientId, Answer next) {
    answers.put(clientId, next);
  }

  /** Requests are recorded from now on, and answered when {@link #release} is called. */
  public void hold() {
    gate = new CountDownLatch(1);
  }

  public void release() {
    gate.countDown();
  }

  /** How far ahead the {@code Date} of answers is. */
  public void skewDate(Duration ahead) {
    dateSkew = ahead;
  }

  public int count() {
    return requests.size();
  }

  public int count(String clientId) {
    return (int) requests.stream().filter(each -> each.clientId().equals(clientId)).count();
  }

  /** In the order of their coming. */
  public List<UpstreamRequest> requests() {
    return List.copyOf(requests);
  }

  /** Every access token that was ever given out. */
  public List<String> issuedTokens() {
    return List.copyOf(issued);
  }

  /** Answers that the other side did not wait to hear the end of. */
  public int brokenOff() {
    return brokenOff.get();
  }

  /** Ends the service, and every connection. */
  @Override
  public void close() {
    try {
      server.close();
      for (var socket : open) {
        socket.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    release();
  }

  private void acceptAll() {
    while (!server.isClosed()) {
      try {
        var socket = server.accept();
        open.add(socket);
        Thread.startVirtualThread(() -> serve(socket));
      } catch (IOException e) {
        // Closed: the loop ends.
      }
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      var request = UpstreamRequest.read(new BufferedInputStream(socket.getInputStream()));
      requests.add(request);
      gate.await();
      try {
        answers
            .getOrDefault(request.clientId(), answer)
            .send(new Exchange(request, socket.getOutputStream()));
      } catch (IOException e) {
        brokenOff.incrementAndGet();
      }
    } catch (IOException e) {
      // No request came, such as from a health check or a TLS client.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      open.remove(socket);
    }
  }

  /** One request, and the line to answer it on. */
  public final class Exchange {
    private final UpstreamRequest request;
    private final OutputStream out;

    private Exchange(UpstreamRequest request, OutputStream out) {
      this.request = request;
      this.out = out;
    }

    public UpstreamRequest request() {
      return request;
    }

    public void issued(String token) {
      issued.add(token);
    }

    /** Sends a whole answer. {@code headers} come on top of the usual ones, and win. */
    public void respond(int status, Map<String, String> headers, String body) throws IOException {
      var all = new TreeMap<String, String>(String.CASE_INSENSITIVE_ORDER);
      all.put("Content-Type", "application/json");
      all.put("Content-Length", "" + body.getBytes(UTF_8).length);
      all.put("Connection", "close");
      all.put(
          "Date",
          DateTimeFormatter.RFC_1123_DATE_TIME.format(
              Instant.now().plus(dateSkew).atOffset(ZoneOffset.UTC)));
      all.putAll(headers);
      var head = new StringBuilder("HTTP/1.1 " + status + " Scripted\r\n");
      all.forEach((name, value) -> head.append(name + ": " + value + "\r\n"));
      write(head + "\r\n" + body);
    }

    public void write(String text) throws IOException {
      write(text.getBytes(UTF_8));
    }

    public void write(byte[] bytes) throws IOException {
      out.write(bytes);
      out.flush();
    }
  }
}
