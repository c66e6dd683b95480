package shop.orders;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonProperty;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import org.eclipse.microprofile.rest.client.annotation.RegisterClientHeaders;
import org.eclipse.microprofile.rest.client.inject.RegisterRestClient;

/** The API of the token broker, called with this service account. */
@Path("/tokens/{client}")
@RegisterRestClient(configKey = "token-broker")
@RegisterClientHeaders(ServiceAccountToken.class)
interface TokenBroker {

  /** Returns a valid token. Request it each time and do not cache it: the broker has it in memory. */
  @GET
  Token token(@PathParam("client") String client);

  /** Reports that TrackMage rejected a token. Returns the token to use instead. */
  @POST
  @Path("/invalidate")
  Token replace(@PathParam("client") String client, Dead dead);

  @JsonIgnoreProperties(ignoreUnknown = true)
  record Token(
      @JsonProperty("access_token") String accessToken, @JsonProperty("token_id") String id) {

    String bearer() {
      return "Bearer " + accessToken;
    }

    /** Does not print the token itself. */
    @Override
    public String toString() {
      return "Token[" + id + "]";
    }
  }

  record Dead(@JsonProperty("token_id") String tokenId) {}
}
