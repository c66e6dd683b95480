package tokenbroker.oauth;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import tokenbroker.outbound.Body.CutOff;
import tokenbroker.outbound.Body.TooLarge;
import tokenbroker.outbound.Body.Undecodable;
import tokenbroker.outbound.Body.Unframed;
import tokenbroker.outbound.Body.Whole;
import tokenbroker.outbound.Reply;
import tokenbroker.outbound.Reply.Answered;
import tokenbroker.outbound.Reply.Late;
import tokenbroker.outbound.Reply.NoConnection;
import tokenbroker.outbound.Reply.NoTunnel;
import tokenbroker.outbound.Reply.NotHttp;
import tokenbroker.seal.KeyedHash;
import tokenbroker.time.Now;
import tokenbroker.tokens.FailureCause.InvalidResponse;
import tokenbroker.tokens.FailureCause.OAuthError;
import tokenbroker.tokens.FailureCause.Outage;
import tokenbroker.tokens.FetchResult.Failed;
import tokenbroker.tokens.FetchResult.FromUpstream;
import tokenbroker.tokens.Provenance;

/**
 * A reader that turns an upstream's response into a result. The {@code error} in the body decides
 * first, because servers return 400 for nearly every error. Without a known {@code error} the
 * status decides. No text of the upstream leaves this class.
 */
final class TokenReplyReader {

  /** The OAuth errors that stand for a 500 and a 503. */
  private static final List<Outage> TROUBLES =
      List.of(Outage.SERVER_ERROR, Outage.TEMPORARILY_UNAVAILABLE);

  private final IssuedToken issuedToken;

  TokenReplyReader(KeyedHash hash, UserFields userFields) {
    this.issuedToken = new IssuedToken(hash, userFields);
  }

  /**
   * Returns the result of a request.
   *
   * @param server the host of the upstream, and its port if it is unusual
   */
  FromUpstream read(Reply reply, Provenance provenance, String server) {
    var result = result(reply, provenance);
    return result instanceof Failed failed ? failed.withDetail(detail(reply, server)) : result;
  }

  private static String detail(Reply reply, String server) {
    return switch (reply) {
      case NoConnection(var reason) -> server + ": " + reason.text();
      case NoTunnel(var text) -> text;
      case Late _ -> server + " did not respond in time";
      case NotHttp _ -> server + " did not respond with HTTP";
      case Answered answer -> server + " responded with status " + answer.status();
    };
  }

  private FromUpstream result(Reply reply, Provenance provenance) {
    return switch (reply) {
      case NoConnection _, NoTunnel _ -> new Failed(Outage.CONNECT);
      case Late _ -> new Failed(Outage.TIMEOUT);
      case NotHttp _ -> new Failed(InvalidResponse.NOT_HTTP);
      case Answered answer ->
          switch (answer.body()) {
            case Whole(var bytes) -> whole(answer, bytes, provenance);
            case CutOff _ -> byStatus(answer, InvalidResponse.TRUNCATED);
            case TooLarge _ -> byStatus(answer, InvalidResponse.TOO_LARGE);
            case Unframed _ -> byStatus(answer, InvalidResponse.NOT_HTTP);
            case Undecodable _ -> byStatus(answer, InvalidResponse.CONTENT_ENCODING);
          };
    };
  }

  private FromUpstream whole(Answered answer, byte[] bytes, Provenance provenance) {
    if (bytes.length == 0) {
      return byStatus(answer, InvalidResponse.EMPTY);
    }
    return StrictJson.object(bytes)
        .map(fields -> understood(answer, fields, provenance))
        .orElseGet(() -> byStatus(answer, InvalidResponse.NOT_JSON));
  }

  private FromUpstream understood(Answered answer, JsonNode fields, Provenance provenance) {
    var error = fields.path("error");
    if (answer.succeeded() && (!error.isTextual() || fields.hasNonNull("access_token"))) {
      return issuedToken.from(fields, new Now(answer.sentAt(), answer.sent()), provenance);
    }
    return error.isTextual()
        ? byError(answer, error.textValue())
        : byStatus(answer, InvalidResponse.NO_ACCESS_TOKEN);
  }

  private static Failed byError(Answered answer, String code) {
    var error = OAuthError.of(code);
    if (error != OAuthError.UNRECOGNIZED) {
      return new Failed(error);
    }
    var byStatus = byStatus(answer, InvalidResponse.NO_ACCESS_TOKEN);
    if (byStatus.cause() instanceof Outage) {
      return byStatus;
    }
    for (var trouble : TROUBLES) {
      if (trouble.label().equals(code)) {
        return new Failed(trouble, RetryAfter.of(answer));
      }
    }
    return isNeither(answer) ? byStatus : new Failed(OAuthError.UNRECOGNIZED);
  }

  /**
   * Returns the result for a response without an OAuth body.
   *
   * @param fault what is wrong with the body; used if the status is a success
   */
  private static Failed byStatus(Answered answer, InvalidResponse fault) {
    var status = answer.status();
    if (status == 429 || status >= 500) {
      return new Failed(status == 429 ? Outage.HTTP_429 : Outage.HTTP_5XX, RetryAfter.of(answer));
    }
    if (answer.succeeded()) {
      return new Failed(fault);
    }
    return new Failed(
        status < 200
            ? InvalidResponse.HTTP_1XX
            : status < 400 ? InvalidResponse.HTTP_3XX : InvalidResponse.HTTP_4XX);
  }

  /** Returns whether the status is neither a success nor an error. */
  private static boolean isNeither(Answered answer) {
    return answer.status() < 400 && !answer.succeeded();
  }
}
