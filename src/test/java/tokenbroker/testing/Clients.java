package tokenbroker.testing;

import java.util.ArrayList;
import java.util.List;

/**
 * A clients file with so many clients of one upstream, {@code client-0} and so on, with the client
 * ids {@code id-0} and so on, all for the caller {@link #CALLER}.
 */
public final class Clients {

  /** The subject that may use them all. */
  public static final String CALLER = "system:serviceaccount:shop:orders";

  private Clients() {}

  public static void write(BrokerFiles files, ScriptedUpstream upstream, int clients) {
    write(files, upstream, clients, CALLER);
  }

  /** The same for another kind of upstream. */
  public static void write(BrokerFiles files, String upstream, int clients) {
    write(files, upstream, clients, CALLER);
  }

  /**
   * The same for other callers.
   *
   * @param subject who may use them all, perhaps a pattern
   */
  public static void write(
      BrokerFiles files, ScriptedUpstream upstream, int clients, String subject) {
    write(files, upstream.url().toString(), clients, subject);
  }

  private static void write(BrokerFiles files, String upstream, int clients, String subject) {
    var yaml =
        new StringBuilder("upstreams:\n  test: { base-url: \"" + upstream + "\" }\nclients:\n");
    for (var i = 0; i < clients; i++) {
      yaml.append(
          "  client-%d: { upstream: test, callers: [ { issuer: test, subject: \"%s\" } ] }\n"
              .formatted(i, subject));
      files.credentials("client-" + i, "id-" + i, "secret-" + i);
    }
    files.clients(yaml.toString());
  }

  /** Where callers ask for the tokens of the first so many clients. */
  public static List<String> paths(int clients) {
    var paths = new ArrayList<String>();
    for (var i = 0; i < clients; i++) {
      paths.add("/tokens/client-" + i);
    }
    return paths;
  }
}
