package tokenbroker.sandbox.web;

import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.util.Base64;
import tokenbroker.seal.Sha256;

/**
 * Responses to browsers: pages and redirects. A page has no scripts and no external content, and
 * works on a phone.
 */
public final class BrowserResponses {

  private static final Html STYLE =
      new Html(
          """
          :root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif; }
          body { max-width: 38rem; margin: 0 auto; padding: 1rem; overflow-wrap: anywhere; }
          h1 { font-size: 1.5rem; line-height: 1.2; }
          h2 { font-size: 1.2rem; }
          fieldset, li.card, .note { margin: 1rem 0; padding: .75rem 1rem; border: 1px solid; border-radius: .5rem; }
          .note { border-width: 3px; }
          ul.cards { list-style: none; padding: 0; }
          label { display: block; padding: .5rem 0; }
          input[type=radio] { width: 1.25rem; height: 1.25rem; vertical-align: middle; }
          input[type=email], button { box-sizing: border-box; min-height: 2.75rem; font: inherit; padding: .5rem 1rem; }
          input[type=email] { width: 100%; }
          button { margin: .25rem .5rem .25rem 0; cursor: pointer; }
          form.inline { display: inline; }
          dt { font-weight: bold; }
          dd { margin: 0 0 .5rem; }
          :focus-visible { outline: 3px solid; outline-offset: 2px; }
          """);

  /**
   * The policy has no {@code form-action}, because browsers apply it to the redirect after a form
   * as well. That redirect may lead to any client.
   */
  private static final String CONTENT_SECURITY_POLICY =
      "default-src 'none'; style-src 'sha256-"
          + sha256(STYLE.markup())
          + "'; img-src data:; base-uri 'none'; frame-ancestors 'none'";

  private BrowserResponses() {}

  /**
   * Returns a page, to which headers and cookies can be added.
   *
   * @param title also the heading of the page
   */
  public static Response.ResponseBuilder page(int status, String title, Html content) {
    var page =
        Html.of(
            """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>{} - TrackMage sandbox</title>
            <link rel="icon" href="data:,">
            <style>{}</style>
            </head>
            <body>
            <main>
            <h1>{}</h1>
            {}</main>
            </body>
            </html>
            """,
            title,
            STYLE,
            title,
            content);
    return uncached(Response.status(status))
        .type("text/html;charset=UTF-8")
        .header("Content-Security-Policy", CONTENT_SECURITY_POLICY)
        .header("X-Content-Type-Options", "nosniff")
        .entity(page.markup());
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

  private static String sha256(String text) {
    return Base64.getEncoder().encodeToString(Sha256.of(text));
  }
}
