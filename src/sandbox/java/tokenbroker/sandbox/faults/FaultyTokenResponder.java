package tokenbroker.sandbox.faults;

import jakarta.inject.Singleton;
import jakarta.ws.rs.core.Response;
import java.time.Duration;
import java.util.Map;
import tokenbroker.sandbox.trackmage.TokenEndpointResponse;
import tokenbroker.sandbox.trackmage.TokenResponder;
import tokenbroker.sandbox.trackmage.TrackMageLookAlike;

/** Responds to token requests as the TrackMage look-alike does, except for the current fault. */
@Singleton
class FaultyTokenResponder implements TokenResponder {

  private final TrackMageLookAlike trackMage;
  private final ActiveFaults faults;
  private final BrokenResponses broken;

  FaultyTokenResponder(TrackMageLookAlike trackMage, ActiveFaults faults, BrokenResponses broken) {
    this.trackMage = trackMage;
    this.faults = faults;
    this.broken = broken;
  }

  @Override
  public Response respond(Map<String, String> parameters) {
    var lifetimes = trackMage.lifetimes();
    return switch (faults.next(parameters)) {
      case TokenEndpointFault.None _ -> trackMage.token(parameters, lifetimes).toHttp();
      case TokenEndpointFault.Expired(var lifetime) ->
          trackMage.token(parameters, lifetimes.withAccessToken(lifetime)).toHttp();
      case TokenEndpointFault.Slow(var delay) -> {
        pause(delay);
        yield trackMage.token(parameters, lifetimes).toHttp();
      }
      case TokenEndpointFault.Rejected(var error) ->
          new TokenEndpointResponse.Rejected(error, null).toHttp();
      case TokenEndpointFault.HttpError(var status, var retryAfter) ->
          broken.error(status, retryAfter);
      case TokenEndpointFault.Garbage _ -> broken.page(200).build();
      case TokenEndpointFault.Truncated _ ->
          broken.truncated(trackMage.token(parameters, lifetimes).toHttp());
      case TokenEndpointFault.Lost(var grace) -> {
        trackMage.token(parameters, grace.map(lifetimes::withRefreshTokenGrace).orElse(lifetimes));
        yield broken.lost();
      }
    };
  }

  private void pause(Duration delay) {
    try {
      faults.pause(delay);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
