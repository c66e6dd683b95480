package tokenbroker.sandbox.faults;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Singleton;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import org.jspecify.annotations.Nullable;

/** Responses like those of a web server that fails: error pages and broken connections. */
@Singleton
class BrokenResponses {

  private final ObjectMapper json;
  private final RoutingContext current;

  BrokenResponses(ObjectMapper json, RoutingContext current) {
    this.json = json;
    this.current = current;
  }

  /** Returns an HTML page, like one of nginx. */
  Response.ResponseBuilder page(int status) {
    var page =
        """
        <!DOCTYPE html>
        <html><head><title>%1$d</title></head><body><h1>%1$d</h1><hr>nginx</body></html>
        """
            .formatted(status);
    return Response.status(status).type(MediaType.TEXT_HTML_TYPE).entity(page);
  }

  /**
   * Returns an error page.
   *
   * @param retryAfter in seconds; null to send no {@code Retry-After}
   */
  Response error(int status, @Nullable Integer retryAfter) {
    return page(status).header(HttpHeaders.RETRY_AFTER, retryAfter).build();
  }

  /**
   * Sends the content length of the whole body, but only half of the body, and then closes the
   * connection.
   */
  Response truncated(Response whole) {
    var body = text(whole.getEntity());
    var length = Integer.toString(body.length());
    var response = current.response();
    var connection = current.request().connection();
    current.addHeadersEndHandler(_ -> response.putHeader(HttpHeaders.CONTENT_LENGTH, length));
    current.addEndHandler(_ -> connection.close());
    return Response.fromResponse(whole).entity(body.substring(0, body.length() / 2)).build();
  }

  /**
   * Closes the connection. It waits until the connection is closed, so that no response can be sent
   * before. The returned response is therefore never sent.
   */
  Response lost() {
    current.request().connection().close().toCompletionStage().toCompletableFuture().join();
    return Response.noContent().build();
  }

  private String text(Object entity) {
    try {
      return json.writeValueAsString(entity);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }
}
