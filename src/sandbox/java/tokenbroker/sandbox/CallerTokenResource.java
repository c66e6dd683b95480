package tokenbroker.sandbox;

import static jakarta.ws.rs.core.MediaType.APPLICATION_JSON;
import static jakarta.ws.rs.core.MediaType.TEXT_PLAIN;

import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import java.time.Duration;
import java.util.Map;
import java.util.Set;

/** Issues caller tokens to anyone, and publishes the key that verifies them. */
@Path("/sandbox")
class CallerTokenResource {

  private static final Duration LEAST = Duration.ofDays(-1);
  private static final Duration MOST = Duration.ofDays(30);

  /**
   * The requested content of a caller token.
   *
   * @param ttl its lifetime; negative for a token that has already expired
   */
  record Order(
      @QueryParam("subject") @DefaultValue("demo") String subject,
      @QueryParam("group") Set<String> groups,
      @QueryParam("ttl") @DefaultValue("1h") String ttl) {

    Duration lifetime() {
      return Durations.parse("ttl", ttl, LEAST, MOST);
    }
  }

  private final CallerTokens tokens;

  CallerTokenResource(CallerTokens tokens) {
    this.tokens = tokens;
  }

  @GET
  @Path("caller-token")
  @Produces(TEXT_PLAIN)
  public String get(@BeanParam Order order) {
    if (order.subject().isBlank()) {
      throw new InvalidOrder("subject is empty");
    }
    return tokens.issue(order.subject(), order.groups(), order.lifetime());
  }

  @POST
  @Path("caller-token")
  @Produces(TEXT_PLAIN)
  public String post(@BeanParam Order order) {
    return get(order);
  }

  @GET
  @Path("caller-token")
  @Produces(APPLICATION_JSON)
  public Map<String, Object> getJson(@BeanParam Order order) {
    return Map.of(
        "access_token", get(order),
        "token_type", "bearer",
        "expires_in", order.lifetime().toSeconds());
  }

  @POST
  @Path("caller-token")
  @Produces(APPLICATION_JSON)
  public Map<String, Object> postJson(@BeanParam Order order) {
    return getJson(order);
  }

  @GET
  @Path("callers/jwks.json")
  @Produces(APPLICATION_JSON)
  public String jwks() {
    return tokens.jwks();
  }
}
