package tokenbroker.status;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import tokenbroker.config.BrokerConfig;
import tokenbroker.pages.Html;
import tokenbroker.pages.HumanTime;
import tokenbroker.pages.Page;

/** The status as a page for people. It needs no script; with one, it refreshes itself. */
final class StatusPage {

  private static final String SCRIPT = Page.text(StatusPage.class, "status.js");

  static final String POLICY =
      Page.POLICY + "; form-action 'self'; connect-src 'self'; script-src " + Page.source(SCRIPT);

  private final Status status;
  private final StatusQuery query;

  StatusPage(Status status, StatusQuery query) {
    this.status = status;
    this.query = query;
  }

  String html() {
    var body =
        Html.of(
            """
            <main class="full">
            <p class="eyebrow">Token broker {}</p>
            <h1>{}</h1>
            <p class="note bad" id="stale" role="alert" hidden>This replica does not answer. What you see is old.</p>
            <div class="live">
            {}
            </div>
            {}
            <div class="live">
            {}
            </div>
            </main>
            <script>{}</script>
            """,
            status.replica().version(),
            "Replica " + status.replica().name(),
            summary(),
            query.client() == null ? filter() : backToAll(),
            Html.joined(
                List.of(new ClientsHtml(status, query).html(), new OtherTables(status).html())),
            new Html(SCRIPT));
    return new Page("Token broker: " + status.replica().name(), Html.EMPTY, body).html();
  }

  private Html summary() {
    var clients = status.clients();
    var failing = status.upstreams().stream().mapToLong(Status.Upstream::failing).sum();
    var store = status.store();
    var stalled = status.jobs().stream().filter(Status.Job::stalled).count();
    var withoutKeys = status.issuers().stream().filter(issuer -> issuer.keys() == 0).count();
    var badges = new ArrayList<Html>();
    badges.add(
        badge(
            failing == 0,
            "bad",
            failing == 0
                ? "no client fails"
                : failing + " of " + clients.total() + " clients fail"));
    badges.add(
        badge(
            store.up(),
            "warn",
            store.kind() == BrokerConfig.Store.MEMORY
                ? "tokens in memory"
                : store.up() ? "Redis is up" : "Redis is down"));
    for (var upstream : status.upstreams()) {
      badges.add(
          badge(
              !upstream.breakerOpen(),
              "bad",
              "upstream " + upstream.name() + (upstream.breakerOpen() ? " is down" : " is up")));
    }
    badges.add(
        badge(
            withoutKeys == 0,
            "bad",
            withoutKeys == 0 ? "all issuers have keys" : withoutKeys + " issuers have no keys"));
    badges.add(
        badge(
            stalled == 0,
            "bad",
            stalled == 0 ? "background jobs run" : stalled + " background jobs stall"));
    return Html.of(
        "<p>{}</p><p class=\"quiet small\">As of {}. Started {}, on Java {}. <a href=\"/q/status.json\">The same as JSON</a></p>",
        Html.joined(badges),
        HumanTime.of(status.at(), status.at()),
        time(status.replica().startedAt()),
        status.replica().java());
  }

  private static Html badge(boolean good, String otherwise, String text) {
    return Html.of("<span class=\"badge {}\">{}</span> ", good ? "good" : otherwise, text);
  }

  private Html filter() {
    var options = new ArrayList<Html>();
    options.add(option("", "every state", query.state() == null));
    status
        .clients()
        .byState()
        .forEach(
            (state, number) ->
                options.add(
                    option(
                        state,
                        state + " (" + number + ")",
                        query.state() != null && ClientTable.word(query.state()).equals(state))));
    return Html.of(
        """
        <form class="filter" method="get" action="/q/status">
        <p><label for="q">Name contains</label><input type="text" id="q" name="q" value="{}" maxlength="63" autocomplete="off"></p>
        <p><label for="state">State</label><select id="state" name="state">{}</select></p>
        <input type="hidden" name="sort" value="{}">
        <p><button type="submit">Show</button></p>
        </form>
        """,
        query.text(),
        Html.joined(options),
        query.sort().word());
  }

  private static Html option(String value, String text, boolean isChosen) {
    return Html.of(
        "<option value=\"{}\"{}>{}</option>", value, new Html(isChosen ? " selected" : ""), text);
  }

  private static Html backToAll() {
    return new Html("<p><a href=\"/q/status\">All clients</a></p>");
  }

  private Html time(Instant instant) {
    return HumanTime.brief(instant, status.at());
  }
}
