package tokenbroker.callers;

/** Stand-in until the room is merged. */
public sealed interface Verification {
  record Verified(Caller caller) implements Verification {}

  record Refused() implements Verification {}

  record Unavailable() implements Verification {}

  record Overloaded() implements Verification {}
}
