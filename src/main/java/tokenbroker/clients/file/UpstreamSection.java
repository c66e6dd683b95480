package tokenbroker.clients.file;

import java.net.URI;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tokenbroker.clients.Upstream;
import tokenbroker.clients.Upstream.RequestStyle;

/**
 * Reads the section {@code upstreams}. If an entry has the name of a built-in upstream, its missing
 * fields come from that upstream.
 */
final class UpstreamSection {

  static final String DEFAULT = "production";

  private static final String EXCHANGE_PATH = "/oauth/v2/token";
  private static final Map<String, Upstream> BUILT_IN =
      Map.of(
          DEFAULT,
          new Upstream(
              DEFAULT, URI.create("https://api.trackmage.com"), RequestStyle.FORM, EXCHANGE_PATH),
          "rc",
          new Upstream(
              "rc", URI.create("https://api.rc.trackmage.com"), RequestStyle.FORM, EXCHANGE_PATH));
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,63}");
  private static final Pattern PATH =
      Pattern.compile("/(?:[A-Za-z0-9._~!$&'()*+,;=:@/-]|%[0-9A-Fa-f]{2})*");

  private final boolean allowPlainHttp;
  private final Faults faults;

  UpstreamSection(boolean allowPlainHttp, Faults faults) {
    this.allowPlainHttp = allowPlainHttp;
    this.faults = faults;
  }

  /**
   * Returns the upstreams by name. A faulty upstream is an empty entry, so that its clients are not
   * blamed for it.
   */
  Map<String, Optional<Upstream>> read(YamlMapping section) {
    var upstreams = new HashMap<String, Optional<Upstream>>();
    BUILT_IN.forEach((name, upstream) -> upstreams.put(name, Optional.of(upstream)));
    for (var entry : section.entries()) {
      upstreams.put(entry.key(), Optional.ofNullable(upstream(entry)));
    }
    return upstreams;
  }

  private @Nullable Upstream upstream(YamlMapping.Entry entry) {
    var name = entry.key();
    if (!NAME.matcher(name).matches()) {
      faults.add(
          entry.keyNode(),
          "%s is not a valid upstream name: use 1 to 63 characters of a-z, A-Z, 0-9, ., _ and -"
              .formatted(Fault.shown(name)));
      return null;
    }
    var fields =
        new YamlMapping(entry.value(), "upstream " + name, faults)
            .allowing("base-url", "request-style", "exchange-path");
    var builtIn = BUILT_IN.get(name);
    if (builtIn == null && !fields.isBroken() && !fields.has("base-url")) {
      faults.add(entry.keyNode(), "upstream %s has no base-url: add it".formatted(name));
      return null;
    }
    var baseUrl = baseUrl(fields, builtIn);
    var style = requestStyle(fields, builtIn);
    var path = exchangePath(fields, builtIn);
    return baseUrl == null ? null : new Upstream(name, baseUrl, style, path);
  }

  private @Nullable URI baseUrl(YamlMapping fields, @Nullable Upstream builtIn) {
    var text = fields.text("base-url");
    if (text == null) {
      return builtIn == null ? null : builtIn.baseUrl();
    }
    var fault = UrlRules.faultOfBaseUrl(text, allowPlainHttp);
    if (fault != null) {
      fields.blame("base-url", fault);
      return null;
    }
    return URI.create(text.endsWith("/") ? text.substring(0, text.length() - 1) : text);
  }

  private RequestStyle requestStyle(YamlMapping fields, @Nullable Upstream builtIn) {
    var text = fields.text("request-style");
    for (var style : RequestStyle.values()) {
      if (style.name().toLowerCase(Locale.ROOT).equals(text)) {
        return style;
      }
    }
    if (text != null) {
      fields.blame("request-style", "is unknown: use query, form or json");
    }
    return builtIn == null ? RequestStyle.FORM : builtIn.requestStyle();
  }

  private String exchangePath(YamlMapping fields, @Nullable Upstream builtIn) {
    var text = fields.text("exchange-path");
    if (text == null) {
      return builtIn == null ? EXCHANGE_PATH : builtIn.exchangePath();
    }
    if (!PATH.matcher(text).matches()) {
      fields.blame(
          "exchange-path",
          "is not a path: start it with /, use no ? and no #, and write %25 for %");
    }
    return text;
  }
}
