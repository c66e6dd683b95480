package tokenbroker.nativeimage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.nio.file.Files;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tokenbroker.testing.BrokerProcess;
import tokenbroker.testing.Site;

/**
 * Proves that a native executable contains every cache class that the broker uses. Caffeine has a
 * class for each kind of cache and loads it by name.
 */
class NativeCachesIT {

  /** Matches names such as SSMSW, a cache, and PSWMS, a node of a cache. */
  private static final Pattern BY_NAME =
      Pattern.compile("(com\\.github\\.benmanes\\.caffeine\\.cache\\.[A-Z]{3,}) ");

  @RegisterExtension private final Site site = new Site().inMemory();

  @Test
  void everyCacheThatTheBrokerMakesIsKnownToANativeExecutable() throws Exception {
    assumeFalse(BrokerProcess.isNative(), "the native executable shows it itself");
    var loaded = site.directory().resolve("loaded.txt");
    try (var broker = site.settings().jvm("-Xlog:class+load:file=" + loaded).start()) {
      assertThat(broker.get("/tokens/nobody", site.token("nobody")).statusCode()).isEqualTo(403);
    }
    var caches =
        BY_NAME.matcher(Files.readString(loaded)).results().map(found -> found.group(1)).toList();
    assertThat(caches).hasSizeGreaterThanOrEqualTo(4);
    for (var cache : caches) {
      assertThat(NativeMetadata.knowsCache(cache)).as(cache).isTrue();
    }
  }
}
