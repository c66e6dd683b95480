package tokenbroker.sandbox;

import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import tokenbroker.callers.CallerRule;
import tokenbroker.clients.Client;
import tokenbroker.config.BrokerConfig;
import tokenbroker.sandbox.issuer.CallerTokenIssuer;

/**
 * What the sandbox prints when it is ready: a command that gets a token, and where the pages are.
 *
 * @param port the port for callers
 * @param managementPort 0 if the operating system has chosen it
 * @param baseUrl the address at which browsers reach the sandbox
 */
record Greeting(int port, int managementPort, URI baseUrl) {

  String text(List<Client> clients, BrokerConfig config) {
    var broker = "http://localhost:" + port;
    var text = new StringBuilder();
    text.append("The sandbox is ready at ").append(broker).append("/sandbox. ");
    text.append(command(clients, config)).append("\n");
    line(text, "Start page", broker + "/");
    line(text, "Connect an account as a user", baseUrl + "/demo");
    line(text, "API (Swagger UI)", broker + "/q/swagger-ui/");
    if (managementPort > 0) {
      var management = "http://localhost:" + managementPort + "/q/";
      line(text, "Status", management + "status");
      line(text, "Health", management + "health");
      line(text, "Metrics", management + "metrics");
    }
    line(text, "Faults on demand and more", "docs/sandbox.md");
    return text.toString().stripTrailing();
  }

  private static void line(StringBuilder text, String what, String where) {
    text.append("  %-30s%s%n".formatted(what, where));
  }

  /**
   * Returns a command that gets a token of the first client that admits a caller of the sandbox's
   * issuer. If there is none, returns what is missing.
   */
  private String command(List<Client> clients, BrokerConfig config) {
    var issuers = sandboxIssuers(config);
    var admitting = clients.stream().filter(client -> rule(client, issuers).isPresent()).toList();
    if (admitting.isEmpty()) {
      return "To get a token, a client in %s must admit a caller of the sandbox. Add this to a client: callers: [ { issuer: %s, subject: demo } ]"
          .formatted(
              config.clients().file(), issuers.stream().findFirst().orElse("<name of the issuer>"));
    }
    return admitting.stream()
        .filter(client -> client.credentials().isPresent())
        .findFirst()
        .map(client -> "To get a TrackMage token from the broker:\n" + curl(client, issuers))
        .orElseGet(
            () ->
                "To get a token, the client %1$s needs its credentials: %2$s/%1$s/client-id and %2$s/%1$s/client-secret"
                    .formatted(admitting.getFirst().name(), config.clients().secrets()));
  }

  private String curl(Client client, Set<String> issuers) {
    return """
        curl -H "Authorization: Bearer $(curl -s 'http://localhost:%1$d/sandbox/caller-token?%2$s')" http://localhost:%1$d/tokens/%3$s"""
        .formatted(port, query(rule(client, issuers).orElseThrow()), client.name());
  }

  /** Returns the names that the broker's settings give to the issuer of the sandbox. */
  private static Set<String> sandboxIssuers(BrokerConfig config) {
    return config.issuers().entrySet().stream()
        .filter(
            issuer ->
                issuer.getValue().issuer().filter(CallerTokenIssuer.ISSUER::equals).isPresent())
        .map(Map.Entry::getKey)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static Optional<CallerRule> rule(Client client, Set<String> issuers) {
    return client.callers().stream().filter(rule -> issuers.contains(rule.issuer())).findFirst();
  }

  /** Returns the query with which the sandbox issues a caller token that the rule admits. */
  private static String query(CallerRule rule) {
    return switch (rule) {
      case CallerRule.Subject(_, var subject) -> "subject=" + encoded(subject);
      case CallerRule.SubjectPrefix(_, var prefix) -> "subject=" + encoded(prefix + "demo");
      case CallerRule.Group(_, var group) -> "group=" + encoded(group);
    };
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("%3A", ":");
  }
}
