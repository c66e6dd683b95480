package tokenbroker.callers;

import jakarta.inject.Singleton;
import org.jspecify.annotations.Nullable;

/** Stand-in until the room is merged. */
@Singleton
public class VerifiedCallers {
  public @Nullable Caller remembered(String jwt) {
    return null;
  }

  public Verification verify(String jwt) {
    return new Verification.Overloaded();
  }
}
