package tokenbroker.http;

import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.net.URI;
import java.util.HashMap;
import java.util.Map;
import tokenbroker.pages.Html;
import tokenbroker.pages.Page;
import tokenbroker.server.RefusalForm.Answer;

/**
 * The pages for users whom the broker cannot redirect back. Their texts are fixed. They contain
 * nothing from the request except its trace id, which is hexadecimal.
 */
enum BrowserPage {
  EXPIRED(
      400,
      "This link no longer works",
      "It is older than ten minutes, was already used, or was opened in another browser.",
      "Go back to the application that sent you here. It shows whether your account is connected; if"
          + " not, start again there."),
  MALFORMED(
      400,
      "Something is missing",
      "The address of this page is incomplete or was changed.",
      "Go back to the application that sent you here and start again. Nothing was connected."),
  NOT_FOUND(
      404,
      "There is nothing here",
      "This page does not exist.",
      "Go back to the application that sent you here."),
  UNKNOWN(
      500,
      "We do not know whether this worked",
      "Something failed on our side while we were connecting your account.",
      "Go back to the application that sent you here. It shows whether your account is connected; if"
          + " not, start again there."),
  NOT_YET(
      503,
      "This page was loaded too early",
      "Your browser loaded the page before you opened it, so nothing has happened yet.",
      "Reload the page to continue."),
  UNAVAILABLE(
      503,
      "This does not work right now",
      "Something failed on our side before we could connect your account.",
      "Please try again in a minute.");

  private static final Map<String, String> GUARDS =
      Map.of(
          HttpHeaders.CACHE_CONTROL,
          "no-store",
          "Referrer-Policy",
          "no-referrer",
          "X-Content-Type-Options",
          "nosniff",
          "Content-Security-Policy",
          Page.POLICY + "; form-action 'none'");

  private final int status;
  private final String title;
  private final String what;
  private final String then;

  BrowserPage(int status, String title, String what, String then) {
    this.status = status;
    this.title = title;
    this.what = what;
    this.then = then;
  }

  /**
   * Returns the response with this page.
   *
   * @param traceId the id with which the operators find the request in the log and the audit
   */
  Response response(String traceId) {
    return guarded(Response.status(status))
        .header(HttpHeaders.CONTENT_TYPE, Page.CONTENT_TYPE)
        .entity(html(traceId))
        .build();
  }

  /** Returns the page for code that runs outside JAX-RS. */
  Answer answer(String traceId) {
    var headers = new HashMap<>(GUARDS);
    headers.put(HttpHeaders.CONTENT_TYPE, Page.CONTENT_TYPE);
    return new Answer(headers, html(traceId));
  }

  private String html(String traceId) {
    var body =
        Html.of(
            """
            <main class="narrow">
            <p class="eyebrow">Connect your TrackMage account</p>
            <div class="card">
            <h1>{}</h1>
            <p>{}</p>
            <p>{}</p>
            </div>
            <p class="quiet small">If you need help, send this reference to the support of the application that sent you here: \
            <code>{}</code></p>
            </main>
            """,
            title,
            what,
            then,
            traceId);
    return new Page(title, Html.EMPTY, body).html();
  }

  /** Returns an empty answer, for a request that only looks at a page ({@code HEAD}). */
  static Response nothing() {
    return guarded(Response.noContent()).build();
  }

  /**
   * Redirects the browser. The address may contain a code, so it must appear in no cache and no
   * {@code Referer} header.
   */
  static Response.ResponseBuilder redirect(Response.Status status, URI address) {
    return guarded(Response.status(status)).header(HttpHeaders.LOCATION, address.toString());
  }

  private static Response.ResponseBuilder guarded(Response.ResponseBuilder response) {
    GUARDS.forEach(response::header);
    return response;
  }
}
