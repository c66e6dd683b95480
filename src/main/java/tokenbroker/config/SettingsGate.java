package tokenbroker.config;

import io.smallrye.config.ConfigSourceInterceptor;
import io.smallrye.config.ConfigSourceInterceptorContext;
import io.smallrye.config.ConfigSourceInterceptorFactory;
import io.smallrye.config.ConfigValue;
import io.smallrye.config.Priorities;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * An interceptor that replaces each malformed value of a known setting by its default. With it, the
 * configuration can always be bound. Then {@link SettingsFaults} reports all faults at once and
 * stops the start. Without it, the configuration library would stop at the first value that it
 * cannot convert.
 *
 * <p>An empty value counts as not set, because Kubernetes and Compose express "not set" this way.
 * White space around a value, such as the newline at the end of a file, is removed.
 */
public final class SettingsGate implements ConfigSourceInterceptorFactory {

  /** A prefix for a key. With it, a lookup returns the original value, even if it is malformed. */
  static final String AS_SET = "as-set:";

  @Override
  public ConfigSourceInterceptor getInterceptor(ConfigSourceInterceptorContext context) {
    return new Gate();
  }

  /** Runs before all other interceptors, so that it sees values with expressions expanded. */
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
