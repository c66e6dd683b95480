package tokenbroker.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static tokenbroker.testing.Responses.json;

import java.net.URI;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;

/** A {@link Site} whose callers let users connect accounts. Its Redis keeps its data on disk. */
public final class ConnectedSite extends Site {

  public static final String RETURN_TO = "https://shop.example/connected?from=trackmage";

  private final TrackMageUsers users = new TrackMageUsers();
  private final AtomicInteger newUsers = new AtomicInteger();

  public ConnectedSite() {
    redis("--appendonly", "yes", "--appendfsync", "always");
    with("broker.upstream.timeout", "2s");
    with("broker.upstream.backoff", "1s…2s");
    with("broker.clients.reload-every", "1s");
    with("broker.tokens.safety-window", "1s");
    // A fixed address for all brokers; `address` replaces it by that of one broker.
    with("broker.connections.public-url", "http://127.0.0.1:1");
  }

  @Override
  public ConnectedSite brokers(int replicas) {
    super.brokers(replicas);
    return this;
  }

  /** The upstream's users and what they have allowed. */
  public TrackMageUsers users() {
    return users;
  }

  @Override
  protected void prepare() {
    upstream().answer(users);
    var callers = "callers: [ { issuer: test, subject: \"" + Clients.CALLER + "\" } ]";
    var returnTo = "return-to: [ \"" + RETURN_TO + "\" ]";
    files()
        .clients(
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
                .formatted(upstream().url(), returnTo, callers));
    for (var client : List.of("acme", "bolt", "other", "closed")) {
      files().credentials(client, "id-" + client, "secret-of-" + client);
    }
  }

  /** Begins an authorization for a client, as a service does for its user. */
  public HttpResponse<String> begin(BrokerProcess broker, String client, String state) {
    return broker.post(
        "/clients/" + client + "/authorizations",
        caller(),
        "{\"return_to\": \"" + RETURN_TO + "\", \"state\": \"" + state + "\"}");
  }

  /** Returns the address for the user's browser, at the port of this broker. */
  public URI address(BrokerProcess broker, HttpResponse<String> begun) {
    var path = URI.create(json(begun).path("authorization_url").textValue()).getPath();
    return broker.url(path);
  }

  /** Plays a browser that authorizes a client. Returns the address to which it is sent back. */
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

  /** Redeems a result that a browser brought, with the state of the service's own session. */
  public HttpResponse<String> redeem(
      BrokerProcess broker, String client, String result, String state) {
    return broker.post(
        "/clients/" + client + "/authorizations/redeem",
        caller(),
        "{\"result\": \"" + result + "\", \"state\": \"" + state + "\"}");
  }

  /** Connects a user, and returns the id of the connection. */
  public String connection(BrokerProcess broker, String client, String user) {
    return redeemed(broker, client, connect(broker, client, user));
  }

  /** Redeems the result of {@link #connect}, and returns the id of the connection. */
  public String redeemed(BrokerProcess broker, String client, URI back) {
    var result = Objects.requireNonNull(Browser.query(back).get("result"));
    var redeemed = redeem(broker, client, result, "s");
    if (redeemed.statusCode() != 200) {
      throw new AssertionError("not redeemed: " + redeemed.body());
    }
    return json(redeemed).required("connection").textValue();
  }

  public HttpResponse<String> token(BrokerProcess broker, String client, String connection) {
    return broker.get("/tokens/" + client + "/connections/" + connection, caller());
  }

  /**
   * Reports a connection's current token as dead, which uses up its refresh token.
   *
   * @return whether the broker replaced the token
   */
  public boolean isReplaced(BrokerProcess broker, String client, String connection) {
    var dead = json(token(broker, client, connection)).path("token_id").textValue();
    var answer =
        broker.post(
            "/tokens/" + client + "/connections/" + connection + "/invalidate",
            caller(),
            "{\"token_id\": \"" + dead + "\"}");
    return json(answer).path("replaced").booleanValue();
  }

  public HttpResponse<String> delete(BrokerProcess broker, String client, String connection) {
    return broker.send(
        broker
            .request("/clients/" + client + "/connections/" + connection, caller())
            .DELETE()
            .build());
  }

  /**
   * Asserts that two replicas serve the same tokens, hear of each other's changes, and refresh each
   * other's connections. It reports the tokens of {@code acme} and {@code bolt} as dead.
   */
  public void assertShared(BrokerProcess one, BrokerProcess two) {
    await().untilAsserted(() -> assertThat(List.of(one, two)).allMatch(ConnectedSite::hears));
    await()
        .untilAsserted(
            () -> assertThat(tokenId(two, "/tokens/acme")).isEqualTo(tokenId(one, "/tokens/acme")));
    assertAReportReachesTheOther(one, two, "/tokens/acme");
    assertAReportReachesTheOther(two, one, "/tokens/bolt");
    assertConnectionsAreShared(one, two);
  }

  /** Asserts that each replica refreshes the connection that a new user made at the other. */
  public void assertConnectionsAreShared(BrokerProcess one, BrokerProcess two) {
    var user = "user-" + newUsers.incrementAndGet();
    var first = "/tokens/acme/connections/" + connection(one, "acme", user);
    var second = "/tokens/bolt/connections/" + connection(two, "bolt", user);
    assertAReportReachesTheOther(two, one, first);
    assertAReportReachesTheOther(one, two, second);
  }

  /** A token that one replica replaces leaves the other's memory. */
  private void assertAReportReachesTheOther(BrokerProcess by, BrokerProcess other, String path) {
    var dead = tokenId(other, path);
    var answer = by.post(path + "/invalidate", caller(), "{\"token_id\": \"" + dead + "\"}");
    assertThat(json(answer).path("replaced").booleanValue()).as(answer.body()).isTrue();
    var fresh = json(answer).path("token_id").textValue();
    await().untilAsserted(() -> assertThat(tokenId(other, path)).isEqualTo(fresh));
  }

  private static boolean hears(BrokerProcess broker) {
    return broker.managementGet("/q/health/ready").contains("\"heard\"");
  }

  private String tokenId(BrokerProcess broker, String path) {
    return broker.get(path, caller()).headers().firstValue("Token-Id").orElseThrow();
  }

  /** How often a broker has renewed a connection. */
  public int renewals() {
    return refreshTokens().size();
  }

  /** The refresh tokens that brokers have used, in order. */
  public List<String> refreshTokens() {
    return upstream().requests().stream()
        .filter(request -> "refresh_token".equals(request.parameters().get("grant_type")))
        .map(request -> request.parameters().getOrDefault("refresh_token", ""))
        .toList();
  }
}
