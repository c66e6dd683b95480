package tokenbroker.status;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tokenbroker.pages.Html;
import tokenbroker.pages.HumanTime;

/** The table of clients on the status page, and the links to its other pages. */
final class ClientsHtml {

  private final Status status;
  private final StatusQuery query;

  ClientsHtml(Status status, StatusQuery query) {
    this.status = status;
    this.query = query;
  }

  Html html() {
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
        orUnknown(row.lastSuccess()),
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

  private Html orUnknown(@Nullable Instant instant) {
    return instant == null ? new Html("unknown") : time(instant);
  }

  private Html time(Instant instant) {
    return HumanTime.brief(instant, status.at());
  }
}
