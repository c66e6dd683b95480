package tokenbroker.redis;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tokenbroker.testing.TestConfig;

/**
 * Proves that the password of Redis is read from its file unchanged, and that a bad file changes
 * nothing.
 */
class RedisPasswordTest {

  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(strings = {"", "\n", "\r\n", "\n\n"})
  void newlinesAtTheEndAreNoPartOfIt(String end) throws IOException {
    assertThat(password("p${a}$$ss\\$ " + end).current()).isEqualTo("p${a}$$ss\\$ ");
  }

  @Test
  void aChangedFileIsReadAgain() throws IOException {
    var password = password("first");
    password("second");
    password.reload();

    assertThat(password.faults()).isEmpty();
    assertThat(password.current()).isEqualTo("second");
  }

  @Test
  void anEmptyOrMissingFileLeavesTheLastGoodPasswordInUse() throws IOException {
    var password = password("first");
    password("\n");
    password.reload();
    assertThat(password.current()).isEqualTo("first");
    Files.delete(file());
    password.reload();
    assertThat(password.current()).isEqualTo("first");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\n", "hun\u0007ter2"})
  void atTheStartABadFileIsAFaultThatDoesNotShowIt(String contents) throws IOException {
    var password = password(contents);
    assertThat(password.current()).isNull();
    assertThat(password.faults())
        .singleElement()
        .asString()
        .startsWith("broker.redis.password-file: " + file())
        .doesNotContain("ter2");
  }

  @Test
  void withoutRedisTheFileIsNotLookedAt() {
    var settings =
        Map.of("broker.store", "memory", "broker.redis.password-file", file().toString());
    assertThat(new RedisPassword(TestConfig.with(settings)).faults()).isEmpty();
    assertThat(new RedisPassword(TestConfig.defaults()).current()).isNull();
  }

  private Path file() {
    return directory.resolve("password");
  }

  private RedisPassword password(String contents) throws IOException {
    Files.writeString(file(), contents);
    return new RedisPassword(TestConfig.with("broker.redis.password-file", file().toString()));
  }
}
