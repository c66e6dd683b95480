package tokenbroker.sandbox.issuer;

import static jakarta.ws.rs.core.MediaType.APPLICATION_JSON;
import static jakarta.ws.rs.core.MediaType.TEXT_PLAIN;
import static jakarta.ws.rs.core.MediaType.WILDCARD;

import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import tokenbroker.sandbox.web.DurationParameter;
import tokenbroker.sandbox.web.InvalidRequestException;

/** The endpoints that issue caller tokens to anyone, and publish the key that verifies them. */
@Path("/sandbox")
class CallerTokenResource {

  private static final Duration MIN_LIFETIME = Duration.ofDays(-1);
  private static final Duration MAX_LIFETIME = Duration.ofDays(30);

  /**
   * The parameters of a request for a caller token.
   *
   * @param subject the {@code sub} claim
   * @param groups the {@code groups} claim
   * @param ttl the lifetime, such as {@code 30s}; negative for a token that has already expired
   */
  record Parameters(
      @QueryParam("subject") @DefaultValue("demo") String subject,
      @QueryParam("group") Set<String> groups,
      @QueryParam("ttl") @DefaultValue("1h") String ttl) {

    Duration lifetime() {
      return DurationParameter.parse("ttl", ttl, MIN_LIFETIME, MAX_LIFETIME);
    }
  }

  private final CallerTokenIssuer issuer;

  CallerTokenResource(CallerTokenIssuer issuer) {
    this.issuer = issuer;
  }

  @GET
  @Path("caller-token")
  @Produces(TEXT_PLAIN)
  public String get(@BeanParam Parameters parameters) {
    if (parameters.subject().isBlank()) {
      throw new InvalidRequestException("subject is empty; it must name a caller, such as demo");
    }
    return issuer.issue(parameters.subject(), parameters.groups(), parameters.lifetime());
  }

  @POST
  @Path("caller-token")
  @Consumes(WILDCARD)
  @Produces(TEXT_PLAIN)
  public String post(@BeanParam Parameters parameters, String body) {
    rejectBody(body);
    return get(parameters);
  }

  @GET
  @Path("caller-token")
  @Produces(APPLICATION_JSON)
  public Map<String, Object> getJson(@BeanParam Parameters parameters) {
    return Map.of(
        "access_token", get(parameters),
        "token_type", "bearer",
        "expires_in", parameters.lifetime().toSeconds());
  }

  @POST
  @Path("caller-token")
  @Consumes(WILDCARD)
  @Produces(APPLICATION_JSON)
  public Map<String, Object> postJson(@BeanParam Parameters parameters, String body) {
    rejectBody(body);
    return getJson(parameters);
  }

  /** Rejects parameters in a form, which would have no effect. */
  private static void rejectBody(String body) {
    if (!body.isBlank()) {
      throw new InvalidRequestException(
          "the request has a body; send the parameters subject, group and ttl in the query, such as"
              + " ?subject=demo");
    }
  }

  @GET
  @Path("callers/jwks.json")
  @Produces(APPLICATION_JSON)
  public String jwks() {
    return issuer.jwks();
  }
}
