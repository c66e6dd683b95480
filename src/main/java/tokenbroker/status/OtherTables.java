package tokenbroker.status;

import java.time.Instant;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tokenbroker.config.BrokerConfig;
import tokenbroker.pages.Html;
import tokenbroker.pages.HumanTime;

/** The parts of the status page below the clients: one small table each. */
final class OtherTables {

  private final Status status;

  OtherTables(Status status) {
    this.status = status;
  }

  Html html() {
    return Html.joined(
        List.of(
            refused(),
            misuse(),
            issuers(),
            upstreams(),
            store(),
            replicas(),
            connections(),
            jobs(),
            settings()));
  }

  private Html refused() {
    return table(
        "Callers refused in the last hour",
        "Nobody was refused.",
        List.of("Issuer", "Subject", "Client", "Reason", "Requests", "Last"),
        status.refused(),
        it ->
            cells(
                it.issuer(),
                it.subject() == null ? "not authenticated" : code(it.subject()),
                it.client() == null ? "none named" : it.client(),
                it.detail() == null
                    ? it.reason()
                    : Html.of("{}<br><span class=\"quiet\">{}</span>", it.reason(), it.detail()),
                it.requests(),
                time(it.last())));
  }

  private Html misuse() {
    return table(
        "Callers that waste tokens",
        "No caller requests far more than it needs to.",
        List.of("Issuer", "Subject", "Client", "What", "Requests per second", "Reports in vain"),
        status.misuse(),
        it ->
            cells(
                it.issuer(),
                code(it.subject()),
                it.client(),
                it.kind(),
                it.perSecond(),
                it.vainReports()));
  }

  private Html issuers() {
    return table(
        "Issuers",
        "No issuer is configured.",
        List.of("Issuer", "Keys", "Read", "From", "Last failure"),
        status.issuers(),
        it ->
            cells(
                it.name(),
                it.keys(),
                it.keysReadAt() == null ? "never" : time(it.keysReadAt()),
                code(it.source()),
                failures(it.failure(), it.reviewFailure())));
  }

  private static Html failures(@Nullable String keys, @Nullable String reviews) {
    if (keys == null && reviews == null) {
      return new Html("none");
    }
    return Html.joined(
        Stream.of(
                keys == null ? Html.EMPTY : Html.of("{}. ", keys),
                reviews == null ? Html.EMPTY : Html.of("Token reviews fail: {}.", reviews))
            .toList());
  }

  private Html upstreams() {
    return table(
        "TrackMage",
        "No client, so no upstream.",
        List.of(
            "Upstream",
            "URL",
            "State",
            "Clients",
            "Failing",
            "Requests",
            "Mean",
            "Slowest lately",
            "Clock ahead"),
        status.upstreams(),
        it ->
            cells(
                it.name(),
                code(it.url()),
                badge(!it.breakerOpen(), "up", "down: the breaker is open"),
                it.clients(),
                it.failing(),
                it.requests(),
                it.requests() == 0 ? "unknown" : it.meanMillis() + " ms",
                it.requests() == 0 ? "unknown" : it.slowestMillis() + " ms",
                it.clockAheadSeconds() == null ? "unknown" : it.clockAheadSeconds() + " s"));
  }

  private Html store() {
    var store = status.store();
    if (store.kind() == BrokerConfig.Store.MEMORY) {
      return new Html(
          "<h2>Redis</h2><p>Not used: this replica keeps its tokens in its own memory.</p>");
    }
    return Html.of(
        """
        <h2>Redis</h2>
        <dl class="facts"><dt>State</dt><dd>{}</dd><dt>Latency now</dt><dd>{}</dd><dt>Announcements of others</dt><dd>{}</dd></dl>
        """,
        badge(store.up(), "up", "down: each replica goes on with the tokens in its memory"),
        store.latencyMillis() == null ? "no answer" : store.latencyMillis() + " ms",
        store.hearsAnnouncements() ? "heard" : "not heard: tokens are read again every 5 seconds");
  }

  private Html replicas() {
    var store = status.store();
    if (store.replicas() == null) {
      return Html.EMPTY;
    }
    return Html.of(
        "{}{}",
        table(
            "Replicas on this Redis",
            "None was heard within the last minute.",
            List.of("Name", "Version", "Heard"),
            store.replicas(),
            it ->
                cells(
                    it.thisOne() ? Html.of("{} (this one)", it.name()) : it.name(),
                    it.version(),
                    it.heardSecondsAgo() + " s ago")),
        store.replicasTotal() > store.replicas().size()
            ? Html.of("<p>There are {} in all.</p>", store.replicasTotal())
            : Html.EMPTY);
  }

  private Html connections() {
    var connections = status.connections();
    if (connections == null) {
      return Html.EMPTY;
    }
    return Html.of(
        """
        <h2>Connections</h2>
        <dl class="facts"><dt>Active</dt><dd>{}</dd><dt>User must reconnect</dt><dd>{}</dd><dt>Overdue</dt><dd>{}</dd>
        <dt>Not saved yet</dt><dd>{}</dd><dt>Kept across a restart of Redis</dt><dd>{}</dd>
        <dt>Kept when Redis' memory is full</dt><dd>{}</dd></dl>
        """,
        connections.active(),
        connections.reconnectRequired(),
        connections.overdue(),
        connections.unsaved(),
        switch (connections.durability()) {
          case "durable" -> "yes";
          case "volatile" -> "no: set appendonly yes";
          default -> "unknown";
        },
        switch (connections.eviction()) {
          case "none" -> "yes";
          case "possible" -> "no: set maxmemory-policy noeviction";
          default -> "unknown";
        });
  }

  private Html jobs() {
    return table(
        "Background jobs",
        "None.",
        List.of("Job", "State", "Last success"),
        status.jobs(),
        it ->
            cells(
                it.name(),
                it.stalled()
                    ? badge(false, "", "stalled: see the log")
                    : badge(!it.failed(), "runs", "failed: see the log"),
                time(it.lastSuccess())));
  }

  private Html settings() {
    return table(
        "Settings that differ from the default",
        "None.",
        List.of("Setting", "Value", "Set by"),
        status.settings(),
        it -> cells(code(it.name()), code(it.value()), it.source()));
  }

  private static <T> Html table(
      String title, String ifEmpty, List<String> heads, List<T> rows, Function<T, Html> row) {
    if (rows.isEmpty()) {
      return Html.of("<h2>{}</h2><p>{}</p>", title, ifEmpty);
    }
    return Html.of(
        """
        <h2>{}</h2>
        <div class="scroll" role="region" tabindex="0" aria-label="{}">
        <table class="dense"><thead><tr>{}</tr></thead><tbody>
        {}</tbody></table></div>
        """,
        title,
        title,
        Html.joined(
            heads.stream().map(head -> Html.of("<th scope=\"col\">{}</th>", head)).toList()),
        Html.joined(rows.stream().map(it -> Html.of("<tr>{}</tr>\n", row.apply(it))).toList()));
  }

  private static Html cells(Object... cells) {
    return Html.joined(Stream.of(cells).map(cell -> Html.of("<td>{}</td>", cell)).toList());
  }

  private static Html code(String text) {
    return Html.of("<code>{}</code>", text);
  }

  private static Html badge(boolean good, String ifGood, String ifBad) {
    return Html.of(
        "<span class=\"badge {}\">{}</span>", good ? "good" : "bad", good ? ifGood : ifBad);
  }

  private Html time(Instant instant) {
    return HumanTime.brief(instant, status.at());
  }
}
