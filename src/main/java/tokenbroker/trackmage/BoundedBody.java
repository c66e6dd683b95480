package tokenbroker.trackmage;

import java.io.ByteArrayOutputStream;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.ResponseInfo;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow.Subscription;
import org.jspecify.annotations.Nullable;

/**
 * Receives a body of at most {@value #LIMIT} bytes. A body that breaks off or is too large is an
 * outcome, not an exception: the status and the headers of such an answer still count.
 */
final class BoundedBody implements BodySubscriber<BoundedBody.Body> {

  static final int LIMIT = 256 * 1024;

  /** What was received. */
  sealed interface Body {
    /** Is never compared. */
    @SuppressWarnings("ArrayRecordComponent")
    record Whole(byte[] bytes) implements Body {}

    record CutOff() implements Body {}

    record TooLarge() implements Body {}
  }

  private final CompletableFuture<Body> body = new CompletableFuture<>();
  private final ByteArrayOutputStream received = new ByteArrayOutputStream();
  private final ResponseInfo head;
  private final long declaredLength;
  private @Nullable Subscription subscription;

  BoundedBody(ResponseInfo head) {
    this.head = head;
    declaredLength = head.headers().firstValueAsLong("Content-Length").orElse(0);
  }

  ResponseInfo head() {
    return head;
  }

  /**
   * What was received, once no more will be. The client may report a broken connection before it
   * tells {@link #onError}.
   */
  Body outcome() {
    return body.getNow(new Body.CutOff());
  }

  @Override
  public void onSubscribe(Subscription given) {
    subscription = given;
    if (declaredLength > LIMIT) {
      refuse(given);
    } else {
      given.request(Long.MAX_VALUE);
    }
  }

  @Override
  public void onNext(List<ByteBuffer> buffers) {
    for (var buffer : buffers) {
      if (body.isDone()) {
        return;
      }
      if (received.size() + buffer.remaining() > LIMIT && subscription != null) {
        refuse(subscription);
        return;
      }
      var bytes = new byte[buffer.remaining()];
      buffer.get(bytes);
      received.writeBytes(bytes);
    }
  }

  /** Closes the connection: what is still to come is not read. */
  private void refuse(Subscription unwanted) {
    body.complete(new Body.TooLarge());
    unwanted.cancel();
  }

  @Override
  public void onError(Throwable fault) {
    body.complete(new Body.CutOff());
  }

  @Override
  public void onComplete() {
    body.complete(new Body.Whole(received.toByteArray()));
  }

  @Override
  public CompletionStage<Body> getBody() {
    return body;
  }
}
