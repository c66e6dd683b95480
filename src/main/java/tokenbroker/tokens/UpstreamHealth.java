package tokenbroker.tokens;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tokenbroker.clients.Upstream;

/** What this replica knows about the health of upstreams. */
public interface UpstreamHealth {

  /** Returns the state of an upstream; empty if no request was sent to it yet. Never blocks. */
  Optional<State> of(Upstream upstream);

  /**
   * The state of one upstream.
   *
   * @param failing how many accounts have failed since the upstream last served one
   * @param nextAttempt the time until the next attempt while the breaker is open; null if it is
   *     closed
   */
  record State(int failing, @Nullable Duration nextAttempt) {}
}
