package tokenbroker.sandbox;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/** The {@code sandbox.*} keys. What has no default here comes from {@link SandboxDefaults}. */
@ConfigMapping(prefix = "sandbox")
interface SandboxConfig {

  /**
   * Whether the sandbox configures the broker too: on in dev mode and in the packaged sandbox, off
   * in tests. Its endpoints are there either way.
   */
  Optional<Boolean> enabled();

  /** Where the generated files are: clients file, secrets, keys. Absent where it is not enabled. */
  Optional<Path> directory();

  /** Where the broker finds the sandbox. */
  @WithDefault("http://127.0.0.1:8080/sandbox")
  URI baseUrl();

  /** The life of an access token that the TrackMage look-alike gives. */
  @WithDefault("1h")
  Duration tokenLifetime();

  /** The life of a refresh token that the TrackMage look-alike gives. */
  @WithDefault("14d")
  Duration refreshTokenLifetime();

  /** How long a refresh token that was rotated away may be used once more; 0 for not at all. */
  @WithDefault("0s")
  Duration refreshTokenGrace();

  /**
   * The redirect URIs that the TrackMage look-alike takes for registered. Absent for any that is
   * http or https and has no fragment.
   */
  Optional<Set<String>> redirectUris();

  /** Where the demo page finds the broker. Absent for the origin of the base URL. */
  Optional<URI> brokerUrl();
}
