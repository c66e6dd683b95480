package tokenbroker.trackmage;

import java.util.concurrent.atomic.AtomicBoolean;
import org.jboss.logging.Logger;
import tokenbroker.clients.Upstream.RequestStyle;
import tokenbroker.oauth.ClockSkew;
import tokenbroker.oauth.UpstreamBreaker;

/** The state of one upstream, shared by all clients that use it. */
final class UpstreamCondition {

  private static final Logger LOG = Logger.getLogger(UpstreamCondition.class);

  private final String name;
  private final UpstreamBreaker breaker;
  private final ClockSkew skew;
  private final AtomicBoolean said = new AtomicBoolean();
  private volatile boolean refusesForm;

  UpstreamCondition(String name, UpstreamBreaker breaker, ClockSkew skew) {
    this.name = name;
    this.breaker = breaker;
    this.skew = skew;
  }

  UpstreamBreaker breaker() {
    return breaker;
  }

  ClockSkew skew() {
    return skew;
  }

  RequestStyle styleFor(RequestStyle configured) {
    return configured == RequestStyle.FORM && refusesForm ? RequestStyle.QUERY : configured;
  }

  void rememberThatFormIsRefused() {
    if (!said.getAndSet(true)) {
      LOG.infof(
          "Upstream %s rejects a form POST. The broker uses GET from now on, with the secrets in URLs",
          name);
    }
    refusesForm = true;
  }

  /** Forgets failures, and that the upstream rejects a form. */
  void reset() {
    breaker.reset();
    refusesForm = false;
  }

  void forgetThatFormIsRefused() {
    refusesForm = false;
  }
}
