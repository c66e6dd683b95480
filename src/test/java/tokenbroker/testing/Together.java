package tokenbroker.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import org.awaitility.Awaitility;

/** Waits until replicas share their tokens. */
public final class Together {

  private Together() {}

  /**
   * Waits until both replicas use Redis: one serves the token that the other has fetched, and both
   * receive announcements.
   *
   * @param freshPath supplies the path of a client that has no token yet
   */
  public static void await(
      List<BrokerProcess> brokers,
      ScriptedUpstream upstream,
      String jwt,
      Supplier<String> freshPath) {
    Awaitility.await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(
            () -> {
              var path = freshPath.get();
              var before = upstream.count();
              var one = brokers.getFirst().get(path, jwt).headers().firstValue("Token-Id");
              var two = brokers.getLast().get(path, jwt).headers().firstValue("Token-Id");
              assertThat(two).isEqualTo(one).isPresent();
              assertThat(upstream.count()).isEqualTo(before + 1);
              assertThat(brokers)
                  .allSatisfy(
                      broker ->
                          assertThat(broker.managementGet("/q/health/ready"))
                              .contains("\"heard\"")
                              .contains("\"up\""));
            });
  }
}
