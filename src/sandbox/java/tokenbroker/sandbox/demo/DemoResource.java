package tokenbroker.sandbox.demo;

import static jakarta.ws.rs.core.MediaType.APPLICATION_FORM_URLENCODED;
import static jakarta.ws.rs.core.MediaType.WILDCARD;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
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
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tokenbroker.pages.Html;
import tokenbroker.sandbox.crypto.RandomString;
import tokenbroker.sandbox.web.BrowserResponses;
import tokenbroker.time.Clocks;

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

  /** The number of exchanges that are kept until the browser comes back for them. */
  private static final int KEPT_EXCHANGES = 100;

  /**
   * The query parameters with which the page was opened.
   *
   * @param call the connection whose token the page must use for a call
   * @param disconnected present if an account was just disconnected; the key of the exchange
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

  /** Exchanges that the page shows after a redirect, by the state or the key in the redirect. */
  private final Cache<String, Exchange> earlier =
      Caffeine.newBuilder().maximumSize(KEPT_EXCHANGES).expireAfterWrite(STATE_LIFETIME).build();

  private final DemoService service;
  private final Clock clock;

  DemoResource(DemoService service, Clocks clocks) {
    this.service = service;
    this.clock = clocks.clock();
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
    var result = service.connect(state);
    earlier.put(state, result.exchange());
    return switch (result) {
      case CallResult.Success(var body, _) ->
          BrowserResponses.redirect(303, body.path("authorization_url").asText())
              .cookie(stateCookie(state, STATE_LIFETIME))
              .build();
      case CallResult.Failure failure -> problem(failure);
    };
  }

  @POST
  @Path("disconnect")
  @Consumes(APPLICATION_FORM_URLENCODED)
  public Response disconnect(@FormParam("connection") @Nullable String connection) {
    return switch (service.disconnect(connection == null ? "" : connection)) {
      case CallResult.Success(_, var exchange) -> {
        var key = RandomString.next();
        earlier.put(key, exchange);
        yield BrowserResponses.redirect(303, "/sandbox/demo?disconnected=" + key).build();
      }
      case CallResult.Failure failure -> problem(failure);
    };
  }

  private Response problem(CallResult.Failure failure) {
    return page(502, problemAnd(List.of(), failure), null).build();
  }

  private static Html problemAnd(List<Exchange> before, CallResult.Failure failure) {
    return DemoPage.problem(failure.message(), with(before, failure));
  }

  private Response.ResponseBuilder page(int status, Html message, @Nullable String cursor) {
    var connections = service.connections(cursor);
    var content = DemoPage.content(message, service.url(), connections, clock.instant());
    return BrowserResponses.page(status, DemoPage.TITLE, content);
  }

  private Html message(Opening opening, @Nullable String expectedState) {
    if (opening.hasResult()) {
      return result(opening, expectedState);
    }
    if (opening.call() != null) {
      return call(opening.call());
    }
    return opening.disconnected() == null
        ? Html.EMPTY
        : DemoPage.disconnected(earlier(opening.disconnected()));
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
    var begun = earlier(expectedState);
    if (opening.result() == null) {
      return DemoPage.notConnected(String.valueOf(opening.error()), begun);
    }
    var redeemed = service.redeem(opening.result(), expectedState);
    return switch (redeemed) {
      case CallResult.Success(var body, _) -> DemoPage.connected(body, with(begun, redeemed));
      case CallResult.Failure failure -> problemAnd(begun, failure);
    };
  }

  private Html call(String connection) {
    var fetched = service.token(connection);
    return switch (fetched) {
      case CallResult.Success(var token, var exchange) -> {
        var called = service.workspaces(token.path("access_token").asText());
        yield DemoPage.called(token, called, with(List.of(exchange), called), clock.instant());
      }
      case CallResult.Failure failure -> problemAnd(List.of(), failure);
    };
  }

  /** Returns the exchange that was kept for the browser; empty if it is gone. */
  private List<Exchange> earlier(String key) {
    var exchange = earlier.asMap().remove(key);
    return exchange == null ? List.of() : List.of(exchange);
  }

  private static List<Exchange> with(List<Exchange> before, CallResult last) {
    return Stream.concat(before.stream(), Stream.of(last.exchange())).toList();
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
