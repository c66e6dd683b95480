package tokenbroker.connections;

import jakarta.inject.Singleton;
import java.util.Set;
import org.jboss.logging.Logger;
import tokenbroker.clients.Client;
import tokenbroker.connections.Authorization.ResultParameter;
import tokenbroker.tokens.AccessToken;
import tokenbroker.tokens.FailureCause;
import tokenbroker.tokens.FailureCause.InvalidResponse;
import tokenbroker.tokens.FailureCause.Local;
import tokenbroker.tokens.FailureCause.OAuthError;
import tokenbroker.tokens.FailureCause.Outage;
import tokenbroker.tokens.FetchResult.Failed;
import tokenbroker.tokens.FetchResult.Fetched;
import tokenbroker.tokens.RefreshToken;
import tokenbroker.tokens.StoreUnavailable;
import tokenbroker.tokens.TokenOwner;

/**
 * The exchange of the upstream's response for a result or an error. The browser gets only the error
 * codes of RFC 6749 §4.1.2.1. The log and the audit get the reason.
 */
@Singleton
class CodeExchange {

  private static final Logger LOG = Logger.getLogger(CodeExchange.class);

  private static final String ACCESS_DENIED = "access_denied";
  private static final String SERVER_ERROR = "server_error";
  private static final String UNAVAILABLE = "temporarily_unavailable";

  /**
   * The errors of RFC 6749 §4.1.2.1. They are passed on unchanged; any other error becomes {@code
   * server_error}.
   */
  private static final Set<String> ERRORS =
      Set.of(
          "invalid_request",
          "unauthorized_client",
          ACCESS_DENIED,
          "unsupported_response_type",
          "invalid_scope",
          SERVER_ERROR,
          UNAVAILABLE);

  private final AuthorizationCodeClient grants;
  private final Results results;
  private final ConnectionEvents records;
  private final PublicAddress address;

  CodeExchange(
      AuthorizationCodeClient grants,
      Results results,
      ConnectionEvents records,
      PublicAddress address) {
    this.grants = grants;
    this.results = results;
    this.records = records;
    this.address = address;
  }

  /** Exchanges the code and stores the result. Blocks for a bounded time. */
  ResultParameter carryOut(Client client, Authorization authorization, String code) {
    var result = grants.exchange(client, code, address.callback(), authorization.verifier());
    return switch (result) {
      case Fetched(var token, var refreshToken, _) when refreshToken != null ->
          stored(client, authorization, token, refreshToken);
      case Fetched _ -> failed(client, authorization, SERVER_ERROR, "no_refresh_token");
      case Failed(var cause, _, _) ->
          failed(client, authorization, browserError(cause), cause.label());
    };
  }

  /** Returns the error code of RFC 6749 §4.1.2.1. */
  private static String browserError(FailureCause cause) {
    return switch (cause) {
      case Outage _, Local _ -> UNAVAILABLE;
      case OAuthError _, InvalidResponse _ -> SERVER_ERROR;
    };
  }

  /**
   * Records that the upstream returned no code. A user's refusal is not a fault and causes no
   * warning.
   */
  ResultParameter refused(Client client, Authorization authorization, String error) {
    if (error.equals(ACCESS_DENIED)) {
      notConnected(client, authorization, ACCESS_DENIED, ACCESS_DENIED);
      return new ResultParameter("error", ACCESS_DENIED);
    }
    return ERRORS.contains(error)
        ? failed(client, authorization, error, error)
        : failed(client, authorization, SERVER_ERROR, "unrecognized");
  }

  private ResultParameter stored(
      Client client, Authorization authorization, AccessToken token, RefreshToken refreshToken) {
    try {
      var code = results.keep(client.name(), authorization.state(), token, refreshToken);
      records.authorized(
          authorization.asked(), TokenOwner.of(client.name()), token.id(), authorization.traceId());
      return new ResultParameter("result", code.random());
    } catch (StoreUnavailable e) {
      return failed(client, authorization, UNAVAILABLE, Local.STORE_UNAVAILABLE.label());
    }
  }

  private ResultParameter failed(
      Client client, Authorization authorization, String error, String reason) {
    LOG.warnf(
        "No account was connected for client %s: %s (trace_id %s)",
        client.name(), reason, authorization.traceId());
    notConnected(client, authorization, error, reason);
    return new ResultParameter("error", error);
  }

  private void notConnected(
      Client client, Authorization authorization, String error, String reason) {
    records.notConnected(
        authorization.asked(),
        TokenOwner.of(client.name()),
        error,
        reason,
        authorization.traceId());
  }
}
