package tokenbroker.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import tokenbroker.sandbox.AuthorizationRequest.Reading;

class AuthorizationRequestTest {

  private static final Optional<Set<String>> REGISTERED =
      Optional.of(Set.of("https://shop.example/a"));

  @Test
  void registeredRedirectUrisAreComparedExactly() {
    assertThat(read("https://shop.example/a")).isInstanceOf(Reading.Good.class);
    assertThat(read("https://shop.example/a/")).isInstanceOf(Reading.ForUser.class);
    assertThat(read("https://SHOP.example/a")).isInstanceOf(Reading.ForUser.class);
    assertThat(read("https://shop.example/a?b=c")).isInstanceOf(Reading.ForUser.class);
  }

  private static Reading read(String redirectUri) {
    return AuthorizationRequest.read(
        Map.of("client_id", "demo", "response_type", "code", "redirect_uri", redirectUri),
        REGISTERED);
  }
}
