package tokenbroker.sandbox;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Singleton;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import org.jspecify.annotations.Nullable;

/** Answers like those of a web server in trouble. */
@Singleton
class BrokenAnswers {

  private final ObjectMapper json;
  private final RoutingContext current;

  BrokenAnswers(ObjectMapper json, RoutingContext current) {
    this.json = json;
    this.current = current;
  }

  Response.ResponseBuilder page(int status) {
    var page =
        """
        <!DOCTYPE html>
        <html><head><title>%1$d</title></head><body><h1>%1$d</h1><hr>nginx</body></html>
        """
            .formatted(status);
    return Response.status(status).type(MediaType.TEXT_HTML_TYPE).entity(page);
  }

  Response error(int status, @Nullable Integer retryAfter) {
    return page(status).header(HttpHeaders.RETRY_AFTER, retryAfter).build();
  }

  /** Announces the whole body, sends half of it and closes the connection. */
  Response cutOff(Response whole) {
    var body = text(whole.getEntity());
    var length = Integer.toString(body.length());
    var response = current.response();
    var connection = current.request().connection();
    current.addHeadersEndHandler(_ -> response.putHeader(HttpHeaders.CONTENT_LENGTH, length));
    current.addEndHandler(_ -> connection.close());
    return Response.fromResponse(whole).entity(body.substring(0, body.length() / 2)).build();
  }

  /** Closes the connection, and waits for that before there is anything to send. */
  Response none() {
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
