package tokenbroker.observability;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanId;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.concurrent.ThreadLocalRandom;
import org.eclipse.microprofile.config.Config;
import org.jspecify.annotations.Nullable;
import tokenbroker.tokens.TokenId;
import tokenbroker.tokens.TokenOwner;

/**
 * Records a span for each token request, with its account, outcome and duration; never the token or
 * the URL. Off unless {@code quarkus.otel.sdk.disabled=false}.
 */
@Singleton
public class Traces {

  private static final int SPAN_ID_AT = "00-".length() + 32 + "-".length();

  private static final int FLAGS_AT = SPAN_ID_AT + SpanId.getLength() + "-".length();

  private final Tracer tracer;
  private final Clock clock;
  private final boolean off;

  Traces(Tracer tracer, Clock clock, Config config) {
    this.tracer = tracer;
    this.clock = clock;
    this.off = config.getOptionalValue("quarkus.otel.sdk.disabled", Boolean.class).orElse(true);
  }

  /**
   * Records a request that has been answered. Never blocks.
   *
   * @param traceparent as the caller sent it (W3C Trace Context), well-formed or not
   * @param traceId the trace id in {@code traceparent}, or else the one in the broker's logs
   * @param nanos the duration of the request
   */
  public void answered(
      TokenOwner owner,
      String outcome,
      @Nullable TokenId token,
      String traceId,
      @Nullable String traceparent,
      long nanos) {
    if (off) {
      return;
    }
    var end = clock.instant();
    var span =
        tracer
            .spanBuilder("token")
            .setParent(Context.root().with(Span.wrap(parent(traceId, traceparent))))
            .setSpanKind(SpanKind.SERVER)
            .setStartTimestamp(end.minusNanos(nanos))
            .setAttribute("token_broker.client", owner.client().value())
            .setAttribute("token_broker.outcome", outcome)
            .startSpan();
    if (owner.connection() != null) {
      span.setAttribute("token_broker.connection", owner.connection().value());
    }
    if (token != null) {
      span.setAttribute("token_broker.token_id", token.value());
    }
    span.end(end);
  }

  /**
   * Returns whether the trace of a request is recorded, by the broker or by its caller.
   *
   * @param traceparent as the caller sent it, well-formed or not
   * @param traceId the trace id in {@code traceparent}, or else the one in the broker's logs
   */
  public boolean isRecorded(String traceId, @Nullable String traceparent) {
    if (traceparent == null || !traceparent.contains(traceId)) {
      return !off;
    }
    return TraceFlags.fromHex(traceparent, FLAGS_AT).isSampled();
  }

  /**
   * Returns the parent of the span. A caller without a trace gets a new one, with the trace id from
   * the broker's logs.
   */
  private static SpanContext parent(String traceId, @Nullable String traceparent) {
    var sent = traceparent != null && traceparent.contains(traceId) ? traceparent : null;
    var spanId =
        sent == null
            ? SpanId.fromLong(ThreadLocalRandom.current().nextLong(1, Long.MAX_VALUE))
            : sent.substring(SPAN_ID_AT, SPAN_ID_AT + SpanId.getLength());
    var flags = sent == null ? TraceFlags.getSampled() : TraceFlags.fromHex(sent, FLAGS_AT);
    return SpanContext.createFromRemoteParent(traceId, spanId, flags, TraceState.getDefault());
  }
}
