package shop.orders;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonProperty;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import org.eclipse.microprofile.rest.client.annotation.RegisterClientHeaders;
import org.eclipse.microprofile.rest.client.inject.RegisterRestClient;

/** The token broker, as this service account. */
@Path("/tokens/{client}")
@RegisterRestClient(configKey = "token-broker")
@RegisterClientHeaders(ServiceAccountToken.class)
interface TokenBroker {

  /** A live token. The broker answers from memory: ask each time, and keep nothing. */
  @GET
  Token token(@PathParam("client") String client);

  /** "TrackMage refused this token." Answers with the one to use from now on. */
  @POST
  @Path("/invalidate")
  Token replace(@PathParam("client") String client, Dead dead);

  @JsonIgnoreProperties(ignoreUnknown = true)
  record Token(
      @JsonProperty("access_token") String accessToken, @JsonProperty("token_id") String id) {

    String bearer() {
      return "Bearer " + accessToken;
    }

    /** Never the token itself. */
    @Override
    public String toString() {
      return "Token[" + id + "]";
    }
  }

  record Dead(@JsonProperty("token_id") String tokenId) {}
}
