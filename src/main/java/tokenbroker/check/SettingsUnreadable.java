package tokenbroker.check;

/** A setting of Quarkus is so malformed that no settings can be read at all. */
final class SettingsUnreadable extends RuntimeException {

  private static final long serialVersionUID = 1;

  SettingsUnreadable(RuntimeException cause) {
    super("the settings cannot be read: " + cause.getMessage(), cause);
  }

  @Override
  public String getMessage() {
    return String.valueOf(super.getMessage());
  }
}
