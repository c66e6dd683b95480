package tokenbroker.sandbox;

import static jakarta.ws.rs.core.MediaType.APPLICATION_JSON;

import jakarta.inject.Singleton;
import jakarta.ws.rs.core.Response;
import java.time.Duration;
import java.util.Map;
import tokenbroker.sandbox.TokenAnswer.Refused;

/** Answers the token requests of all endpoints, with the ordered faults. */
@Singleton
class TokenRequests {

  private final SandboxTrackMage trackMage;
  private final Faults faults;
  private final BrokenAnswers broken;

  TokenRequests(SandboxTrackMage trackMage, Faults faults, BrokenAnswers broken) {
    this.trackMage = trackMage;
    this.faults = faults;
    this.broken = broken;
  }

  Response answer(Map<String, String> parameters) {
    var terms = trackMage.terms();
    return switch (faults.next(parameters)) {
      case Fault.None _ -> json(trackMage.token(parameters, terms));
      case Fault.Expired(var lifetime) ->
          json(trackMage.token(parameters, terms.withAccessTokens(lifetime)));
      case Fault.Slow(var delay) -> {
        pause(delay);
        yield json(trackMage.token(parameters, terms));
      }
      case Fault.Rejected(var error) -> json(new Refused(error, null));
      case Fault.HttpError(var status, var retryAfter) -> broken.error(status, retryAfter);
      case Fault.Garbage _ -> broken.page(200).build();
      case Fault.Truncated _ -> broken.cutOff(json(trackMage.token(parameters, terms)));
      case Fault.Lost(var grace) -> {
        trackMage.token(parameters, grace.map(terms::withGrace).orElse(terms));
        yield broken.none();
      }
    };
  }

  /** Returns a JSON answer. All errors have status 400, because TrackMage hardly uses another. */
  private static Response json(TokenAnswer answer) {
    var status = answer instanceof Refused ? 400 : 200;
    return Response.status(status).type(APPLICATION_JSON).entity(answer).build();
  }

  private static void pause(Duration delay) {
    try {
      Thread.sleep(delay);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
