package tokenbroker.redis;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import tokenbroker.tokens.Provenance;

/** A provenance as JSON, as part of sealed values. */
final class SealedProvenance {

  private SealedProvenance() {}

  static ObjectNode json(Provenance provenance) {
    var json = JsonNodeFactory.instance.objectNode();
    json.put("server", provenance.server());
    json.put("client_id", provenance.clientId());
    json.put("scope", provenance.scope());
    json.put("credentials", provenance.credentialsVersion());
    return json;
  }

  /**
   * Reads a provenance.
   *
   * @throws IllegalArgumentException if a field is missing
   */
  static Provenance of(JsonNode json) {
    return new Provenance(
        JsonFields.text(json, "server"),
        JsonFields.text(json, "client_id"),
        json.path("scope").textValue(),
        JsonFields.text(json, "credentials"));
  }
}
