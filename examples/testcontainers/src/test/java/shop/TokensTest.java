package shop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TokensTest {

  private static final SandboxContainer SANDBOX =
      new SandboxContainer(System.getProperty("sandbox.image", "token-broker-sandbox"));
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  @BeforeAll
  static void start() {
    SANDBOX.start();
  }

  @AfterAll
  static void stop() {
    SANDBOX.stop();
  }

  @BeforeEach
  void forgetWhatOtherTestsDid() throws Exception {
    assertEquals(204, send("POST", "/sandbox/reset", "").statusCode());
  }

  @Test
  void theServiceGetsATokenThatTrackMageAccepts() throws Exception {
    var workspaces =
        HttpRequest.newBuilder(SANDBOX.url("/sandbox/trackmage/workspaces"))
            .header("Authorization", "Bearer " + tokens().current())
            .build();
    assertEquals(200, HTTP.send(workspaces, BodyHandlers.ofString()).statusCode());
  }

  @Test
  void theServiceIsToldWhenToTryAgainWhileTrackMageIsDown() throws Exception {
    var down = "{\"fault\": \"5xx\", \"status\": 503, \"retry_after\": 20}";
    assertEquals(200, send("PUT", "/sandbox/faults", down).statusCode());
    var unavailable = assertThrows(Tokens.Unavailable.class, () -> tokens().current());
    assertTrue(unavailable.retryAfter.toSeconds() > 10, unavailable.getMessage());
  }

  private static Tokens tokens() throws Exception {
    var jwt = send("GET", "/sandbox/caller-token?subject=demo", "").body();
    return new Tokens(SANDBOX.url("/tokens/demo"), jwt);
  }

  private static HttpResponse<String> send(String method, String path, String body)
      throws Exception {
    var request =
        HttpRequest.newBuilder(SANDBOX.url(path))
            .method(method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body))
            .build();
    return HTTP.send(request, BodyHandlers.ofString());
  }
}
