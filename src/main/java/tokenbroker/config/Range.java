package tokenbroker.config;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The minimum and the maximum of a setting, both inclusive. They are written like the setting
 * itself, such as {@code 1s} or {@code 0.5}. {@link SettingsFaults} checks them at the start.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
@interface Range {

  String min();

  String max();
}
