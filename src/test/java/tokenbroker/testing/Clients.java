package tokenbroker.testing;

import java.util.ArrayList;
import java.util.List;

/**
 * A clients file with clients of one upstream: {@code client-0} with the client id {@code id-0},
 * {@code client-1} with {@code id-1}, and so on. {@link #CALLER} may use them all.
 */
public final class Clients {

  /** The subject of the caller that may use all clients. */
  public static final String CALLER = "system:serviceaccount:shop:orders";

  /** What all secrets begin with. No other text contains it. */
  public static final String SECRET = "not-for-your-eyes-";

  private Clients() {}

  /** Writes the clients file and the credentials of so many clients. */
  public static void write(BrokerFiles files, ScriptedUpstream upstream, int clients) {
    write(files, upstream, clients, CALLER);
  }

  /** Writes clients of an upstream at another base URL. */
  public static void write(BrokerFiles files, String upstream, int clients) {
    write(files, upstream, clients, CALLER);
  }

  /**
   * Writes clients that other callers may use.
   *
   * @param subject a subject, or a pattern such as {@code system:serviceaccount:shop:*}
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
      files.credentials("client-" + i, "id-" + i, secret(i));
    }
    files.clients(yaml.toString());
  }

  /** Returns the secret of a client. */
  public static String secret(int client) {
    return SECRET + client;
  }

  /** Returns the paths of the tokens of the first clients. */
  public static List<String> paths(int clients) {
    var paths = new ArrayList<String>();
    for (var i = 0; i < clients; i++) {
      paths.add("/tokens/client-" + i);
    }
    return paths;
  }
}
