package tokenbroker.oauth;

/**
 * The names of the fields in which an upstream's token response tells whose token it is. OAuth has
 * none.
 */
public record UserFields(String id, String email) {}
