package tokenbroker.sandbox.web;

import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import tokenbroker.pages.Html;
import tokenbroker.pages.Page;

/**
 * Responses to browsers: pages and redirects. A page has no scripts and no external content, and
 * works on a phone.
 */
public final class BrowserResponses {

  /**
   * The policy has no {@code form-action}, because browsers apply it to the redirect after a form
   * as well. That redirect may lead to any client.
   */
  private static final String CONTENT_SECURITY_POLICY = Page.POLICY + "; img-src data:";

  private BrowserResponses() {}

  /**
   * Returns a page, to which headers and cookies can be added.
   *
   * @param title also the heading of the page
   */
  public static Response.ResponseBuilder page(int status, String title, Html content) {
    var page =
        new Page(
            title + " - TrackMage sandbox",
            new Html("<link rel=\"icon\" href=\"data:,\">\n"),
            Html.of("<main>\n<h1>{}</h1>\n{}</main>\n", title, content));
    return uncached(Response.status(status))
        .type(Page.CONTENT_TYPE)
        .header("Content-Security-Policy", CONTENT_SECURITY_POLICY)
        .header("X-Content-Type-Options", "nosniff")
        .entity(page.html());
  }

  /**
   * Returns a redirect.
   *
   * @param status 302, or 303 so that the browser sends a GET after a POST
   */
  public static Response.ResponseBuilder redirect(int status, String location) {
    return uncached(Response.status(status)).header(HttpHeaders.LOCATION, location);
  }

  /** Prevents caching and referrers, because the URLs contain authorization codes. */
  private static Response.ResponseBuilder uncached(Response.ResponseBuilder response) {
    return response
        .header(HttpHeaders.CACHE_CONTROL, "no-store")
        .header("Referrer-Policy", "no-referrer");
  }
}
