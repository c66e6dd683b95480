package tokenbroker.sandbox;

import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.ext.ExceptionMapper;
import jakarta.ws.rs.ext.Provider;
import java.util.Map;

/** A request that the sandbox cannot fulfil. The message is for the person who sent it. */
final class InvalidOrder extends RuntimeException {

  private static final long serialVersionUID = 1;

  InvalidOrder(String message) {
    super(message);
  }

  /** Answers with the message. */
  @Provider
  static final class Mapper implements ExceptionMapper<InvalidOrder> {
    @Override
    public Response toResponse(InvalidOrder order) {
      return Response.status(Response.Status.BAD_REQUEST)
          .type(MediaType.APPLICATION_JSON_TYPE)
          .entity(Map.of("error", String.valueOf(order.getMessage())))
          .build();
    }
  }
}
