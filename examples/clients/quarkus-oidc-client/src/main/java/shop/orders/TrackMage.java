package shop.orders;

import io.quarkus.oidc.client.filter.OidcClientFilter;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Response;
import org.eclipse.microprofile.rest.client.inject.RegisterRestClient;

/** TrackMage's API. {@link OidcClientFilter} adds the access token to each request. */
@OidcClientFilter
@RegisterRestClient(configKey = "trackmage")
interface TrackMage {

  @GET
  @Path("/workspaces")
  Response workspaces(@QueryParam("itemsPerPage") int itemsPerPage);
}
