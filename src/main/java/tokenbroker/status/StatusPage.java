package tokenbroker.status;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tokenbroker.pages.Html;
import tokenbroker.pages.HumanTime;
import tokenbroker.pages.Page;

/** The status as a page for people. It needs no script; with one, it refreshes itself. */
final class StatusPage {

  private static final String SCRIPT = script();

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
            Html.joined(List.of(clients(), new OtherTables(status).html())),
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
            store.kind().equals("memory")
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

  private Html clients() {
    var clients = status.clients();
    if (clients.list().isEmpty()) {
      return Html.of("<h2>Clients</h2><p>No client matches. There are {}.</p>", clients.total());
    }
    var heads =
        List.of(
            head("Client", StatusQuery.Sort.NAME, ""),
            head("State", StatusQuery.Sort.ATTENTION, ""),
            head("Runway", StatusQuery.Sort.RUNWAY, ""),
            new Html("<th scope=\"col\">Last success</th><th scope=\"col\">Last failure</th>"),
            head("Fetches", StatusQuery.Sort.FETCHES, "number"),
            head("Requests", StatusQuery.Sort.REQUESTS, "number"),
            new Html("<th scope=\"col\">Callers</th><th scope=\"col\">Credentials</th>"));
    return Html.of(
        """
        <h2>Clients</h2>
        <p class="quiet small">Runway: how long callers are still served if TrackMage is down from now on. Fetches, requests and
        callers: of the last hour, on this replica.</p>
        <div class="scroll" role="region" tabindex="0" aria-label="Clients">
        <table class="dense" id="clients"><thead><tr>{}</tr></thead><tbody>
        {}</tbody></table></div>
        {}
        """,
        Html.joined(heads),
        Html.joined(clients.list().stream().map(this::row).toList()),
        pages());
  }

  private Html head(String text, StatusQuery.Sort sort, String style) {
    var isSorted = query.sort() == sort;
    var direction =
        sort == StatusQuery.Sort.REQUESTS || sort == StatusQuery.Sort.FETCHES
            ? "descending"
            : "ascending";
    return Html.of(
        "<th scope=\"col\" class=\"{}\"{}><a href=\"/q/status{}\">{}</a></th>",
        style,
        new Html(isSorted ? " aria-sort=\"" + direction + "\"" : ""),
        query.by(sort),
        text);
  }

  private Html row(Status.Row row) {
    return Html.of(
        """
        <tr><th scope="row" class="line"><a href="/q/status?client={}">{}</a><br><span class="quiet">{}</span></th>
        <td>{}</td><td class="line">{}</td><td class="line">{}</td><td class="text">{}</td>
        <td class="number">{}</td><td class="number">{}</td><td class="line">{}</td><td>{}</td></tr>
        """,
        row.name(),
        row.name(),
        row.upstream(),
        state(row),
        runway(row),
        orDash(row.lastSuccess()),
        failure(row.lastFailure()),
        row.fetches(),
        row.requests(),
        callers(row.callers()),
        row.credentialsVersion() == null
            ? "none"
            : Html.of("<code>{}</code>", row.credentialsVersion()));
  }

  private static Html state(Status.Row row) {
    var tone =
        switch (row.state()) {
          case "ready" -> row.lastFailure() == null ? "good" : "warn";
          case "failing", "rejected" -> "bad";
          default -> "";
        };
    return Html.of("<span class=\"badge {}\">{}</span>", tone, row.state());
  }

  private Html runway(Status.Row row) {
    var expiresAt = row.expiresAt();
    if (expiresAt == null) {
      return new Html("no token");
    }
    return Html.of(
        "<meter min=\"0\" max=\"1\" low=\"0.2\" optimum=\"1\" value=\"{}\" aria-label=\"Runway\"></meter> {}<br><span class=\"quiet\">expires {}</span>",
        String.format(Locale.ROOT, "%.3f", row.runwayShare()),
        HumanTime.brief(Duration.ofSeconds(row.runwaySeconds())),
        time(expiresAt));
  }

  private Html failure(Status.@Nullable Failure failure) {
    if (failure == null) {
      return new Html("none");
    }
    return Html.of(
        "<strong>{}</strong> {}<br>{} {}{}",
        failure.reason(),
        failure.at() == null ? Html.EMPTY : time(failure.at()),
        failure.meaning(),
        failure.whatToDo(),
        failure.nextAttempt() == null
            ? Html.EMPTY
            : Html.of(" Next attempt {}.", time(failure.nextAttempt())));
  }

  private static Html callers(List<Status.CallerUse> callers) {
    return callers.isEmpty()
        ? new Html("none")
        : Html.joined(
            callers.stream()
                .map(
                    use ->
                        Html.of(
                            "<code>{}</code> ({}): {}<br>",
                            use.subject(),
                            use.issuer(),
                            use.requests()))
                .toList());
  }

  private Html pages() {
    var clients = status.clients();
    if (clients.pages() == 1) {
      return Html.EMPTY;
    }
    var page = clients.page();
    return Html.of(
        "<nav aria-label=\"Pages\"><p>{} Page {} of {} ({} clients) {}</p></nav>",
        page > 1 ? pageLink(page - 1, "Previous") : Html.EMPTY,
        page,
        clients.pages(),
        clients.matching(),
        page < clients.pages() ? pageLink(page + 1, "Next") : Html.EMPTY);
  }

  private Html pageLink(int page, String text) {
    return Html.of("<a href=\"/q/status{}\">{}</a>", query.atPage(page), text);
  }

  private Html orDash(@Nullable Instant instant) {
    return instant == null ? new Html("unknown") : time(instant);
  }

  private Html time(Instant instant) {
    return HumanTime.brief(instant, status.at());
  }

  private static String script() {
    try (var in = Objects.requireNonNull(StatusPage.class.getResourceAsStream("status.js"))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
