package tokenbroker.http;

import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.Cookie;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MultivaluedMap;
import jakarta.ws.rs.core.NewCookie;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.net.URI;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jboss.resteasy.reactive.RestPath;
import org.jspecify.annotations.Nullable;
import tokenbroker.connections.Authorization;
import tokenbroker.connections.AuthorizationId;
import tokenbroker.connections.Authorizations;
import tokenbroker.tokens.StoreUnavailable;

/**
 * What browsers see of the authorization-code flow: redirects, and pages where there is nowhere to
 * send them. Whoever comes here is not known, so nothing that came along is shown.
 */
@RunOnVirtualThread
@Path("")
class BrowserResource {

  /** Fits a query; RFC 6749 appendix A.11 has no length. */
  private static final Pattern CODE = Pattern.compile("[ -~]{1,2048}");

  private static final int LONGEST_ERROR = 256;

  private final Authorizations authorizations;

  BrowserResource(Authorizations authorizations) {
    this.authorizations = authorizations;
  }

  @GET
  @Path("connect/{authorization}")
  public Response connect(@RestPath String authorization, @Context HttpHeaders headers) {
    if (!authorizations.areOn()) {
      return Page.NOT_FOUND.response();
    }
    try {
      return AuthorizationId.parse(authorization)
          .flatMap(id -> authorizations.visit(id, cookie(headers)))
          .map(
              consent ->
                  Page.redirect(Response.Status.FOUND, consent.page())
                      .cookie(newCookie(consent.cookie()))
                      .build())
          .orElseGet(Page.EXPIRED::response);
    } catch (StoreUnavailable e) {
      return Page.UNAVAILABLE.response();
    }
  }

  @GET
  @Path("oauth/callback")
  public Response comeBack(@Context UriInfo uri, @Context HttpHeaders headers) {
    if (!authorizations.areOn()) {
      return Page.NOT_FOUND.response();
    }
    var query = uri.getQueryParameters();
    var id = single(query, "state").flatMap(AuthorizationId::parse);
    var code = single(query, "code").filter(text -> CODE.matcher(text).matches());
    var error = single(query, "error").filter(text -> text.length() <= LONGEST_ERROR);
    if (id.isEmpty() || query.containsKey("code") == query.containsKey("error")) {
      return Page.MALFORMED.response();
    }
    try {
      if (code.isPresent()) {
        return sent(authorizations.comeBackWith(id.get(), code.get(), cookie(headers)));
      }
      return error.isPresent()
          ? sent(authorizations.comeBackWithout(id.get(), error.get(), cookie(headers)))
          : Page.MALFORMED.response();
    } catch (StoreUnavailable e) {
      return Page.UNAVAILABLE.response();
    }
  }

  private static Response sent(Optional<URI> to) {
    return to.map(address -> Page.redirect(Response.Status.SEE_OTHER, address).build())
        .orElseGet(Page.EXPIRED::response);
  }

  /** Empty where the parameter is missing, empty, or there more than once. */
  private static Optional<String> single(MultivaluedMap<String, String> query, String name) {
    var values = query.get(name);
    return values == null || values.size() != 1 || values.getFirst().isEmpty()
        ? Optional.empty()
        : Optional.of(values.getFirst());
  }

  private @Nullable String cookie(HttpHeaders headers) {
    Map<String, Cookie> cookies = headers.getCookies();
    var cookie = cookies.get(cookieName());
    return cookie == null ? null : cookie.getValue();
  }

  private NewCookie newCookie(String value) {
    return new NewCookie.Builder(cookieName())
        .value(value)
        .path("/")
        .maxAge((int) Authorization.LIFE.toSeconds())
        .httpOnly(true)
        .secure(authorizations.areSecure())
        .sameSite(NewCookie.SameSite.LAX)
        .build();
  }

  /** The prefix makes browsers insist on what it promises; without TLS they would refuse it. */
  private String cookieName() {
    return authorizations.areSecure() ? "__Host-token-broker" : "token-broker";
  }
}
