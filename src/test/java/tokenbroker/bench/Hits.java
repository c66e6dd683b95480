package tokenbroker.bench;

import tokenbroker.testing.Clients;
import tokenbroker.testing.OAuthForm;

/**
 * Measures the maximum rate of requests for cached tokens, compared with nginx serving a static
 * file.
 */
final class Hits {

  private static final int CLIENTS = 1_000;

  private Hits() {}

  static void measure(Table table) {
    try (var site = new BenchSite(CLIENTS);
        var broker = site.broker().start();
        var verifying = site.broker().with("broker.callers.remembered", "0").start()) {
      var one = Requests.one(site.issuer);
      var thousand = Requests.distinct(site.issuer, CLIENTS);
      BenchSite.warmUp(broker, thousand);
      BenchSite.warmUp(verifying, one);
      for (var form : OAuthForm.values()) {
        BenchSite.warmUp(broker, one.as(form));
      }
      var like = broker.get("/tokens/client-0", site.issuer.token(Clients.CALLER));
      try (var nginx = new Nginx(site.directory, like)) {
        var rates = new Samples();
        for (var round = 0; round < BenchSite.ROUNDS; round++) {
          rates.add("nginx", Wrk.run(nginx.port(), one, BenchSite.SECONDS).perSecond());
          rates.add("one", Wrk.run(broker.port(), one, BenchSite.SECONDS).perSecond());
          for (var form : OAuthForm.values()) {
            rates.add(
                form.label(), Wrk.run(broker.port(), one.as(form), BenchSite.SECONDS).perSecond());
          }
          rates.add("thousand", Wrk.run(broker.port(), thousand, BenchSite.SECONDS).perSecond());
          rates.add(
              "nginx thousand", Wrk.run(nginx.port(), thousand, BenchSite.SECONDS).perSecond());
          rates.add("verified", Wrk.run(verifying.port(), one, BenchSite.SECONDS).perSecond());
        }
        table.row("nginx, one worker, requests/s", rates.median("nginx"));
        table.row("hits, one caller, requests/s", rates.median("one"));
        table.ratio("hits to nginx", rates.median("one"), rates.median("nginx"), "≥ 0.85");
        table.ratio(
            "hits to the same with every JWT verified",
            rates.median("one"),
            rates.median("verified"),
            "≥ 3");
        for (var form : OAuthForm.values()) {
          table.ratio(
              "hits at POST /oauth2/token (" + form.label() + ") to GET /tokens",
              rates.median(form.label()),
              rates.median("one"),
              "≥ 0.7");
        }
        table.ratio(
            "1,000 callers and clients to one",
            rates.median("thousand"),
            rates.median("one"),
            "≥ 0.9");
        table.ratio(
            "the same requests to nginx, which the load generator alone slows down",
            rates.median("nginx thousand"),
            rates.median("nginx"),
            "");
      }
    }
  }
}
