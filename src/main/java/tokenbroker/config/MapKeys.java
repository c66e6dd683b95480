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
 * Gives each key of a map one spelling, wherever it was set. The configuration library takes {@code
 * broker.issuers."corp".keys}, which it reads from a variable, and {@code
 * broker.issuers.corp.issuer} for two issuers, each of which lacks half of its keys.
 *
 * <p>A variable does not tell {@code my-corp} from {@code my.corp} or {@code My_Corp}. Where
 * another place names one of them, the variable means that one.
 */
public final class MapKeys implements ConfigSourceInterceptorFactory {

  /** How far the {@link SettingsGate} is in front of this. */
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

    /** The place that comes first decides, however the key is spelt there. */
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
