package tokenbroker.bench;

import java.util.ArrayList;
import java.util.List;
import tokenbroker.testing.CallerTokens;
import tokenbroker.testing.Clients;

/**
 * Requests as they go over the wire.
 *
 * @param texts whole HTTP/1.1 requests without a body
 */
record Requests(List<String> texts) {

  /** One caller that asks for one client. */
  static Requests one(CallerTokens issuer) {
    return new Requests(List.of(text(0, issuer.token(Clients.CALLER))));
  }

  /** So many JWTs of as many callers, each for a client of its own. */
  static Requests distinct(CallerTokens issuer, int number) {
    var texts = new ArrayList<String>();
    for (var i = 0; i < number; i++) {
      texts.add(text(i, issuer.token("system:serviceaccount:bench:caller-" + i)));
    }
    return new Requests(texts);
  }

  private static String text(int client, String jwt) {
    return "GET /tokens/client-%d HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\n\r\n"
        .formatted(client, jwt);
  }

  /** The same, as a script for wrk. */
  String lua() {
    var lua = new StringBuilder("local requests = {}\n");
    for (var text : texts) {
      lua.append("requests[#requests + 1] = \"")
          .append(text.replace("\r\n", "\\r\\n"))
          .append("\"\n");
    }
    return lua.append("local next = 0\n")
        .append("request = function()\n")
        .append("  next = next % #requests + 1\n")
        .append("  return requests[next]\n")
        .append("end\n")
        .toString();
  }
}
