package tokenbroker.usage;

import tokenbroker.clients.ClientName;

/**
 * How a caller used a client in the last hour.
 *
 * @param issuer the configured name of the caller's issuer
 * @param requests requests for a token, whatever their result
 * @param perSecond the average rate in the last complete five minutes
 * @param vainReports reports of tokens that were probably not dead
 */
public record Use(
    ClientName client,
    String issuer,
    String subject,
    long requests,
    double perSecond,
    long vainReports) {

  /** Returns whether the caller wastes tokens in this way. */
  public boolean is(Misuse kind) {
    return switch (kind) {
      case FREQUENT_REQUESTS -> perSecond > Misuse.MOST_PER_SECOND;
      case VAIN_REPORTS -> vainReports >= Misuse.MANY_REPORTS;
    };
  }
}
