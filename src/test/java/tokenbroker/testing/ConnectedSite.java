package tokenbroker.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** Brokers whose callers let users connect accounts, over a Redis that keeps its data. */
public final class ConnectedSite implements AutoCloseable {

  public static final String SHOP = "system:serviceaccount:shop:orders";
  public static final String RETURN_TO = "https://shop.example/connected?from=trackmage";

  private static final JsonMapper JSON = new JsonMapper();

  public final RealRedis redis;
  public final ScriptedUpstream upstream = ScriptedUpstream.start();
  public final TrackMageUsers users = new TrackMageUsers();
  public final CallerTokens issuer = new CallerTokens("k1");
  public final BrokerFiles files;
  public final String caller = issuer.token(SHOP);
  private final List<BrokerProcess> brokers = new ArrayList<>();

  /**
   * @param directory of the test's own
   */
  public ConnectedSite(Path directory) {
    redis =
        new RealRedis(
            "--appendonly", "yes", "--appendfsync", "always", "--dir", directory.toString());
    upstream.answer(users);
    files = new BrokerFiles(directory).callerKeys(issuer);
    var callers = "callers: [ { issuer: test, subject: \"" + SHOP + "\" } ]";
    var returnTo = "return-to: [ \"" + RETURN_TO + "\" ]";
    files.clients(
        """
        upstreams:
          test: { base-url: "%1$s" }
          documented: { base-url: "%1$s", exchange-path: /oauth/v2/auth }
        clients:
          acme: { upstream: test, %2$s, %3$s }
          bolt: { upstream: documented, %2$s, %3$s }
          other: { upstream: test, %2$s, callers: [ { issuer: test, subject: "system:serviceaccount:other:one" } ] }
          closed: { upstream: test, %3$s }
        """
            .formatted(upstream.url(), returnTo, callers));
    for (var client : List.of("acme", "bolt", "other", "closed")) {
      files.credentials(client, "id-" + client, "secret-of-" + client);
    }
  }

  /** A broker at a fixed public address, which is its own. */
  public BrokerProcess.Settings settings() {
    return BrokerProcess.with(files)
        .with("quarkus.redis.hosts", redis.url())
        .with("broker.upstream.timeout", "2s")
        .with("broker.upstream.backoff", "1s…2s")
        .with("broker.clients.reload-every", "1s")
        .with("broker.tokens.safety-window", "1s")
        .with("broker.connections.public-url", "http://127.0.0.1:1");
  }

  public BrokerProcess start() {
    return start(settings());
  }

  public BrokerProcess start(BrokerProcess.Settings settings) {
    var broker = settings.start();
    brokers.add(broker);
    return broker;
  }

  public HttpResponse<String> begin(BrokerProcess broker, String client, String state) {
    return broker.post(
        "/clients/" + client + "/authorizations",
        caller,
        "{\"return_to\": \"" + RETURN_TO + "\", \"state\": \"" + state + "\"}");
  }

  /** The address that a user's browser is to be sent to, at this broker. */
  public URI address(BrokerProcess broker, HttpResponse<String> begun) {
    var path = URI.create(json(begun).path("authorization_url").textValue()).getPath();
    return broker.url(path);
  }

  /** All the way; gives where the browser ends up. */
  public URI connect(BrokerProcess broker, String client, String user) {
    try (var browser = new Browser()) {
      var consent = Browser.location(browser.get(address(broker, begin(broker, client, "s"))));
      return Browser.location(
          browser.get(
              broker.url(
                  "/oauth/callback?state="
                      + Browser.query(consent).get("state")
                      + "&code="
                      + TrackMageUsers.code(user))));
    }
  }

  /** Redeems what a browser brought, with the state of the service's own session. */
  public HttpResponse<String> redeem(
      BrokerProcess broker, String client, String result, String state) {
    return broker.post(
        "/clients/" + client + "/authorizations/redeem",
        caller,
        "{\"result\": \"" + result + "\", \"state\": \"" + state + "\"}");
  }

  /** Connects a user, and gives the connection's id. */
  public String connection(BrokerProcess broker, String client, String user) {
    return redeemed(broker, client, connect(broker, client, user));
  }

  /** Redeems what {@link #connect} gave; gives the connection's id. */
  public String redeemed(BrokerProcess broker, String client, URI back) {
    var result = Objects.requireNonNull(Browser.query(back).get("result"));
    var redeemed = redeem(broker, client, result, "s");
    if (redeemed.statusCode() != 200) {
      throw new AssertionError("not redeemed: " + redeemed.body());
    }
    return json(redeemed).required("connection").textValue();
  }

  public HttpResponse<String> token(BrokerProcess broker, String client, String connection) {
    return broker.get("/tokens/" + client + "/connections/" + connection, caller);
  }

  public HttpResponse<String> delete(BrokerProcess broker, String client, String connection) {
    return broker.send(
        broker
            .request("/clients/" + client + "/connections/" + connection, caller)
            .DELETE()
            .build());
  }

  public int renewals() {
    return refreshTokens().size();
  }

  /** What was sent to renew, in its order. */
  public List<String> refreshTokens() {
    return upstream.requests().stream()
        .filter(request -> "refresh_token".equals(request.parameters().get("grant_type")))
        .map(request -> request.parameters().getOrDefault("refresh_token", ""))
        .toList();
  }

  public static JsonNode json(HttpResponse<String> response) {
    try {
      return JSON.readTree(response.body());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The whole answer to a request that no client would send. */
  public static String raw(int port, String request) {
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(10_000);
      socket.getOutputStream().write(request.getBytes(UTF_8));
      return new String(socket.getInputStream().readAllBytes(), UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    brokers.forEach(BrokerProcess::close);
    upstream.close();
    redis.close();
  }
}
