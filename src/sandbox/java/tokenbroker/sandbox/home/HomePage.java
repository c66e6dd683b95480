package tokenbroker.sandbox.home;

import java.util.List;
import java.util.stream.Stream;
import tokenbroker.pages.Html;
import tokenbroker.sandbox.web.CodeBlock;

/** The content of the start page. */
final class HomePage {

  static final String TITLE = "TrackMage token broker";

  private static final String CALLER_TOKEN = "$(curl -s '{url}/sandbox/caller-token?subject=demo')";

  private HomePage() {}

  static Html content(RequestedAddress address, int managementPort) {
    return Html.of(
        """
        <h1>{}</h1>
        <p class="lead">The broker gives your services valid TrackMage access tokens, without the TrackMage secrets. Here it \
        runs with a TrackMage look-alike inside, so that you can try it.</p>
        <ul class="cards grid">
        {}</ul>
        <h2>Get a caller token</h2>
        <p>A service calls the broker with a JWT of its own. Here you get one at a click, as plain text. Paste it into \
        <strong>Authorize</strong> of Swagger UI.</p>
        {}<h2>Try it in a terminal</h2>
        {}""",
        TITLE,
        links(address.urlOfPort(managementPort)),
        callerTokenForm(),
        commands(address.url()));
  }

  private static Html links(String management) {
    return Html.joined(
        List.of(
            link("/sandbox/demo", "Demo", "Connect a TrackMage account, as a user would."),
            link("/q/swagger-ui/", "Swagger UI", "Read about each operation, and call it."),
            link(
                management + "/q/status", "Status", "What operators see: clients, tokens, faults."),
            link(management + "/q/health", "Health", "The checks that Kubernetes probes."),
            link(management + "/q/metrics", "Metrics", "What Prometheus scrapes."),
            link("/sandbox/faults", "Faults", "How TrackMage fails now, and what was requested.")));
  }

  private static Html link(String url, String name, String description) {
    return Html.of(
        """
        <li class="card"><h2><a href="{}">{}</a></h2><p class="quiet small">{}</p></li>
        """,
        url,
        name,
        description);
  }

  private static Html callerTokenForm() {
    return Html.of(
        """
        <form class="card" method="get" action="/sandbox/caller-token">
        <fieldset>
        <legend>Who calls?</legend>
        {}</fieldset>
        <button class="primary">Get a caller token</button>
        </form>
        """,
        Html.joined(
            List.of(
                choice("demo", "May use the client demo.", " checked"),
                choice(
                    "system:serviceaccount:demo:orders",
                    "A service account of Kubernetes. May use the client demo.",
                    ""),
                choice("stranger", "May use no client: the broker answers 403.", ""))));
  }

  private static Html choice(String subject, String description, String checked) {
    return Html.of(
        """
        <label class="choice"><input type="radio" name="subject" value="{}"{}> <span>{}<br>\
        <span class="quiet small">{}</span></span></label>
        """,
        subject,
        new Html(checked),
        subject,
        description);
  }

  private static Html commands(String url) {
    var commands =
        Stream.of(
            command(
                "Get a TrackMage token",
                "curl -H \"Authorization: Bearer " + CALLER_TOKEN + "\" {url}/tokens/demo",
                url),
            command(
                "The same, as any OAuth client does it",
                "curl -u \"demo:"
                    + CALLER_TOKEN
                    + "\" -d grant_type=client_credentials {url}/oauth2/token",
                url),
            command(
                "Make the next request to TrackMage fail",
                "curl -X PUT {url}/sandbox/faults -d '{\"fault\": \"5xx\", \"status\": 503, \"times\": 1}'",
                url),
            command("Let TrackMage work again", "curl -X DELETE {url}/sandbox/faults", url));
    return Html.joined(commands.toList());
  }

  private static Html command(String label, String template, String url) {
    return CodeBlock.of(label, template.replace("{url}", url));
  }
}
