package tokenbroker.sandbox.web;

import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.ext.ExceptionMapper;
import jakarta.ws.rs.ext.Provider;
import java.util.Map;

/**
 * Thrown when a request to an endpoint of the sandbox is invalid. The sender receives status 400
 * and a problem document (RFC 9457) like those of the broker, with the message as its detail.
 */
public final class InvalidRequestException extends RuntimeException {

  private static final long serialVersionUID = 1;

  public InvalidRequestException(String message) {
    super(message);
  }

  /** Converts the exception to a response. */
  @Provider
  static final class Mapper implements ExceptionMapper<InvalidRequestException> {

    private static final MediaType PROBLEM_JSON = new MediaType("application", "problem+json");

    @Override
    public Response toResponse(InvalidRequestException exception) {
      return Response.status(Response.Status.BAD_REQUEST)
          .type(PROBLEM_JSON)
          .entity(
              Map.of(
                  "type",
                  "urn:token-broker:problem:invalid_request",
                  "title",
                  "The request is malformed",
                  "status",
                  Response.Status.BAD_REQUEST.getStatusCode(),
                  "detail",
                  String.valueOf(exception.getMessage()),
                  "code",
                  "invalid_request",
                  "retryable",
                  false))
          .build();
    }
  }
}
