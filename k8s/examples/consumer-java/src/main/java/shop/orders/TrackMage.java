package shop.orders;

import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.HttpHeaders;
import org.eclipse.microprofile.rest.client.inject.RegisterRestClient;

/** The part of TrackMage's API that this service uses. */
@RegisterRestClient(configKey = "trackmage")
interface TrackMage {

  @GET
  @Path("/workspaces")
  String workspaces(
      @HeaderParam(HttpHeaders.AUTHORIZATION) String bearer,
      @QueryParam("itemsPerPage") int itemsPerPage);
}
