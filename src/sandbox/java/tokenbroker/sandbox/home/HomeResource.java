package tokenbroker.sandbox.home;

import static jakarta.ws.rs.core.MediaType.WILDCARD;

import io.quarkus.vertx.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.Response;
import tokenbroker.pages.Page;
import tokenbroker.sandbox.web.BrowserResponses;

/** The start page. In production, this path does not exist. */
@Path("/")
@Produces(WILDCARD)
class HomeResource {

  private static final String SCRIPT = Page.text(HomeResource.class, "copy.js");

  private final HttpServer server;

  HomeResource(HttpServer server) {
    this.server = server;
  }

  @GET
  public Response show(@Context HttpServerRequest request) {
    var address = RequestedAddress.of(request, server.getPort());
    var content = HomePage.content(address, server.getManagementPort());
    return BrowserResponses.scriptedPage(HomePage.TITLE, content, SCRIPT).build();
  }
}
