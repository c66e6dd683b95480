package tokenbroker.http;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.vertx.http.runtime.VertxHttpConfig;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;
import tokenbroker.callers.CredentialForm;
import tokenbroker.callers.VerifiedCallers;
import tokenbroker.clients.ClientName;
import tokenbroker.http.Admission.Admitted;
import tokenbroker.http.OAuthTokenRequest.Reading.Understood;
import tokenbroker.http.TokenTexts.Form;
import tokenbroker.server.Shortcut;
import tokenbroker.tokens.TokenBroker;
import tokenbroker.tokens.TokenRequirement;
import tokenbroker.tokens.TokenResult.Issued;

/**
 * The answer to a hit: the caller is cached, the token is nearby, and the request has no unusual
 * options. It is given on the event loop, before all other handlers, and over HTTP/1.1 before
 * Vert.x. Any other request is passed on to {@link TokenResource} or {@link OAuthTokenEndpoint},
 * which apply the same rules and give the same answers.
 */
@Singleton
class HotPath implements Shortcut {

  private static final Logger LOG = Logger.getLogger(HotPath.class);
  private static final String PATH = "/tokens/";
  private static final TokenRequirement USABLE = new TokenRequirement.Usable();
  private static final CharSequence TOKEN_ID = HttpHeaders.createOptimized("Token-Id");
  private static final CharSequence ACCEPT = HttpHeaders.createOptimized("Accept");
  private static final CharSequence PRAGMA = HttpHeaders.createOptimized("Pragma");
  private static final CharSequence NO_CACHE = HttpHeaders.createOptimized("no-cache");
  private static final CharSequence NO_STORE = HttpHeaders.createOptimized("no-store");
  private static final CharSequence JSON = HttpHeaders.createOptimized("application/json");

  private static final byte[] OAUTH_HEAD =
      """
      HTTP/1.1 200 OK\r
      content-type: application/json\r
      cache-control: no-store\r
      pragma: no-cache\r
      """
          .getBytes(US_ASCII);
  private static final byte[] TOKEN_HEAD =
      (new String(OAUTH_HEAD, US_ASCII) + "vary: Accept\r\n").getBytes(US_ASCII);

  private final VerifiedCallers callers;
  private final RateLimits limits;
  private final Admission admission;
  private final TokenBroker broker;
  private final TokenResponses answers;
  private final TokenTexts texts;
  private final PublicHost publicHost;

  /** Whether hits over HTTP/1.1 are answered before Vert.x. */
  private volatile boolean isOpen;

  HotPath(
      VerifiedCallers callers,
      RateLimits limits,
      Admission admission,
      TokenBroker broker,
      TokenResponses answers,
      TokenTexts texts,
      PublicHost publicHost,
      VertxHttpConfig http) {
    this.callers = callers;
    this.limits = limits;
    this.admission = admission;
    this.broker = broker;
    this.answers = answers;
    this.texts = texts;
    this.publicHost = publicHost;
    this.isOpen = isPlain(http);
  }

  /** Returns whether no setting needs Quarkus' own handlers, such as those for proxies. */
  private static boolean isPlain(VertxHttpConfig http) {
    return !http.proxy().proxyAddressForwarding()
        && !http.proxy().useProxyProtocol()
        && !http.accessLog().enabled()
        && http.header().isEmpty()
        && http.filter().isEmpty();
  }

  /** From now on, Quarkus refuses requests. */
  void close(@Observes ShutdownEvent event) {
    isOpen = false;
  }

  /**
   * A token that may be handed out, and that was counted and audited.
   *
   * @param validity the remaining validity for this caller
   */
  private record Hit(Issued issued, Validity validity) {

    String tokenId() {
      return issued.token().id().value();
    }
  }

  @Override
  public @Nullable ByteBuf answer(
      HttpRequest head, ByteBuf body, String address, ByteBufAllocator memory) {
    if (!isOpen || !HttpVersion.HTTP_1_1.equals(head.protocolVersion())) {
      return null;
    }
    try {
      return hit(head, body, address, memory);
    } catch (RuntimeException e) {
      LOG.error("A hit failed unexpectedly. The REST API answers the request instead", e);
      return null;
    }
  }

