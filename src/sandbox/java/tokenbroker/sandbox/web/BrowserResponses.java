package tokenbroker.sandbox.web;

import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import tokenbroker.pages.Html;
import tokenbroker.pages.Page;

/**
 * Responses to browsers: pages and redirects. A page says that it belongs to a sandbox, has no
 * external content, and works on a phone and without scripts.
 */
public final class BrowserResponses {

  /** A key, as an image that the page itself contains. */
  private static final Html HEAD =
      new Html(
          """
          <link rel="icon" href="data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'%3E\
          %3Crect width='32' height='32' rx='7' fill='%231d5bbf'/%3E%3Cg fill='none' stroke='%23fff' stroke-width='3'%3E\
          %3Ccircle cx='11' cy='16' r='4.5'/%3E%3Cpath d='M15.5 16H26m-4 0v5'/%3E%3C/g%3E%3C/svg%3E">
          """);

  private static final Html BANNER =
      new Html(
          """
          <header class="banner">
          <p><strong>Sandbox.</strong> This is a simulation for development and tests. No account and no token here is real.</p>
          </header>
          """);

  private static final Html FOOTER =
      new Html(
          """
          <footer><a href="/">All pages of this sandbox</a></footer>
          """);

  /**
   * The policy has no {@code form-action}, because browsers apply it to the redirect after a form
   * as well. That redirect may lead to any client.
   */
  private static final String CONTENT_SECURITY_POLICY = Page.POLICY + "; img-src data:";

  private BrowserResponses() {}

  /**
   * Returns a page, to which headers and cookies can be added.
   *
   * @param title the title of the window
   * @param content the content of {@code main}, with the heading
   */
  public static Response.ResponseBuilder page(int status, String title, Html content) {
    return page(status, title, Html.of("<main>\n{}</main>\n{}", content, FOOTER), "");
  }

  /**
   * Returns a page with a script of its own.
   *
   * @param script allowed by its hash; the page must be usable without it
   */
  public static Response.ResponseBuilder scriptedPage(String title, Html content, String script) {
    var body = Html.of("<main>\n{}</main>\n<script>{}</script>\n", content, new Html(script));
    return page(200, title, body, "; script-src " + Page.source(script));
  }

  private static Response.ResponseBuilder page(
      int status, String title, Html body, String directive) {
    var page = new Page(title + " - TrackMage sandbox", HEAD, Html.of("{}{}", BANNER, body));
    return uncached(Response.status(status))
        .type(Page.CONTENT_TYPE)
        .header("Content-Security-Policy", CONTENT_SECURITY_POLICY + directive)
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
