package tokenbroker.check;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tokenbroker.clients.Client;
import tokenbroker.clients.Upstream;

/** What a reviewer must know about a client besides its callers. */
final class ClientSettings {

  private ClientSettings() {}

  /** Returns the changes of a client, except those of its callers and within its upstream. */
  static List<String> changes(Client before, Client after) {
    var changes = new ArrayList<String>();
    if (!before.upstream().name().equals(after.upstream().name())) {
      changes.add(changed("upstream", named(before.upstream()), named(after.upstream())));
    }
    if (!Objects.equals(before.scope(), after.scope())) {
      changes.add(changed("scope", scope(before.scope()), scope(after.scope())));
    }
    after.returnTo().stream()
        .filter(address -> !before.returnTo().contains(address))
        .forEach(address -> changes.add("return-to has the new address " + Shown.text(address)));
    before.returnTo().stream()
        .filter(address -> !after.returnTo().contains(address))
        .forEach(
            address -> changes.add("return-to no longer has the address " + Shown.text(address)));
    return changes;
  }

  /** Returns the changes of an upstream. */
  static List<String> changes(Upstream before, Upstream after) {
    var changes = new ArrayList<String>();
    if (!before.baseUrl().equals(after.baseUrl())) {
      changes.add(changed("base-url", "" + before.baseUrl(), "" + after.baseUrl()));
    }
    if (before.requestStyle() != after.requestStyle()) {
      changes.add(changed("request-style", style(before), style(after)));
    }
    if (!before.exchangePath().equals(after.exchangePath())) {
      changes.add(changed("exchange-path", before.exchangePath(), after.exchangePath()));
    }
    return changes;
  }

  static String named(Upstream upstream) {
    return upstream.name() + " (" + upstream.baseUrl() + ")";
  }

  private static String changed(String key, String before, String after) {
    return "%s changes from %s to %s".formatted(key, before, after);
  }

  private static String scope(@Nullable String scope) {
    return scope == null ? "none" : Shown.text(scope);
  }

  private static String style(Upstream upstream) {
    return upstream.requestStyle().name().toLowerCase(Locale.ROOT);
  }
}
