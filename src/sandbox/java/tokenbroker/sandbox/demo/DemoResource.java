package tokenbroker.sandbox.demo;

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
import tokenbroker.pages.Html;
import tokenbroker.sandbox.crypto.RandomString;
import tokenbroker.sandbox.web.BrowserResponses;

/** The demo site, as a user's browser sees it. */
@Path("/sandbox/demo")
@Produces(WILDCARD)
@RunOnVirtualThread
class DemoResource {

  /**
   * The cookie with the state of a connection attempt. The result must contain the same state. The
   * cookie is deleted when the result arrives.
   */
  private static final String STATE_COOKIE = "sandbox-demo-state";

  private static final Duration STATE_LIFETIME = Duration.ofMinutes(15);

  /**
   * The query parameters with which the page was opened.
   *
   * @param call the connection whose token the page must use for a call
   * @param disconnected present if an account was just disconnected
   * @param cursor the position in the list of connections
   * @param result the result of a connection attempt; null if there is none or it failed
   * @param error the error of a connection attempt; null if there is none or it succeeded
   * @param state the state of the connection attempt
   */
  record Opening(
      @QueryParam("call") @Nullable String call,
      @QueryParam("disconnected") @Nullable String disconnected,
      @QueryParam("cursor") @Nullable String cursor,
      @QueryParam("result") @Nullable String result,
      @QueryParam("error") @Nullable String error,
      @QueryParam("state") @Nullable String state) {

    boolean hasResult() {
      return result != null || error != null;
    }
  }

  private final DemoService service;

  DemoResource(DemoService service) {
    this.service = service;
  }

  @GET
  public Response show(
      @BeanParam Opening opening, @CookieParam(STATE_COOKIE) @Nullable String expectedState) {
    var page = page(200, message(opening, expectedState), opening.cursor());
    return opening.hasResult() ? page.cookie(stateCookie("", Duration.ZERO)).build() : page.build();
  }

  @POST
  @Path("connect")
  public Response connect() {
    var state = RandomString.next();
    return switch (service.connect(state)) {
      case CallResult.Success(var body) ->
          BrowserResponses.redirect(303, body.path("authorization_url").asText())
              .cookie(stateCookie(state, STATE_LIFETIME))
              .build();
      case CallResult.Failure(var problem) -> page(502, DemoPage.problem(problem), null).build();
    };
  }

  @POST
  @Path("disconnect")
  @Consumes(APPLICATION_FORM_URLENCODED)
  public Response disconnect(@FormParam("connection") @Nullable String connection) {
    return switch (service.disconnect(connection == null ? "" : connection)) {
      case CallResult.Success _ ->
          BrowserResponses.redirect(303, "/sandbox/demo?disconnected=yes").build();
      case CallResult.Failure(var problem) -> page(502, DemoPage.problem(problem), null).build();
    };
  }

  private Response.ResponseBuilder page(int status, Html message, @Nullable String cursor) {
    var content = DemoPage.content(message, service.url(), service.connections(cursor));
    return BrowserResponses.page(status, DemoPage.TITLE, content);
  }

  private Html message(Opening opening, @Nullable String expectedState) {
    if (opening.hasResult()) {
      return result(opening, expectedState);
    }
    if (opening.call() != null) {
      return call(opening.call());
    }
    return opening.disconnected() == null ? Html.EMPTY : DemoPage.disconnected();
  }

  /**
   * Handles the result of a connection attempt. A result without this browser's state may come from
   * anyone. The broker checks the state as well, so that a service that forgets the check does not
   * connect another user's account.
   */
  private Html result(Opening opening, @Nullable String expectedState) {
    if (expectedState == null || !expectedState.equals(opening.state())) {
      return DemoPage.unexpectedResult();
    }
    if (opening.result() == null) {
      return DemoPage.notConnected(String.valueOf(opening.error()));
    }
    return switch (service.redeem(opening.result(), expectedState)) {
      case CallResult.Success(var body) -> DemoPage.connected(body.path("connection").asText());
      case CallResult.Failure(var problem) -> DemoPage.problem(problem);
    };
  }

  private Html call(String connection) {
    return switch (service.token(connection)) {
      case CallResult.Success(var token) ->
          DemoPage.called(token, service.workspaces(token.path("access_token").asText()));
      case CallResult.Failure(var problem) -> DemoPage.problem(problem);
    };
  }

  private NewCookie stateCookie(String value, Duration lifetime) {
    return new NewCookie.Builder(STATE_COOKIE)
        .value(value)
        .path("/sandbox/demo")
        .maxAge((int) lifetime.toSeconds())
        .httpOnly(true)
        .secure(service.url().startsWith("https:"))
        .sameSite(NewCookie.SameSite.LAX)
        .build();
  }
}
