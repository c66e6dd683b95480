package tokenbroker.tokens;

/**
 * The result of a report that the upstream rejected a token.
 *
 * @param current what a request for a token returns now
 * @param replaced whether this report replaced the token
 * @param inVain whether the reported token probably was not dead: it had just been fetched for
 *     another report, or the upstream issued the same token again
 */
public record Invalidation(TokenResult current, boolean replaced, boolean inVain) {}
