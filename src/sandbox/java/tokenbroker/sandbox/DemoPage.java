package tokenbroker.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.stream.StreamSupport;

/** The page that the demo service shows to its users. */
final class DemoPage {

  static final String TITLE = "Connect TrackMage accounts";

  private DemoPage() {}

  /**
   * Returns the content of the page.
   *
   * @param address the address of the page. The browser may know this machine by another name, and
   *     then would not send the cookie back.
   */
  static Html content(Html message, String address, BrokerAnswer connections) {
    return Html.of(
        """
        {}<p>This page plays a service of yours whose users connect their TrackMage accounts. \
        What it does with the broker happens on its server; no token reaches the browser.</p>
        <form method="post" action="{}/connect">
        <button>Connect an account</button>
        </form>
        <h2>Connected accounts</h2>
        {}""",
        message,
        address,
        switch (connections) {
          case BrokerAnswer.Good(var body) -> list(body, address);
          case BrokerAnswer.Bad(var problem) -> Html.of("<p>{}</p>\n", problem);
        });
  }

  static Html connected(String connection) {
    return status(Html.of("Connected. The connection is <code>{}</code>.", connection));
  }

  static Html notConnected(String error) {
    return alert(
        error.equals("access_denied")
            ? Html.of("Not connected: access was denied.")
            : Html.of("Not connected: the broker says <code>{}</code>.", error));
  }

  static Html foreign() {
    return alert(
        Html.of(
            "This answer belongs to no connecting of this browser, or was shown before:"
                + " it is left aside."));
  }

  static Html disconnected() {
    return status(Html.of("Disconnected."));
  }

  static Html problem(String message) {
    return alert(Html.of("{}", message));
  }

  /** Describes a call with a connection's token, without the token itself. */
  static Html called(JsonNode token, BrokerAnswer workspaces) {
    var outcome =
        switch (workspaces) {
          case BrokerAnswer.Good(var body) ->
              "TrackMage answered 200: " + body.path(0).path("title").asText("no workspace") + ".";
          case BrokerAnswer.Bad(var problem) -> problem;
        };
    return status(
        Html.of(
            "{} The token&#39;s id is <code>{}</code>; it lives {} seconds more.",
            outcome,
            token.path("token_id").asText("unknown"),
            token.path("expires_in").asText("?")));
  }

  private static Html list(JsonNode page, String address) {
    var cards =
        StreamSupport.stream(page.path("connections").spliterator(), false)
            .map(DemoPage::card)
            .toList();
    if (cards.isEmpty()) {
      return Html.of("<p>None so far.</p>\n");
    }
    var next = page.path("next");
    var more =
        next.isTextual()
            ? Html.of(
                "<p><a href=\"{}\">More accounts</a></p>\n",
                new Location(address).with("cursor", next.textValue()))
            : Html.NOTHING;
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
        <dt>Token good until</dt><dd>{}</dd>
        <dt>Connection</dt><dd><code>{}</code></dd>
        </dl>
        <form class="inline" method="get" action="/sandbox/demo">
        <button name="call" value="{}" aria-label="Call TrackMage with the token of {}">Call its token</button>
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
