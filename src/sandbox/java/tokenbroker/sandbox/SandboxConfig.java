package tokenbroker.sandbox;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/** The {@code sandbox.*} settings. {@link SandboxDefaults} sets those without a default here. */
@ConfigMapping(prefix = "sandbox")
interface SandboxConfig {

  /**
   * Whether the sandbox configures the broker. True by default, but false in tests. The sandbox's
   * endpoints exist in either case.
   */
  Optional<Boolean> enabled();

  /**
   * The directory of the generated files: clients file, secrets, keys. Absent if the sandbox does
   * not configure the broker.
   */
  Optional<Path> directory();

  /** The URL at which the broker and browsers reach the sandbox. */
  @WithDefault("http://127.0.0.1:8080/sandbox")
  URI baseUrl();

  /** The lifetime of the access tokens from the TrackMage look-alike. */
  @WithDefault("1h")
  Duration tokenLifetime();

  /** The lifetime of the refresh tokens from the TrackMage look-alike. */
  @WithDefault("14d")
  Duration refreshTokenLifetime();

  /** How long a rotated refresh token may be used once more; 0 to forbid that. */
  @WithDefault("0s")
  Duration refreshTokenGrace();

  /**
   * The redirect URIs that the TrackMage look-alike accepts as registered. If absent, it accepts
   * every http or https URI without a fragment.
   */
  Optional<Set<String>> redirectUris();
}
