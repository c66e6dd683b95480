package shop.orders;

import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import org.eclipse.microprofile.rest.client.inject.RegisterRestClient;

/** The part of TrackMage's API that this service uses. */
@RegisterRestClient(configKey = "trackmage")
interface TrackMage {

  /** Without {@code @Produces}, the client would ask for text, because the result is a String. */
  @GET
  @Path("/workspaces")
  @Produces(MediaType.APPLICATION_JSON)
  String workspaces(
      @HeaderParam(HttpHeaders.AUTHORIZATION) String bearer,
      @QueryParam("itemsPerPage") int itemsPerPage);
}
