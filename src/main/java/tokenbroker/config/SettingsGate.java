package tokenbroker.config;

import io.smallrye.config.ConfigSourceInterceptor;
import io.smallrye.config.ConfigSourceInterceptorContext;
import io.smallrye.config.ConfigSourceInterceptorFactory;
import io.smallrye.config.ConfigValue;
import io.smallrye.config.Priorities;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * Lets only allowed values of known settings through, and puts the default in the place of others,
 * so that the configuration can always be bound. Without it the configuration library would end the
 * start at the first values that it cannot convert, in words of its own, and nobody would hear of
 * the other faults. {@link SettingsFaults} then refuses the start.
 *
 * <p>An empty value counts as absent, as Kubernetes and Compose write "not set" so. White space
 * around a value, such as the newline of a file, is no part of it.
 */
public final class SettingsGate implements ConfigSourceInterceptorFactory {

  /** In front of a key it asks for the value that was set, allowed or not. */
  static final String AS_SET = "as-set:";

  @Override
  public ConfigSourceInterceptor getInterceptor(ConfigSourceInterceptorContext context) {
    return new Gate();
  }

  /** In front of all others: what comes from there is expanded and has its profile. */
  @Override
  public OptionalInt getPriority() {
    return OptionalInt.of(Priorities.APPLICATION + 1_000);
  }

  private static final class Gate implements ConfigSourceInterceptor {

    private static final long serialVersionUID = 1;

    @Override
    public @Nullable ConfigValue getValue(ConfigSourceInterceptorContext context, String name) {
      if (name.startsWith(AS_SET)) {
        return context.proceed(name.substring(AS_SET.length()));
      }
      var value = context.proceed(name);
      var setting = value == null ? null : Settings.find(name).orElse(null);
      return setting == null ? value : passed(setting, value);
    }

    private static @Nullable ConfigValue passed(Setting setting, ConfigValue value) {
      var text = value.hasProblems() ? null : value.getValue();
      if (text != null && !text.isBlank() && setting.allows(text.strip())) {
        return value.withValue(text.strip());
      }
      return setting.defaultValue() == null
          ? null
          : value.noProblems().withValue(setting.defaultValue());
    }
  }
}
