package tokenbroker.sandbox.trackmage;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import tokenbroker.sandbox.trackmage.AuthorizationRequest.Reading;

class AuthorizationRequestTest {

  private static final RedirectUris REGISTERED = new RedirectUris(Set.of("https://shop.example/a"));

  @Test
  void registeredRedirectUrisAreComparedExactly() {
    assertThat(read("https://shop.example/a")).isInstanceOf(Reading.Valid.class);
    assertThat(read("https://shop.example/a/")).isInstanceOf(Reading.ErrorForUser.class);
    assertThat(read("https://SHOP.example/a")).isInstanceOf(Reading.ErrorForUser.class);
    assertThat(read("https://shop.example/a?b=c")).isInstanceOf(Reading.ErrorForUser.class);
  }

  private static Reading read(String redirectUri) {
    return AuthorizationRequest.read(
        Map.of("client_id", "demo", "response_type", "code", "redirect_uri", redirectUri),
        REGISTERED);
  }
}
