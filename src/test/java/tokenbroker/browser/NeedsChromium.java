package tokenbroker.browser;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.condition.EnabledIf;

/** Skips the tests of the class if Chromium is not installed. */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@EnabledIf(
    value = "tokenbroker.browser.Chromium#isInstalled",
    disabledReason = Chromium.NOT_INSTALLED)
public @interface NeedsChromium {}
