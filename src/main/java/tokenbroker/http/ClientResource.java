package tokenbroker.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.smallrye.common.annotation.NonBlocking;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tokenbroker.clients.Client;
import tokenbroker.clients.ClientDirectory;
import tokenbroker.tokens.ClientStatus;
import tokenbroker.tokens.TokenBroker;

/** The clients that a caller may use, and how they fare. Never a secret, never a token. */
@ForCallers
@NonBlocking
@Path("clients")
class ClientResource {

  private final ClientDirectory clients;
  private final TokenBroker broker;
  private final VirtualThreads threads;

  ClientResource(ClientDirectory clients, TokenBroker broker, VirtualThreads threads) {
    this.clients = clients;
    this.broker = broker;
    this.threads = threads;
  }

  @GET
  @Produces(MediaType.APPLICATION_JSON)
  public Uni<Response> list(@Context ContainerRequestContext request) {
    var caller = Exchange.of(request).caller();
    return threads.call(
        () -> {
          var views =
              clients.all().stream()
                  .filter(client -> client.admits(caller).isPresent())
                  .sorted(Comparator.comparing(Client::name))
                  .map(this::view)
                  .toList();
          return Response.ok(new ClientsView(views))
              .header(HttpHeaders.CACHE_CONTROL, "no-store")
              .build();
        });
  }

  private ClientView view(Client client) {
    var status = broker.status(client);
    var token = status.token();
    return new ClientView(
        client.name().value(),
        client.upstream().name(),
        state(client, status),
        token == null ? null : token.id().value(),
        status.expiresAt() == null ? null : seconds(status.expiresAt()),
        status.lastSuccess() == null ? null : seconds(status.lastSuccess()),
        lastFailure(client, status));
  }

  /**
   * A client whose credentials are at fault fails, though the upstream may never have been asked.
   */
  private String state(Client client, ClientStatus status) {
    var state =
        status.state() == ClientStatus.State.IDLE && clients.problem(client.name()).isPresent()
            ? ClientStatus.State.FAILING
            : status.state();
    return state.name().toLowerCase(Locale.ROOT);
  }

  private @Nullable FailureView lastFailure(Client client, ClientStatus status) {
    var failure = status.failure();
    return failure != null && status.failedAt() != null
        ? new FailureView(seconds(status.failedAt()), failure.reason())
        : clients
            .problem(client.name())
            .map(problem -> new FailureView(null, problem.code()))
            .orElse(null);
  }

  private static String seconds(Instant instant) {
    return instant.truncatedTo(ChronoUnit.SECONDS).toString();
  }

  @RegisterForReflection
  record ClientsView(List<ClientView> clients) {}

  @RegisterForReflection
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record ClientView(
      String name,
      String upstream,
      String state,
      @JsonProperty("token_id") @Nullable String tokenId,
      @JsonProperty("expires_at") @Nullable String expiresAt,
      @JsonProperty("last_success") @Nullable String lastSuccess,
      @JsonProperty("last_failure") @Nullable FailureView lastFailure) {}

  /**
   * @param at absent where the files are at fault: that lasts until they are mended
   */
  @RegisterForReflection
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record FailureView(@Nullable String at, String reason) {}
}
