package tokenbroker.config;

import io.smallrye.config.ConfigSourceInterceptor;
import io.smallrye.config.ConfigSourceInterceptorContext;
import io.smallrye.config.ConfigSourceInterceptorFactory;
import io.smallrye.config.ConfigValue;
import io.smallrye.config.Priorities;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * An interceptor that gives each key of a map one spelling in all sources. The configuration
 * library reads {@code broker.issuers."corp".keys} from a variable. Without this interceptor, it
 * would treat that key and {@code broker.issuers.corp.issuer} as keys of two issuers, both
 * incomplete.
 *
 * <p>A variable cannot distinguish {@code my-corp} from {@code my.corp} or {@code My_Corp}. If
 * another source contains one of these names, the variable refers to that name.
 */
public final class MapKeys implements ConfigSourceInterceptorFactory {

  /** The priority. It is lower than that of the {@link SettingsGate}, which must run first. */
  private static final int BEHIND_THE_GATE = 900;

  @Override
  public ConfigSourceInterceptor getInterceptor(ConfigSourceInterceptorContext context) {
    return new OneSpelling();
  }

  @Override
  public OptionalInt getPriority() {
    return OptionalInt.of(Priorities.APPLICATION + BEHIND_THE_GATE);
  }

  private static final class OneSpelling implements ConfigSourceInterceptor {

    private static final long serialVersionUID = 1;

    @Override
    public @Nullable ConfigValue getValue(ConfigSourceInterceptorContext context, String name) {
      var key = MapKey.of(name);
      if (key.isEmpty()) {
        return context.proceed(name);
      }
      var plain = context.proceed(key.get().canonical());
      var quoted = context.proceed(key.get().quoted());
      return firstOf(plain, quoted);
    }

    /** Returns the value from the source with the higher priority, whatever spelling it uses. */
    private static @Nullable ConfigValue firstOf(
        @Nullable ConfigValue one, @Nullable ConfigValue other) {
      if (one == null || other == null) {
        return one == null ? other : one;
      }
      return other.getConfigSourceOrdinal() > one.getConfigSourceOrdinal() ? other : one;
    }

    @Override
    public Iterator<String> iterateNames(ConfigSourceInterceptorContext context) {
      var names = new LinkedHashSet<String>();
      var ofVariables = new ArrayList<MapKey>();
      var spellings = new HashMap<String, String>();
      context
          .iterateNames()
          .forEachRemaining(
              name ->
                  MapKey.of(name)
                      .ifPresentOrElse(
                          key -> {
                            if (isOfVariable(context, name)) {
                              ofVariables.add(key);
                            } else {
                              spellings.putIfAbsent(key.nameInVariable(), key.name());
                              names.add(key.canonical());
                            }
                          },
                          () -> names.add(name)));
      ofVariables.forEach(key -> names.add(spelt(key, spellings).canonical()));
      return names.iterator();
    }

    private static boolean isOfVariable(ConfigSourceInterceptorContext context, String name) {
      var value = context.proceed(name);
      return value != null && SettingSource.isEnvironment(value.getConfigSourceName());
    }

    private static MapKey spelt(MapKey key, Map<String, String> spellings) {
      return key.withName(spellings.getOrDefault(key.nameInVariable(), key.name()));
    }
  }
}
