package tokenbroker.time;

import java.time.Instant;

/** The present by both clocks. */
public record Now(Instant wall, Moment moment) {}
