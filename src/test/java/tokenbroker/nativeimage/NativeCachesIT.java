package tokenbroker.nativeimage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tokenbroker.testing.BrokerFiles;
import tokenbroker.testing.BrokerProcess;
import tokenbroker.testing.CallerTokens;

/** Caffeine has a class for each kind of cache and looks it up by name. */
class NativeCachesIT {

  /** Such as SSMSW, a cache, and PSWMS, what it holds. */
  private static final Pattern BY_NAME =
      Pattern.compile("(com\\.github\\.benmanes\\.caffeine\\.cache\\.[A-Z]{3,}) ");

  @TempDir Path directory;

  @Test
  void everyCacheThatTheBrokerMakesIsKnownToANativeExecutable() throws Exception {
    assumeFalse(BrokerProcess.isNative(), "the native executable shows it itself");
    var issuer = new CallerTokens("k1");
    var files = new BrokerFiles(directory).callerKeys(issuer);
    files.clients("clients: {}\n");
    var loaded = directory.resolve("loaded.txt");
    try (var broker =
        BrokerProcess.with(files)
            .with("broker.store", "memory")
            .jvm("-Xlog:class+load:file=" + loaded)
            .start()) {
      assertThat(broker.get("/tokens/nobody", issuer.token("nobody")).statusCode()).isEqualTo(403);
    }
    var caches =
        BY_NAME.matcher(Files.readString(loaded)).results().map(found -> found.group(1)).toList();
    assertThat(caches).hasSizeGreaterThanOrEqualTo(4);
    for (var cache : caches) {
      assertThat(NativeMetadata.knowsCache(cache)).as(cache).isTrue();
    }
  }
}
