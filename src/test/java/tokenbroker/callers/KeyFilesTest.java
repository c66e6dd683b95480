package tokenbroker.callers;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tokenbroker.callers.Verification.Refused;
import tokenbroker.callers.Verification.Verified;
import tokenbroker.testing.CallerTokens;
import tokenbroker.testing.KubeletVolume;

/** Proves that key files are reloaded at the interval of the broker's other files. */
class KeyFilesTest {

  private static final Duration RELOAD_EVERY = Duration.ofSeconds(10);
  private static final CallerTokens FIRST = new CallerTokens("k1");
  private static final CallerTokens SECOND = new CallerTokens("k2");

  @TempDir Path directory;

  @Test
  void aChangedFileIsInForceAfterTenSeconds() throws IOException {
    var file = Files.writeString(directory.resolve("keys"), FIRST.jwks());
    var site = CallersUnderTest.withKeys(file.toString()).read();
    Files.writeString(file, SECOND.jwks());
    site.passes(RELOAD_EVERY.minusSeconds(1));
    assertThat(site.verify(FIRST.token("orders"))).isInstanceOf(Verified.class);

    site.passes(Duration.ofSeconds(1));
    assertThat(site.verify(SECOND.token("orders"))).isInstanceOf(Verified.class);
    assertThat(site.verify(FIRST.token("orders"))).isInstanceOf(Refused.class);
  }

  @Test
  void aVolumeThatTheKubeletSwapsIsInForceAfterTenSeconds() {
    var volume = new KubeletVolume(directory);
    volume.write(Map.of("keys", FIRST.jwks()));
    var site = CallersUnderTest.withKeys(directory.resolve("keys").toString()).read();
    assertThat(site.verify(FIRST.token("orders"))).isInstanceOf(Verified.class);

    volume.write(Map.of("keys", SECOND.jwks()));
    site.passes(RELOAD_EVERY);
    assertThat(site.verify(SECOND.token("orders"))).isInstanceOf(Verified.class);
  }

  @Test
  void aDamagedFileChangesNothingAndIsReadAgainAfterTenSeconds() throws IOException {
    var file = Files.writeString(directory.resolve("keys"), FIRST.jwks());
    var site = CallersUnderTest.withKeys(file.toString()).read();
    Files.writeString(file, FIRST.jwks().substring(0, 100));
    site.passes(RELOAD_EVERY);
    assertThat(site.failure("test")).isEqualTo("the text is neither JSON nor PEM");
    assertThat(site.verify(FIRST.token("orders"))).isInstanceOf(Verified.class);

    Files.writeString(file, FIRST.jwks());
    site.passes(RELOAD_EVERY);
    assertThat(site.failure("test")).isNull();
  }

  @Test
  void anUnchangedFileKeepsTheSameKeys() throws IOException {
    var file = Files.writeString(directory.resolve("keys"), FIRST.jwks());
    var site = CallersUnderTest.withKeys(file.toString()).read();
    var jwt = FIRST.token("orders");
    site.verify(jwt);
    site.passes(RELOAD_EVERY);
    assertThat(site.callers.remembered(jwt)).isNotNull();
    assertThat(site.reads("test", "ok")).isEqualTo(2);
  }
}
