package tokenbroker.tokens;

/**
 * The answer to a report that the upstream refused a token.
 *
 * @param current what a request for a token gets now
 * @param replaced whether the reported token was replaced while this report waited
 */
public record Invalidation(TokenResult current, boolean replaced) {}
