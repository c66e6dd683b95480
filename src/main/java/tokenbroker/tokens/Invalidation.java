package tokenbroker.tokens;

/**
 * The result of a report that the upstream rejected a token.
 *
 * @param current what a request for a token returns now
 * @param replaced whether this report replaced the token
 */
public record Invalidation(TokenResult current, boolean replaced) {}
