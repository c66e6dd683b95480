package tokenbroker.sandbox.demo;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import java.util.stream.StreamSupport;
import tokenbroker.pages.Html;
import tokenbroker.pages.HumanTime;
import tokenbroker.sandbox.web.CodeBlock;
import tokenbroker.sandbox.web.UrlWithQuery;

/** The content of the page that the demo service shows to its users. */
final class DemoPage {

  static final String TITLE = "Connect TrackMage accounts";

  private static final String SHOWN = "Requests and answers of this step";

  private DemoPage() {}

  /**
   * Returns the content of the page.
   *
   * @param message what happened; may be empty
   * @param url the absolute URL of the page. The form must use it, because the browser may know
   *     this machine by another name and would then not return the cookie.
   * @param connections the result of listing the connected accounts
   */
  static Html content(Html message, String url, CallResult connections, Instant now) {
    return Html.of(
        """
        <p class="eyebrow">Demo service</p>
        <h1>{}</h1>
        {}<p class="lead">This page plays the part of your service, whose users connect their TrackMage accounts. It calls the \
        broker from its server, as the client <code>demo</code>. No token reaches the browser.</p>
        <form method="post" action="{}/connect">
        <button class="primary">Connect an account</button>
        </form>
        <h2>Connected accounts</h2>
        {}{}""",
        TITLE,
        message,
        url,
        switch (connections) {
          case CallResult.Success(var body, _) -> list(body, url, now);
          case CallResult.Failure(var problem, _) -> Html.of("<p>{}</p>\n", problem);
        },
        exchanges(List.of(connections.exchange()), "How the page got this list"));
  }

  /**
   * Reports that an account is connected.
   *
   * @param redeemed the broker's answer
   */
  static Html connected(JsonNode redeemed, List<Exchange> exchanges) {
    var text =
        Html.of(
            "Connected. {} allowed <code>demo</code> to use the account. The connection is <code>{}</code>.",
            redeemed.path("user_email").asText("The user"),
            redeemed.path("connection").asText());
    return status(text, exchanges);
  }

  static Html notConnected(String error, List<Exchange> exchanges) {
    return alert(
        error.equals("access_denied")
            ? Html.of("Not connected: access was denied.")
            : Html.of("Not connected: the broker reported <code>{}</code>.", error),
        exchanges);
  }

  /** Reports a result without the state of this browser, or one that was used before. */
  static Html unexpectedResult() {
    return alert(
        Html.of(
            "This result was ignored. It does not belong to a connection attempt in this browser, or"
                + " it was used before."),
        List.of());
  }

  static Html disconnected(List<Exchange> exchanges) {
    return status(Html.of("Disconnected."), exchanges);
  }

  static Html problem(String message, List<Exchange> exchanges) {
    return alert(Html.of("{}", message), exchanges);
  }

  /** Describes a call with a connection's token. It does not show the token. */
  static Html called(JsonNode token, CallResult workspaces, List<Exchange> exchanges, Instant now) {
    var outcome =
        switch (workspaces) {
          case CallResult.Success(var body, _) ->
              "TrackMage answered 200: " + body.path(0).path("title").asText("no workspace") + ".";
          case CallResult.Failure(var problem, _) -> problem;
        };
    var text =
        Html.of(
            "{} The token&#39;s id is <code>{}</code>. It expires {}.",
            outcome,
            token.path("token_id").asText("unknown"),
            time(token.path("expires_at"), now, "at an unknown time"));
    return workspaces instanceof CallResult.Success
        ? status(text, exchanges)
        : alert(text, exchanges);
  }

  private static Html list(JsonNode page, String url, Instant now) {
    var cards =
        StreamSupport.stream(page.path("connections").spliterator(), false)
            .map(connection -> card(connection, now))
            .toList();
    if (cards.isEmpty()) {
      return Html.of("<p class=\"quiet\">No accounts are connected.</p>\n");
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

  private static Html card(JsonNode connection, Instant now) {
    var id = connection.path("id").asText("");
    var who = connection.path("user_email").asText(id);
    return Html.of(
        """
        <li class="card">
        <div class="card-head"><h3>{}</h3>{}</div>
        <dl class="facts">
        <dt>Connected</dt><dd>{}</dd>
        <dt>Token expires</dt><dd>{}</dd>
        <dt>Connection</dt><dd><code>{}</code></dd>
        </dl>
        {}</li>
        """,
        who,
        state(connection.path("state").asText("unknown")),
        time(connection.path("connected_at"), now, "unknown"),
        time(connection.path("expires_at"), now, "no token yet"),
        id,
        actions(id, who));
  }

  private static Html state(String state) {
    return Html.of(
        "<span class=\"badge {}\">{}</span>",
        state.equals("active") ? "good" : "warn",
        state.replace('_', ' '));
  }

  private static Html actions(String id, String who) {
    return Html.of(
        """
        <div class="actions">
        <form method="get" action="/sandbox/demo">
        <button name="call" value="{}" aria-label="Call TrackMage with the token of {}">Call TrackMage</button>
        </form>
        <form method="post" action="/sandbox/demo/disconnect">
        <button class="danger" name="connection" value="{}" aria-label="Disconnect {}">Disconnect</button>
        </form>
        </div>
        """,
        id,
        who,
        id,
        who);
  }

  /** Returns the time for people. A text that is not a time is returned as it is. */
  private static Html time(JsonNode time, Instant now, String absent) {
    if (!time.isTextual()) {
      return Html.of("{}", absent);
    }
    try {
      return HumanTime.of(Instant.parse(time.textValue()), now);
    } catch (DateTimeException e) {
      return Html.of("{}", time.textValue());
    }
  }

  private static Html status(Html text, List<Exchange> exchanges) {
    return Html.of(
        "<p class=\"note good\" role=\"status\">{}</p>\n{}", text, exchanges(exchanges, SHOWN));
  }

  private static Html alert(Html text, List<Exchange> exchanges) {
    return Html.of(
        "<p class=\"note bad\" role=\"alert\">{}</p>\n{}", text, exchanges(exchanges, SHOWN));
  }

  private static Html exchanges(List<Exchange> exchanges, String summary) {
    if (exchanges.isEmpty()) {
      return Html.EMPTY;
    }
    var blocks =
        exchanges.stream()
            .map(
                exchange ->
                    Html.of(
                        "{}{}",
                        CodeBlock.of("Request", exchange.request()),
                        CodeBlock.of("Answer", exchange.answer())))
            .toList();
    return Html.of(
        "<details>\n<summary>{}</summary>\n{}</details>\n", summary, Html.joined(blocks));
  }
}
