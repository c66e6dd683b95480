package tokenbroker.startup;

import io.quarkus.runtime.ShutdownEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import tokenbroker.connections.Connections;
import tokenbroker.jobs.BackgroundWork;

/**
 * The end of the process, after SIGTERM. It has four steps:
 *
 * <ol>
 *   <li>Readiness fails, and everything is still served, for {@code quarkus.shutdown.delay}. In
 *       this time Kubernetes stops sending requests here.
 *   <li>New requests are refused. Requests in progress finish, for at most {@code
 *       quarkus.shutdown.timeout}.
 *   <li>This class ends the background jobs and saves refresh tokens.
 *   <li>{@link Main} writes the last lines of the output.
 * </ol>
 *
 * Quarkus does the first two steps. Both settings are in application.properties.
 */
@Singleton
class Shutdown {

  void end(@Observes ShutdownEvent event, BackgroundWork work, Connections connections) {
    work.end();
    connections.end();
  }
}
