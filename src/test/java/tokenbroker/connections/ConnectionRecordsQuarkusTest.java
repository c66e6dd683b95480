package tokenbroker.connections;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tokenbroker.clients.ClientName;
import tokenbroker.sandbox.SandboxProfiles;
import tokenbroker.tokens.ConnectionId;
import tokenbroker.tokens.TokenOwner;

/** Proves that the metrics of connections are removed together with their client. */
@QuarkusTest
@TestProfile(SandboxProfiles.Configuring.class)
class ConnectionRecordsQuarkusTest {

  private static final ClientName CONFIGURED = new ClientName("demo");
  private static final ClientName GONE = new ClientName("gone");

  @Inject ConnectionEvents records;
  @Inject ConnectionStore store;
  @Inject MeterRegistry registry;

  @Test
  void aClientThatIsRemovedWhileItsConnectionsAreCountedHasNoSeries() {
    records.count(Map.of(CONFIGURED, store.count(CONFIGURED), GONE, store.count(GONE)));

    assertThat(registry.find("token_broker.connections").tag("client", "demo").meters())
        .isNotEmpty();
    assertThat(registry.find("token_broker.connections").tag("client", "gone").meters()).isEmpty();
  }

  @Test
  void aRefreshTokenThatDiesAfterItsClientBringsNoSeriesBack() {
    records.ended(new TokenOwner(GONE, new ConnectionId("A".repeat(22))));

    assertThat(registry.find("token_broker.connections.ended").tag("client", "gone").meters())
        .isEmpty();
  }
}
