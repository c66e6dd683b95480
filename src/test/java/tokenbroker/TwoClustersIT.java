package tokenbroker;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tokenbroker.testing.BrokerProcess;
import tokenbroker.testing.ConnectedSite;
import tokenbroker.testing.Measured;
import tokenbroker.testing.RealRedis;

/**
 * Proves what docs/recovery.md says about two clusters of Kubernetes: what each of them fetches.
 */
class TwoClustersIT {

  private static final List<String> PATHS = List.of("/tokens/acme", "/tokens/bolt");

  @RegisterExtension private final ConnectedSite site = new ConnectedSite();

  @Test
  void withARedisEachBothFetchAndOneDoesNotKnowTheConnectionsOfTheOther() {
    var east = site.start(site.settings(), 2);
    try (var redis = new RealRedis()) {
      var west = site.start(site.settings().with("quarkus.redis.hosts", redis.url()), 2);
      var connection = site.connection(east.getFirst(), "acme", "alice");

      assertThat(tokens(east)).hasSize(2);
      assertThat(tokens(west)).hasSize(2);
      assertThat(site.upstream().count("id-bolt")).as("one fetch for each cluster").isEqualTo(2);
      assertThat(site.token(east.getLast(), "acme", connection).statusCode()).isEqualTo(200);
      assertThat(site.token(west.getFirst(), "acme", connection).statusCode()).isEqualTo(404);
      Measured.say(
          "withARedisEachBothFetchAndOneDoesNotKnowTheConnectionsOfTheOther",
          "2 fetches of a client for 2 clusters with 4 replicas");
    }
  }

  @Test
  void withoutRedisEachReplicaFetches() {
    for (var i = 0; i < 2; i++) {
      var replica = site.start(site.settings().with("broker.store", "memory"));
      assertThat(replica.get("/tokens/bolt", site.caller()).statusCode()).isEqualTo(200);
    }

    assertThat(site.upstream().count("id-bolt")).isEqualTo(2);
  }

  private List<String> tokens(List<BrokerProcess> brokers) {
    var ids = new ArrayList<String>();
    for (var broker : brokers) {
      for (var path : PATHS) {
        ids.add(broker.get(path, site.caller()).headers().firstValue("Token-Id").orElseThrow());
      }
    }
    return ids.stream().distinct().toList();
  }
}
