package tokenbroker.sandbox.web;

import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.ext.ExceptionMapper;
import jakarta.ws.rs.ext.Provider;
import java.util.Map;

/**
 * Thrown when a request for a fault or a caller token is invalid. The sender receives status 400
 * and the message.
 */
public final class InvalidRequestException extends RuntimeException {

  private static final long serialVersionUID = 1;

  public InvalidRequestException(String message) {
    super(message);
  }

  /** Converts the exception to a response. */
  @Provider
  static final class Mapper implements ExceptionMapper<InvalidRequestException> {
    @Override
    public Response toResponse(InvalidRequestException exception) {
      return Response.status(Response.Status.BAD_REQUEST)
          .type(MediaType.APPLICATION_JSON_TYPE)
          .entity(Map.of("error", String.valueOf(exception.getMessage())))
          .build();
    }
  }
}
