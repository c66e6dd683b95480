package tokenbroker.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import tokenbroker.testing.CallerTokens;
import tokenbroker.testing.Clients;
import tokenbroker.testing.OAuthForm;

/** A cycle of requests for tokens. */
final class Requests {

  private final List<Ask> asks;
  private @Nullable Path script;

  Requests(List<Ask> asks) {
    this.asks = List.copyOf(asks);
  }

  List<Ask> asks() {
    return asks;
  }

  /**
   * A client, and the JWT of the caller that requests its token.
   *
   * @param form how an OAuth client sends the JWT; null for {@code GET /tokens/<client>}
   */
  record Ask(String client, String jwt, @Nullable OAuthForm form) {

    /** Returns the whole HTTP/1.1 request. */
    String text() {
      if (form == null) {
        return "GET /tokens/%s HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\n\r\n"
            .formatted(client, jwt);
      }
      var authorization = form.authorization(client, jwt);
      var body = form.body(client, jwt);
      return "POST /oauth2/token HTTP/1.1\r\nHost: localhost\r\nContent-Type: %s\r\n%sContent-Length: %d\r\n\r\n%s"
          .formatted(
              OAuthForm.MEDIA_TYPE,
              authorization == null ? "" : "Authorization: " + authorization + "\r\n",
              body.length(),
              body);
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
      asks.add(new Ask("client-" + i, jwt, null));
    }
    return new Requests(asks);
  }

  /** Returns requests of this many callers. Each has its own JWT and its own client. */
  static Requests distinct(CallerTokens issuer, int number) {
    return callers(issuer, number, i -> "client-" + i);
  }

  /** Returns requests of this many callers, each with its own JWT, for one client. */
  static Requests callers(CallerTokens issuer, int number) {
    return callers(issuer, number, _ -> "client-0");
  }

  private static Requests callers(CallerTokens issuer, int number, IntFunction<String> client) {
    return new Requests(
        IntStream.range(0, number)
            .parallel() // A signature takes a millisecond.
            .mapToObj(
                i ->
                    new Ask(
                        client.apply(i),
                        issuer.token("system:serviceaccount:bench:caller-" + i),
                        null))
            .toList());
  }

  /** Returns the same requests as an OAuth client sends them. */
  Requests as(OAuthForm form) {
    return new Requests(asks.stream().map(ask -> new Ask(ask.client, ask.jwt, form)).toList());
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
    if (script == null) {
      script = newScript();
    }
    return script;
  }

  private Path newScript() throws IOException {
    var data = Files.createTempFile("token-broker-wrk", ".txt");
    Files.writeString(data, String.join("\0", texts()));
    var script = Files.createTempFile("token-broker-wrk", ".lua");
    data.toFile().deleteOnExit();
    script.toFile().deleteOnExit();
    return Files.writeString(
        script,
        """
        local requests = {}
        for text in io.open("%s", "rb"):read("*a"):gmatch("%%Z+") do
          requests[#requests + 1] = text
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