  /** Answers a hit over HTTP/1.1. */
  private @Nullable ByteBuf hit(
      HttpRequest head, ByteBuf body, String address, ByteBufAllocator memory) {
    var startedAt = System.nanoTime();
    if (HttpMethod.GET.equals(head.method()) && head.uri().startsWith(PATH) && !body.isReadable()) {
      var fields = RequestFields.of(head.headers());
      return response(Form.TOKEN, token(head.uri(), fields, address, startedAt), memory);
    }
    if (HttpMethod.POST.equals(head.method())
        && head.uri().equals(OAuthTokenEndpoint.PATH)
        && OAuthTokenRequest.read((MultiMap) head.headers(), null, ByteBufUtil.getBytes(body))
            instanceof Understood(var request)) {
      var fields = RequestFields.of(head.headers());
      return response(
          request.isExchange() ? Form.OAUTH_EXCHANGE : Form.OAUTH,
          token(request, fields, address, startedAt),
          memory);
    }
    return null;
  }

  /** Answers a hit over HTTP/2, or over HTTP/1.1 if that needs Quarkus' own handlers. */
  void handle(RoutingContext context) {
    var startedAt = System.nanoTime();
    var request = context.request();
    var path = request.uri();
    var hit =
        (isOpen && request.version() != io.vertx.core.http.HttpVersion.HTTP_2)
                || path == null
                || !path.startsWith(PATH)
            ? null
            : token(path, RequestFields.of(request), VerifiedRequest.address(request), startedAt);
    if (hit == null) {
      context.next();
      return;
    }
    context
        .response()
        .putHeader(HttpHeaders.CONTENT_TYPE, JSON)
        .putHeader(HttpHeaders.CACHE_CONTROL, NO_STORE)
        .putHeader(PRAGMA, NO_CACHE)
        .putHeader(HttpHeaders.VARY, ACCEPT)
        .putHeader(TOKEN_ID, hit.tokenId())
        .end(texts.of(hit.issued, Form.TOKEN).buffer(TokenTexts.json(hit.validity, Form.TOKEN)));
  }

  private @Nullable Hit token(
      String path, RequestFields fields, @Nullable String address, long startedAt) {
    var jwt = BearerToken.of(fields.authorization());
    return jwt == null || !fields.wantsJson()
        ? null
        : hit(path.substring(PATH.length()), jwt, null, USABLE, fields, address, startedAt);
  }

  private @Nullable Hit token(
      OAuthTokenRequest request, RequestFields fields, String address, long startedAt) {
    return request.scope().isEmpty()
        ? hit(
            request.client(),
            request.jwt(),
            request.form(),
            request.need(),
            fields,
            address,
            startedAt)
        : null;
  }

  /** Returns the token that the caller may have at once; null if the request must be passed on. */
  private @Nullable Hit hit(
      String clientName,
      CharSequence jwt,
      @Nullable CredentialForm form,
      TokenRequirement need,
      RequestFields fields,
      @Nullable String address,
      long startedAt) {
    var host = fields.host();
    if (!fields.isUsual() || host == null || publicHost.isNamed(host)) {
      return null;
    }
    var client = ClientName.parse(clientName).orElse(null);
    var caller = client == null ? null : callers.remembered(jwt);
    if (client == null || caller == null) {
      return null;
    }
    var traceparent = fields.traceparent();
    var admitted =
        admission.find(
            new VerifiedRequest(
                caller, address, TraceId.of(traceparent), traceparent, startedAt, form),
            client);
    var issued = admitted == null ? null : broker.nearby(admitted.client(), admitted.owner(), need);
    // The limit comes last. A request that is passed on is counted by CallerChecks.
    if (admitted == null
        || issued == null
        || !answers.isAuditAvailable()
        || !isWithinLimit(admitted)
        || !answers.isRecorded(admitted, issued)) {
      return null;
    }
    return new Hit(issued, answers.validity(admitted, issued.token()));
  }

  /**
   * Counts the request and returns whether it is within the caller's rate limit. {@link
   * CallerChecks} counts a request beyond the limit in the metrics and refuses it.
   */
  private boolean isWithinLimit(Admitted admitted) {
    return limits.waitFor(admitted.verified().caller()).isZero();
  }

  private @Nullable ByteBuf response(Form form, @Nullable Hit hit, ByteBufAllocator memory) {
    if (hit == null) {
      return null;
    }
    var text = texts.of(hit.issued, form);
    var validity = TokenTexts.json(hit.validity, form);
    var head = form == Form.TOKEN ? TOKEN_HEAD : OAUTH_HEAD;
    var fields =
        "token-id: "
            + hit.tokenId()
            + "\r\ncontent-length: "
            + (text.length() + validity.length())
            + "\r\n\r\n";
    var response =
        memory.directBuffer(head.length + fields.length() + text.length() + validity.length());
    response.writeBytes(head);
    response.writeCharSequence(fields, US_ASCII);
    text.writeTo(response, validity);
    return response;
  }
}
