package tokenbroker.trackmage;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Set;
import tokenbroker.outbound.Body.CutOff;
import tokenbroker.outbound.Body.TooLarge;
import tokenbroker.outbound.Body.Undecodable;
import tokenbroker.outbound.Body.Unframed;
import tokenbroker.outbound.Body.Whole;
import tokenbroker.outbound.Reply;
import tokenbroker.outbound.Reply.Answered;
import tokenbroker.outbound.Reply.Late;
import tokenbroker.outbound.Reply.NoConnection;
import tokenbroker.outbound.Reply.NotHttp;
import tokenbroker.seal.KeyedHash;
import tokenbroker.time.Now;
import tokenbroker.tokens.FetchResult.FromUpstream;
import tokenbroker.tokens.FetchResult.InvalidResponse;
import tokenbroker.tokens.FetchResult.Rejected;
import tokenbroker.tokens.FetchResult.TimedOut;
import tokenbroker.tokens.FetchResult.Unavailable;
import tokenbroker.tokens.OAuthError;
import tokenbroker.tokens.Provenance;

/**
 * Says what a reply means: by the {@code error} in its body first, for TrackMage answers 400 to
 * nearly everything, and by its status where there is no such error. None of the upstream's text
 * gets past here.
 */
final class TokenAnswers {

  static final String CONNECT = "connect";
  static final String HTTP_4XX = "http_4xx";
  static final String HTTP_5XX = "http_5xx";
  static final String HTTP_429 = "http_429";
  private static final String NOT_HTTP = "not_http";

  /** What stands for a 5xx and a 503 in an OAuth body (RFC 6749 §4.1.2.1). */
  private static final Set<String> TROUBLES = Set.of("server_error", "temporarily_unavailable");

  private final IssuedToken issuedToken;

  TokenAnswers(KeyedHash hash) {
    this.issuedToken = new IssuedToken(hash);
  }

  FromUpstream read(Reply reply, Provenance provenance) {
    return switch (reply) {
      case NoConnection _ -> new Unavailable(CONNECT, null);
      case Late _ -> new TimedOut();
      case NotHttp _ -> new InvalidResponse(NOT_HTTP);
      case Answered answer ->
          switch (answer.body()) {
            case Whole(var bytes) -> whole(answer, bytes, provenance);
            case CutOff _ -> byStatus(answer, "truncated");
            case TooLarge _ -> byStatus(answer, "too_large");
            case Unframed _ -> byStatus(answer, NOT_HTTP);
            case Undecodable _ -> byStatus(answer, "content_encoding");
          };
    };
  }

  private FromUpstream whole(Answered answer, byte[] bytes, Provenance provenance) {
    if (bytes.length == 0) {
      return byStatus(answer, "empty");
    }
    return StrictJson.object(bytes)
        .map(fields -> understood(answer, fields, provenance))
        .orElseGet(() -> byStatus(answer, "not_json"));
  }

  private FromUpstream understood(Answered answer, JsonNode fields, Provenance provenance) {
    var error = fields.path("error");
    if (answer.succeeded() && (!error.isTextual() || fields.hasNonNull("access_token"))) {
      return issuedToken.from(fields, new Now(answer.sentAt(), answer.sent()), provenance);
    }
    return error.isTextual()
        ? byError(answer, error.textValue())
        : byStatus(answer, "no_access_token");
  }

  private static FromUpstream byError(Answered answer, String code) {
    var error = OAuthError.of(code);
    if (error != OAuthError.UNRECOGNIZED) {
      return new Rejected(error);
    }
    return switch (byStatus(answer, "")) {
      case Unavailable unavailable -> unavailable;
      case FromUpstream _ when TROUBLES.contains(code) ->
          new Unavailable(code, RetryAfter.of(answer));
      case FromUpstream other when isNeither(answer) -> other;
      case FromUpstream _ -> new Rejected(OAuthError.UNRECOGNIZED);
    };
  }

  /**
   * For answers without an OAuth body.
   *
   * @param fault what is wrong with the body: said where the status is a good one
   */
  private static FromUpstream byStatus(Answered answer, String fault) {
    if (answer.status() == 429 || answer.status() >= 500) {
      return new Unavailable(answer.status() == 429 ? HTTP_429 : HTTP_5XX, RetryAfter.of(answer));
    }
    if (answer.succeeded()) {
      return new InvalidResponse(fault);
    }
    return new InvalidResponse(
        answer.status() < 200 ? "http_1xx" : answer.status() < 400 ? "http_3xx" : HTTP_4XX);
  }

  /** Whether the status is neither that of a success nor that of an error. */
  private static boolean isNeither(Answered answer) {
    return answer.status() < 400 && !answer.succeeded();
  }
}
