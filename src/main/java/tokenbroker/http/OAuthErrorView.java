package tokenbroker.http;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.quarkus.runtime.annotations.RegisterForReflection;

/** An error of the standard token endpoint as its clients receive it (contract §8). */
@RegisterForReflection
record OAuthErrorView(
    String error,
    @JsonProperty("error_description") String description,
    String code,
    @JsonProperty("trace_id") String traceId) {}
