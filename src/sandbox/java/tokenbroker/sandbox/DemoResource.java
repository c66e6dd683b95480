package tokenbroker.sandbox;

import static jakarta.ws.rs.core.MediaType.APPLICATION_FORM_URLENCODED;
import static jakarta.ws.rs.core.MediaType.WILDCARD;

import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.CookieParam;
import jakarta.ws.rs.FormParam;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.NewCookie;
import jakarta.ws.rs.core.Response;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A service of the company, as its users see it. */
@Path("/sandbox/demo")
@Produces(WILDCARD)
@RunOnVirtualThread
class DemoResource {

  /**
   * The cookie with the state that the answer to a connection attempt must return. It exists until
   * then.
   */
  private static final String STATE = "sandbox-demo-state";

  private static final Duration PATIENCE = Duration.ofMinutes(15);

  /**
   * The query parameters with which the page was opened.
   *
   * @param call the connection whose token the page is to use
   * @param cursor the start of the page in the list of connections
   * @param result the result of a connection attempt; error and state come from the same answer
   */
  record Opening(
      @QueryParam("call") @Nullable String call,
      @QueryParam("disconnected") @Nullable String disconnected,
      @QueryParam("cursor") @Nullable String cursor,
      @QueryParam("result") @Nullable String result,
      @QueryParam("error") @Nullable String error,
      @QueryParam("state") @Nullable String state) {

    boolean isReturn() {
      return result != null || error != null;
    }
  }

  private final DemoService service;

  DemoResource(DemoService service) {
    this.service = service;
  }

  @GET
  public Response show(
      @BeanParam Opening opening, @CookieParam(STATE) @Nullable String expectedState) {
    var page = page(200, message(opening, expectedState), opening.cursor());
    return opening.isReturn() ? page.cookie(state("", Duration.ZERO)).build() : page.build();
  }

  @POST
  @Path("connect")
  public Response connect() {
    var state = RandomText.next();
    return switch (service.connect(state)) {
      case BrokerAnswer.Good(var body) ->
          Pages.redirect(303, body.path("authorization_url").asText())
              .cookie(state(state, PATIENCE))
              .build();
      case BrokerAnswer.Bad(var problem) -> page(502, DemoPage.problem(problem), null).build();
    };
  }

  @POST
  @Path("disconnect")
  @Consumes(APPLICATION_FORM_URLENCODED)
  public Response disconnect(@FormParam("connection") @Nullable String connection) {
    return switch (service.disconnect(connection == null ? "" : connection)) {
      case BrokerAnswer.Good _ -> Pages.redirect(303, "/sandbox/demo?disconnected=yes").build();
      case BrokerAnswer.Bad(var problem) -> page(502, DemoPage.problem(problem), null).build();
    };
  }

  private Response.ResponseBuilder page(int status, Html message, @Nullable String cursor) {
    var content = DemoPage.content(message, service.address(), service.connections(cursor));
    return Pages.show(status, DemoPage.TITLE, content);
  }

  private Html message(Opening opening, @Nullable String expectedState) {
    if (opening.isReturn()) {
      return answer(opening, expectedState);
    }
    if (opening.call() != null) {
      return call(opening.call());
    }
    return opening.disconnected() == null ? Html.NOTHING : DemoPage.disconnected();
  }

  /**
   * Handles the answer to a connection attempt. An answer without this browser's state may come
   * from anyone. The broker checks the state as well, so a service that forgets the check does not
   * connect another user's account.
   */
  private Html answer(Opening opening, @Nullable String expectedState) {
    if (expectedState == null || !expectedState.equals(opening.state())) {
      return DemoPage.foreign();
    }
    if (opening.result() == null) {
      return DemoPage.notConnected(String.valueOf(opening.error()));
    }
    return switch (service.redeem(opening.result(), expectedState)) {
      case BrokerAnswer.Good(var body) -> DemoPage.connected(body.path("connection").asText());
      case BrokerAnswer.Bad(var problem) -> DemoPage.problem(problem);
    };
  }

  private Html call(String connection) {
    return switch (service.token(connection)) {
      case BrokerAnswer.Good(var token) ->
          DemoPage.called(token, service.workspaces(token.path("access_token").asText()));
      case BrokerAnswer.Bad(var problem) -> DemoPage.problem(problem);
    };
  }

  private NewCookie state(String value, Duration life) {
    return new NewCookie.Builder(STATE)
        .value(value)
        .path("/sandbox/demo")
        .maxAge((int) life.toSeconds())
        .httpOnly(true)
        .secure(service.address().startsWith("https:"))
        .sameSite(NewCookie.SameSite.LAX)
        .build();
  }
}
