package tokenbroker.sandbox.demo;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.stream.StreamSupport;
import tokenbroker.pages.Html;
import tokenbroker.sandbox.web.UrlWithQuery;

/** The content of the page that the demo service shows to its users. */
final class DemoPage {

  static final String TITLE = "Connect TrackMage accounts";

  private DemoPage() {}

  /**
   * Returns the content of the page.
   *
   * @param message what happened; may be empty
   * @param url the absolute URL of the page. The form must use it, because the browser may know
   *     this machine by another name and would then not return the cookie.
   * @param connections the result of listing the connected accounts
   */
  static Html content(Html message, String url, CallResult connections) {
    return Html.of(
        """
        {}<p>This page simulates your service, whose users connect their TrackMage accounts. \
        The page calls the broker from its server. No token reaches the browser.</p>
        <form method="post" action="{}/connect">
        <button>Connect an account</button>
        </form>
        <h2>Connected accounts</h2>
        {}""",
        message,
        url,
        switch (connections) {
          case CallResult.Success(var body) -> list(body, url);
          case CallResult.Failure(var problem) -> Html.of("<p>{}</p>\n", problem);
        });
  }

  static Html connected(String connection) {
    return status(Html.of("Connected. The connection is <code>{}</code>.", connection));
  }

  static Html notConnected(String error) {
    return alert(
        error.equals("access_denied")
            ? Html.of("Not connected: access was denied.")
            : Html.of("Not connected: the broker reported <code>{}</code>.", error));
  }

  /** Reports a result without the state of this browser, or one that was used before. */
  static Html unexpectedResult() {
    return alert(
        Html.of(
            "This result was ignored. It does not belong to a connection attempt in this browser, or"
                + " it was used before."));
  }

  static Html disconnected() {
    return status(Html.of("Disconnected."));
  }

  static Html problem(String message) {
    return alert(Html.of("{}", message));
  }

  /** Describes a call with a connection's token. It does not show the token. */
  static Html called(JsonNode token, CallResult workspaces) {
    var outcome =
        switch (workspaces) {
          case CallResult.Success(var body) ->
              "TrackMage answered 200: " + body.path(0).path("title").asText("no workspace") + ".";
          case CallResult.Failure(var problem) -> problem;
        };
    return status(
        Html.of(
            "{} The token&#39;s id is <code>{}</code>. It expires in {} seconds.",
            outcome,
            token.path("token_id").asText("unknown"),
            token.path("expires_in").asText("?")));
  }

  private static Html list(JsonNode page, String url) {
    var cards =
        StreamSupport.stream(page.path("connections").spliterator(), false)
            .map(DemoPage::card)
            .toList();
    if (cards.isEmpty()) {
      return Html.of("<p>No accounts are connected.</p>\n");
    }
    var next = page.path("next");
    var more =
        next.isTextual()
            ? Html.of(
                "<p><a href=\"{}\">More accounts</a></p>\n",
                new UrlWithQuery(url).with("cursor", next.textValue()))
            : Html.EMPTY;
    return Html.of("<ul class=\"cards\">\n{}</ul>\n{}", Html.joined(cards), more);
  }

  private static Html card(JsonNode connection) {
    var id = connection.path("id").asText("");
    var who = connection.path("user_email").asText(id);
    return Html.of(
        """
        <li class="card">
        <h3>{}</h3>
        <dl>
        <dt>State</dt><dd>{}</dd>
        <dt>Connected</dt><dd>{}</dd>
        <dt>Token valid until</dt><dd>{}</dd>
        <dt>Connection</dt><dd><code>{}</code></dd>
        </dl>
        <form class="inline" method="get" action="/sandbox/demo">
        <button name="call" value="{}" aria-label="Call TrackMage with the token of {}">Call TrackMage</button>
        </form>
        <form class="inline" method="post" action="/sandbox/demo/disconnect">
        <button name="connection" value="{}" aria-label="Disconnect {}">Disconnect</button>
        </form>
        </li>
        """,
        who,
        connection.path("state").asText("unknown").replace('_', ' '),
        connection.path("connected_at").asText("unknown"),
        connection.path("expires_at").asText("no token yet"),
        id,
        id,
        who,
        id,
        who);
  }

  private static Html status(Html text) {
    return Html.of("<p class=\"note\" role=\"status\">{}</p>\n", text);
  }

  private static Html alert(Html text) {
    return Html.of("<p class=\"note\" role=\"alert\">{}</p>\n", text);
  }
}
