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
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * TrackMage's token endpoint on a real socket. It records each request, and sends the {@link
 * Answer} that the test has set, whatever the path. By default, each client gets a new token. It
 * serves one request per connection.
 */
public final class ScriptedUpstream implements AutoCloseable {

  private final ServerSocket server;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final Queue<UpstreamRequest> requests = new ConcurrentLinkedQueue<>();
  private final Queue<String> issued = new ConcurrentLinkedQueue<>();
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

  /** Starts on a given port, such as that of an upstream that was closed. */
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

  /** Sets the answer for every client that has no answer of its own. */
  public void answer(Answer next) {
    answer = next;
  }

  /** Sets the answer for one {@code client_id}. */
  public void answer(String clientId, Answer next) {
    answers.put(clientId, next);
  }

  /** Records requests from now on, and answers them only after {@link #release}. */
  public void hold() {
    gate = new CountDownLatch(1);
  }

  public void release() {
    gate.countDown();
  }

  /** Sets how far the {@code Date} header is ahead of the real time. */
  public void skewDate(Duration ahead) {
    dateSkew = ahead;
  }

  public int count() {
    return requests.size();
  }

  public int count(String clientId) {
    return (int) requests.stream().filter(each -> each.clientId().equals(clientId)).count();
  }

  /** All requests so far, in order. */
  public List<UpstreamRequest> requests() {
    return List.copyOf(requests);
  }

  /** All access tokens that were issued so far. */
  public List<String> issuedTokens() {
    return List.copyOf(issued);
  }

  /** Returns how many responses could not be sent completely, because the client had closed. */
  public int brokenOff() {
    return brokenOff.get();
  }

  /** Closes the server and every connection. */
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

  /** One request and its connection. */
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

    /** Records an access token as issued. */
    public void issued(String token) {
      issued.add(token);
    }

    /** Sends a complete response. {@code headers} override the usual ones. */
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
