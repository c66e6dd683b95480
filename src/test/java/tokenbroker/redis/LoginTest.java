package tokenbroker.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.redis.client.RedisOptions;
import io.vertx.redis.client.impl.RedisURI;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Proves that Redis gets the password exactly as it is in its file. */
class LoginTest {

  private static final String PASSWORD = "p${a}$$ss\\$ %41+/@:#?&=ü,";

  @ParameterizedTest
  @CsvSource({
    "redis://redis:6379,",
    "rediss://redis:6379/2,",
    "redis://[::1]:6379,",
    "unix:///run/redis.sock?db=1,",
    "redis://redis:6379?client=broker,",
    "redis://redis:6379?user=token-broker, token-broker",
    "rediss://redis:6379/2?client=broker&user=token-broker, token-broker",
    "redis://token-broker@redis:6379/2?client=broker, token-broker",
    "redis://redis?user=a%20b%40c, a b@c"
  })
  void theClientLogsInWithItAsTheUserOfTheAddress(String address, String user) {
    var before = new RedisURI(address);
    var options = Login.with(PASSWORD, new RedisOptions().addConnectionString(address));
    var uri = new RedisURI(options.getEndpoint());

    assertThat(uri.password() == null ? options.getPassword() : uri.password()).isEqualTo(PASSWORD);
    assertThat(uri.user()).isEqualTo(user);
    assertThat(uri.toString()).isEqualTo(before.toString());
    assertThat(uri.socketAddress()).isEqualTo(before.socketAddress());
    assertThat(uri.select()).isEqualTo(before.select());
    assertThat(uri.param("client")).isEqualTo(before.param("client"));
  }

  @ParameterizedTest
  @CsvSource({"redis://redis:6379?user=token-broker", "rediss://token-broker@redis:6379"})
  void theNodesThatAClusterNamesGetIt(String address) {
    var options = Login.with(PASSWORD, new RedisOptions().addConnectionString(address));
    var seed = new RedisURI(options.getEndpoint());
    // The cluster client builds the URL of a node in the same way.
    var node = new RedisURI(seed.protocol() + "://" + seed.userinfo() + "10.0.0.7:6379");

    assertThat(node.user()).isEqualTo("token-broker");
    assertThat(node.password()).isEqualTo(PASSWORD);
  }

  @ParameterizedTest
  @CsvSource({"redis://redis:6379?user=token-broker", "redis://redis:6379"})
  void theOptionsOfOthersStayAsTheyAre(String address) {
    var options = new RedisOptions().addConnectionString(address);
    Login.with(PASSWORD, options);

    assertThat(options.getEndpoints()).containsExactly(address);
    assertThat(options.getPassword()).isNull();
  }
}
