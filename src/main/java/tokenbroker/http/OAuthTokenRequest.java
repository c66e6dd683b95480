package tokenbroker.http;

import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tokenbroker.callers.CredentialForm;
import tokenbroker.http.FormParameters.MalformedForm;
import tokenbroker.tokens.TokenRequirement;

/**
 * A request of the standard token endpoint (RFC 6749 §4.4, RFC 8693 §2.1, contract §8).
 *
 * @param form the form of the caller's JWT
 * @param jwt the caller's JWT, which is not verified yet
 * @param client the name of the client, which may be anything
 * @param byAudience whether {@code audience} alone named the client
 * @param isExchange whether this is a token exchange
 * @param scope the requested scope values; empty if none was requested
 */
record OAuthTokenRequest(
    CredentialForm form,
    String jwt,
    String client,
    boolean byAudience,
    boolean isExchange,
    List<String> scope,
    TokenRequirement need) {

  static final String MEDIA_TYPE = "application/x-www-form-urlencoded";
  static final String CLIENT_CREDENTIALS = "client_credentials";
  static final String TOKEN_EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange";
  static final String ACCESS_TOKEN_TYPE = "urn:ietf:params:oauth:token-type:access_token";

  private static final String JWT_BEARER = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
  private static final Set<String> SUBJECT_TOKEN_TYPES =
      Set.of(
          "urn:ietf:params:oauth:token-type:jwt",
          "urn:ietf:params:oauth:token-type:id_token",
          ACCESS_TOKEN_TYPE);
  private static final Set<String> NEVER_IN_QUERY =
      Set.of("grant_type", "client_id", "client_secret", "client_assertion", "subject_token");
  private static final Set<String> KNOWN =
      Set.of(
          "grant_type",
          "client_id",
          "client_secret",
          "client_assertion",
          "client_assertion_type",
          "subject_token",
          "subject_token_type",
          "audience",
          "scope",
          "resource",
          "actor_token",
          "requested_token_type",
          "min_ttl");

  /** The result of reading a request. */
  sealed interface Reading {
    record Understood(OAuthTokenRequest request) implements Reading {}

    record Refused(OAuthRefusal refusal) implements Reading {}

    /** The request has no credential, or a scheme other than Basic. */
    record Unauthenticated(boolean hasAuthorization) implements Reading {}
  }

  /** The credential of a request, of which there is exactly one. */
  private record Credential(CredentialForm form, String jwt) {}

  /** Reads a request. Nothing of it ends up in a message. */
  static Reading read(MultiMap headers, @Nullable String query, byte[] body) {
    try {
      if (!isForm(headers)) {
        return refused("The media type must be application/x-www-form-urlencoded.");
      }
      if (query != null && isCredentialIn(query)) {
        return refused("Credentials and grant_type must be in the body, not in the query.");
      }
      return read(headers, FormParameters.parse(FormParameters.text(body, 0, body.length), KNOWN));
    } catch (MalformedForm e) {
      return refused(e.description);
    }
  }

  private static Reading read(MultiMap headers, FormParameters form) throws MalformedForm {
    var authorization = headers.getAll(HttpHeaders.AUTHORIZATION);
    if (authorization.size() > 1) {
      return refused("The Authorization header is repeated.");
    }
    var grant = form.get("grant_type");
    if (grant == null) {
      return refused("grant_type is missing.");
    }
    if (!grant.equals(CLIENT_CREDENTIALS) && !grant.equals(TOKEN_EXCHANGE)) {
      return new Reading.Refused(
          OAuthRefusal.because(
              "unsupported_grant_type",
              "grant_type must be client_credentials or the token exchange of RFC 8693."));
    }
    if (!authorization.isEmpty() && !BasicCredentials.isBasic(authorization.getFirst())) {
      return new Reading.Unauthenticated(true);
    }
    var basic = authorization.isEmpty() ? null : BasicCredentials.read(authorization.getFirst());
    return read(grant.equals(TOKEN_EXCHANGE), basic, form);
  }

  private static Reading read(
      boolean isExchange, @Nullable BasicCredentials basic, FormParameters form)
      throws MalformedForm {
    if (form.get("resource") != null) {
      return new Reading.Refused(
          OAuthRefusal.invalidTarget("resource is not supported; client_id names the client."));
    }
    if (form.get("actor_token") != null) {
      return refused("actor_token is not supported.");
    }
    var requestedType = form.get("requested_token_type");
    if (requestedType != null && !requestedType.equals(ACCESS_TOKEN_TYPE)) {
      return refused("requested_token_type must be that of an access token.");
    }
    var need = need(form.get("min_ttl"));
    var credential = credential(isExchange, basic, form);
    if (credential == null) {
      return new Reading.Unauthenticated(basic != null);
    }
    var named = basic == null ? form.get("client_id") : basic.user();
    if (basic != null
        && form.get("client_id") != null
        && !basic.user().equals(form.get("client_id"))) {
      return refused("client_id differs from the user of Authorization: Basic.");
    }
    var audience = isExchange ? form.get("audience") : null;
    if (named != null && audience != null && !named.equals(audience)) {
      return new Reading.Refused(OAuthRefusal.invalidTarget("audience differs from client_id."));
    }
    var client = named == null ? audience : named;
    if (client == null) {
      return refused("client_id is missing.");
    }
    var scope = form.get("scope");
    return new Reading.Understood(
        new OAuthTokenRequest(
            credential.form,
            credential.jwt,
            client,
            named == null,
            isExchange,
            scope == null ? List.of() : List.of(scope.strip().split(" +")),
            need));
  }

  /**
   * Returns the credential; null if there is none.
   *
   * @throws MalformedForm if there are several, or its type is missing or unknown
   */
  private static @Nullable Credential credential(
      boolean isExchange, @Nullable BasicCredentials basic, FormParameters form)
      throws MalformedForm {
    var password = basic == null ? null : basic.password();
    var secret = form.get("client_secret");
    var assertion = form.get("client_assertion");
    var subject = form.get("subject_token");
    var found =
        (password == null ? 0 : 1)
            + (secret == null ? 0 : 1)
            + (assertion == null ? 0 : 1)
            + (subject == null ? 0 : 1);
    if (found > 1) {
      throw new MalformedForm("The request has more than one credential.");
    }
    if (isExchange ? subject == null && found > 0 : subject != null) {
      throw new MalformedForm("A token exchange, and nothing else, needs a subject_token.");
    }
    if (password != null) {
      return new Credential(CredentialForm.BASIC, password.strip());
    }
    if (secret != null) {
      return new Credential(CredentialForm.POST, secret.strip());
    }
    if (assertion != null) {
      if (!JWT_BEARER.equals(form.get("client_assertion_type"))) {
        throw new MalformedForm("client_assertion_type must be that of RFC 7523.");
      }
      return new Credential(CredentialForm.ASSERTION, assertion.strip());
    }
    if (subject != null) {
      if (!SUBJECT_TOKEN_TYPES.contains(String.valueOf(form.get("subject_token_type")))) {
        throw new MalformedForm("subject_token_type must be that of a JWT.");
      }
      return new Credential(CredentialForm.EXCHANGE, subject.strip());
    }
    return null;
  }

  private static boolean isCredentialIn(String query) throws MalformedForm {
    var parameters = FormParameters.parse(query, NEVER_IN_QUERY);
    return NEVER_IN_QUERY.stream().anyMatch(name -> parameters.get(name) != null);
  }

  private static boolean isForm(MultiMap headers) {
    var types = headers.getAll(HttpHeaders.CONTENT_TYPE);
    return types.size() == 1
        && types.getFirst().split(";", 2)[0].strip().equalsIgnoreCase(MEDIA_TYPE);
  }

  private static TokenRequirement need(@Nullable String minTtl) throws MalformedForm {
    if (minTtl == null) {
      return new TokenRequirement.Usable();
    }
    if (!minTtl.matches("[0-9]{1,5}") || Integer.parseInt(minTtl) > 86_400) {
      throw new MalformedForm("min_ttl must be a whole number of seconds from 0 to 86400.");
    }
    return new TokenRequirement.MinTtl(Duration.ofSeconds(Integer.parseInt(minTtl)));
  }

  private static Reading refused(String description) {
    return new Reading.Refused(OAuthRefusal.malformed(description));
  }

  @Override
  public String toString() {
    return "OAuthTokenRequest[form=" + form + "]";
  }
}
