package shop.orders;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.oauth2.client.AuthorizedClientServiceOAuth2AuthorizedClientManager;
import org.springframework.security.oauth2.client.ClientAuthorizationException;
import org.springframework.security.oauth2.client.OAuth2AuthorizationContext;
import org.springframework.security.oauth2.client.OAuth2AuthorizedClient;
import org.springframework.security.oauth2.client.OAuth2AuthorizedClientManager;
import org.springframework.security.oauth2.client.OAuth2AuthorizedClientProvider;
import org.springframework.security.oauth2.client.OAuth2AuthorizedClientProviderBuilder;
import org.springframework.security.oauth2.client.OAuth2AuthorizedClientService;
import org.springframework.security.oauth2.client.endpoint.RestClientClientCredentialsTokenResponseClient;
import org.springframework.security.oauth2.client.registration.ClientRegistrationRepository;
import org.springframework.util.MultiValueMap;

@Configuration
class TokenBroker {

  private static final String JWT_BEARER = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

  /** Reads the JWT for each token request, because Kubernetes replaces the file. */
  @Bean
  RestClientClientCredentialsTokenResponseClient tokenRequests(@Value("${token-broker.token-file}") Path jwt) {
    var client = new RestClientClientCredentialsTokenResponseClient();
    client.addParametersConverter(
        request -> MultiValueMap.fromSingleValue(Map.of("client_assertion_type", JWT_BEARER, "client_assertion", read(jwt))));
    return client;
  }

  private static String read(Path jwt) {
    try {
      return Files.readString(jwt).strip();
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  /** Requests a new token when the old one has less life left than {@code token-broker.skew}. */
  @Bean
  OAuth2AuthorizedClientManager tokens(
      ClientRegistrationRepository registrations,
      OAuth2AuthorizedClientService service,
      RestClientClientCredentialsTokenResponseClient tokenRequests,
      @Value("${token-broker.skew}") Duration skew) {
    var manager = new AuthorizedClientServiceOAuth2AuthorizedClientManager(registrations, service);
    var provider =
        OAuth2AuthorizedClientProviderBuilder.builder()
            .clientCredentials(grant -> grant.accessTokenResponseClient(tokenRequests).clockSkew(skew))
            .build();
    manager.setAuthorizedClientProvider(context -> authorizeOrKeep(context, provider));
    return manager;
  }

  /** Keeps the old token until it expires if the broker provides no new one. Null means that the old one is used. */
  private static OAuth2AuthorizedClient authorizeOrKeep(OAuth2AuthorizationContext context, OAuth2AuthorizedClientProvider provider) {
    try {
      return provider.authorize(context);
    } catch (ClientAuthorizationException failure) {
      var old = context.getAuthorizedClient();
      if (old == null || Instant.now().isAfter(old.getAccessToken().getExpiresAt())) throw failure;
      return null;
    }
  }
}
