package tokenbroker.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import tokenbroker.testing.CallerTokens;
import tokenbroker.testing.Clients;

/** A cycle of requests for tokens. */
record Requests(List<Ask> asks) {

  /** A client, and the JWT of the caller that requests its token. */
  record Ask(String client, String jwt) {

    /** Returns the whole HTTP/1.1 request. */
    String text() {
      return "GET /tokens/%s HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\n\r\n"
          .formatted(client, jwt);
    }
  }

  /** Returns requests of one caller for one client. */
  static Requests one(CallerTokens issuer) {
    return clients(issuer, 1);
  }

  /** Returns requests of one caller for this many clients. */
  static Requests clients(CallerTokens issuer, int number) {
    var jwt = issuer.token(Clients.CALLER);
    var asks = new ArrayList<Ask>();
    for (var i = 0; i < number; i++) {
      asks.add(new Ask("client-" + i, jwt));
    }
    return new Requests(asks);
  }

  /** Returns requests of this many callers. Each has its own JWT and its own client. */
  static Requests distinct(CallerTokens issuer, int number) {
    var asks = new ArrayList<Ask>();
    for (var i = 0; i < number; i++) {
      asks.add(new Ask("client-" + i, issuer.token("system:serviceaccount:bench:caller-" + i)));
    }
    return new Requests(asks);
  }

  /** Returns the same requests in a random order, so that no cache benefits from the order. */
  Requests shuffled() {
    var shuffled = new ArrayList<>(asks);
    Collections.shuffle(shuffled);
    return new Requests(shuffled);
  }

  List<String> texts() {
    return asks.stream().map(Ask::text).toList();
  }

  /** Returns a script for wrk. It reads the requests from a file in the same directory. */
  Path script() throws IOException {
    var data = Files.createTempFile("token-broker-wrk", ".txt");
    Files.writeString(
        data,
        asks.stream().map(ask -> ask.client() + " " + ask.jwt()).collect(Collectors.joining("\n")));
    var script = Files.createTempFile("token-broker-wrk", ".lua");
    data.toFile().deleteOnExit();
    script.toFile().deleteOnExit();
    return Files.writeString(
        script,
        """
        local requests = {}
        for line in io.lines("%s") do
          local client, jwt = line:match("(%%S+) (%%S+)")
          requests[#requests + 1] = "GET /tokens/" .. client
            .. " HTTP/1.1\\r\\nHost: localhost\\r\\nAuthorization: Bearer " .. jwt .. "\\r\\n\\r\\n"
        end
        local next = 0
        request = function()
          next = next %% #requests + 1
          return requests[next]
        end
        """
            .formatted(data));
  }
}
