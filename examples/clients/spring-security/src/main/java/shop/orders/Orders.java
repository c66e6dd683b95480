package shop.orders;

import static org.springframework.security.oauth2.client.web.client.RequestAttributeClientRegistrationIdResolver.clientRegistrationId;
import static org.springframework.security.oauth2.client.web.client.RequestAttributePrincipalResolver.principal;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.CommandLineRunner;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.security.oauth2.client.OAuth2AuthorizedClientManager;
import org.springframework.security.oauth2.client.web.client.OAuth2ClientHttpRequestInterceptor;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestClientResponseException;

/** Calls TrackMage once a second and prints the status of each response. */
@SpringBootApplication
class Orders implements CommandLineRunner {

  private final RestClient trackMage;

  Orders(RestClient.Builder builder, OAuth2AuthorizedClientManager tokens, @Value("${trackmage.url}") String url) {
    trackMage = builder.baseUrl(url).requestInterceptor(new OAuth2ClientHttpRequestInterceptor(tokens)).build();
  }

  public static void main(String[] arguments) {
    SpringApplication.run(Orders.class, arguments);
  }

  @Override
  public void run(String... arguments) throws InterruptedException {
    while (true) {
      System.out.println(call());
      Thread.sleep(1000);
    }
  }

  private String call() {
    try {
      var response =
          trackMage
              .get()
              .uri("/workspaces?itemsPerPage=1")
              .attributes(clientRegistrationId("trackmage"))
              .attributes(principal("orders"))
              .retrieve()
              .toBodilessEntity();
      return String.valueOf(response.getStatusCode().value());
    } catch (RestClientResponseException refused) {
      return String.valueOf(refused.getStatusCode().value());
    } catch (RuntimeException failure) {
      return "error: " + failure.toString().replaceAll("\\s+", " ");
    }
  }
}
