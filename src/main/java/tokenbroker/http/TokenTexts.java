package tokenbroker.http;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.netty.buffer.ByteBuf;
import io.vertx.core.buffer.Buffer;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import tokenbroker.tokens.AccessToken;
import tokenbroker.tokens.TokenResult.Issued;
import tokenbroker.tokens.TokenResult.Warning;

/**
 * The JSON of tokens, rendered once per token except for its validity. The tokens that are
 * requested most are cached. The size of the cache is bounded in bytes.
 *
 * <p>Only one of {@value #ONE_OF} texts that were not cached is added, by chance. A frequent token
 * is cached soon all the same. Rare ones would otherwise push each other out at each request.
 */
@Singleton
class TokenTexts {

  /** The part of the heap that the cache may use. */
  private static final int PART_OF_HEAP = 128;

  private static final int ONE_OF = 16;

  /** The bytes that an entry retains besides its text, the cache's own overhead included. */
  private static final int BARE = 200;

  /** The form of a token's JSON. */
  enum Form {
    /** A {@link TokenView}. */
    TOKEN,
    /** An {@link OAuthTokenView}. */
    OAUTH,
    /** An {@link OAuthTokenView} in the answer to a token exchange. */
    OAUTH_EXCHANGE
  }

  /** The JSON of a token without its validity. */
  static final class TokenText {

    private final AccessToken token;
    private final @Nullable Warning warning;
    private final byte[] before;
    private final byte[] after;

    private TokenText(Issued issued, String before, String after) {
      this.token = issued.token();
      this.warning = issued.warning();
      this.before = before.getBytes(UTF_8);
      this.after = after.getBytes(UTF_8);
    }

    private boolean isOf(Issued issued) {
      return token.equals(issued.token()) && warning == issued.warning();
    }

    /** Returns the bytes without those of the validity. */
    int length() {
      return before.length + after.length;
    }

    /**
     * Writes the whole JSON.
     *
     * @param validity as {@link #json} returns it
     */
    void writeTo(ByteBuf out, String validity) {
      out.writeBytes(before);
      out.writeCharSequence(validity, US_ASCII);
      out.writeBytes(after);
    }

    /** Returns the whole JSON as Vert.x needs it. */
    Buffer buffer(String validity) {
      return Buffer.buffer(length() + validity.length())
          .appendBytes(before)
          .appendString(validity)
          .appendBytes(after);
    }
  }

  private record Key(String tokenId, Form form) {}

  private final ObjectWriter tokens;
  private final ObjectWriter oauthTokens;
  private final Cache<Key, TokenText> cache;

  @Inject
  TokenTexts(ObjectMapper json) {
    this(json, Runtime.getRuntime().maxMemory() / PART_OF_HEAP);
  }

  /**
   * Creates a cache.
   *
   * @param bytes the maximum that all entries retain
   */
  TokenTexts(ObjectMapper json, long bytes) {
    this.tokens = json.writerFor(TokenView.class);
    this.oauthTokens = json.writerFor(OAuthTokenView.class);
    this.cache =
        Caffeine.newBuilder()
            .maximumWeight(bytes)
            .weigher((Key key, TokenText text) -> BARE + text.length())
            .executor(Runnable::run) // Maintenance costs less than a thread switch.
            .build();
  }

  /** Returns the JSON of a token. Never blocks. */
  TokenText of(Issued issued, Form form) {
    var key = new Key(issued.token().id().value(), form);
    var cached = cache.getIfPresent(key);
    if (cached != null && cached.isOf(issued)) {
      return cached;
    }
    var text = text(issued, form);
    if (cached != null || ThreadLocalRandom.current().nextInt(ONE_OF) == 0) {
      cache.put(key, text);
    }
    return text;
  }

  /** Returns how many bytes the cached texts retain. */
  long weight() {
    cache.cleanUp();
    return cache.policy().eviction().orElseThrow().weightedSize().orElseThrow();
  }

  /** Returns the fields of a validity as the form has them. */
  static String json(Validity validity, Form form) {
    return form == Form.TOKEN ? validity.json() : OAuthTokenView.json(validity.expiresIn());
  }

  /**
   * Renders the JSON with an empty validity, and splits it there. The fields of the validity occur
   * only once: in the text of another field, their quotation marks would be escaped.
   */
  private TokenText text(Issued issued, Form form) {
    var token = issued.token();
    var warning = issued.warning();
    var empty = new Validity(0, "", "");
    try {
      var json =
          switch (form) {
            case TOKEN -> tokens.writeValueAsString(TokenView.of(token, empty, warning, null));
            case OAUTH -> oauthTokens.writeValueAsString(OAuthTokenView.of(token, 0, null));
            case OAUTH_EXCHANGE ->
                oauthTokens.writeValueAsString(
                    OAuthTokenView.of(token, 0, OAuthTokenRequest.ACCESS_TOKEN_TYPE));
          };
      var fields = json(empty, form);
      var at = json.indexOf(fields);
      return new TokenText(issued, json.substring(0, at), json.substring(at + fields.length()));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a token could not be written as JSON", e);
    }
  }
}
