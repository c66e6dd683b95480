package tokenbroker.time;

import java.time.Instant;

/** The current time by both clocks. */
public record Now(Instant wall, Moment moment) {}
