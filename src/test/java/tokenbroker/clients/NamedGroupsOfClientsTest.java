package tokenbroker.clients;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import tokenbroker.callers.CallerRule;
import tokenbroker.callers.CallerRule.Group;
import tokenbroker.clients.Upstream.RequestStyle;

/** Proves which groups of callers are collected from the clients file. */
class NamedGroupsOfClientsTest {

  private final ClientDirectory directory = new ClientDirectory();

  @Test
  void aGroupIsNamedByAnyRuleOfAnyClient() {
    assertThat(directory.namedGroups()).isEmpty();
    replace(
        client("a", new CallerRule.Subject("test", "x"), new Group("test", "one")),
        client("b", new CallerRule.SubjectPrefix("test", "x:"), new Group("other", "two")));
    assertThat(directory.namedGroups())
        .containsExactlyInAnyOrder(new Group("test", "one"), new Group("other", "two"));
  }

  @Test
  void untilAGroupIsAddedTheSetIsTheSameObject() {
    replace(client("a", new Group("test", "one"), new Group("test", "two")));
    var before = directory.namedGroups();
    replace(client("a", new Group("test", "two")), client("b", new Group("test", "two")));
    assertThat(directory.namedGroups()).isSameAs(before);

    replace(client("a", new Group("test", "three")));
    assertThat(directory.namedGroups()).containsExactly(new Group("test", "three"));
  }

  private void replace(Client... clients) {
    directory.replaceAll(
        Arrays.stream(clients).map(client -> new ClientDirectory.Entry(client, null)).toList());
  }

  private static Client client(String name, CallerRule... callers) {
    var upstream =
        new Upstream(
            "production",
            URI.create("https://upstream.test"),
            RequestStyle.FORM,
            "/oauth/v2/token");
    return new Client(
        ClientName.parse(name).orElseThrow(), upstream, null, List.of(), List.of(callers), null);
  }
}
