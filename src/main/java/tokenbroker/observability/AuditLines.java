package tokenbroker.observability;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.vertx.core.net.SocketAddress;
import java.io.IOException;
import java.io.StringWriter;
import org.jspecify.annotations.Nullable;

/**
 * The format of audit lines: JSON in printable ASCII. So no encoding, terminal or log viewer can
 * corrupt a line, and two different callers never look alike.
 */
final class AuditLines {

  private static final int LAST_PRINTABLE = '~';

  /**
   * The maximum length of an address. No real address is longer, but a proxy's header may contain
   * anything.
   */
  private static final int LONGEST_ADDRESS = 64;

  private final JsonFactory json = new JsonFactory();
  private final @Nullable String replica;

  /**
   * Creates the format.
   *
   * @param replica the name of this process in each line; null for none
   */
  AuditLines(@Nullable String replica) {
    this.replica = replica;
  }

  /** Returns the line of an entry, without a line feed. */
  byte[] line(AuditEntry entry) throws IOException {
    var text = new StringWriter(512); // Jackson escapes DEL only for writers.
    try (var line = json.createGenerator(text)) {
      line.setHighestNonEscapedChar(LAST_PRINTABLE);
      line.writeStartObject();
      line.writeStringField("time", entry.at.toString());
      line.writeStringField("event", entry.event.word());
      writeRequester(entry, line);
      writeAccount(entry, line);
      line.writeStringField("outcome", entry.outcome);
      write("reason", entry.reason, line);
      write("detail", entry.detail, line);
      write("token_id", entry.token == null ? null : entry.token.value(), line);
      if (entry.suppressed > 0) {
        line.writeNumberField("suppressed", entry.suppressed);
      }
      write("trace_id", entry.traceId, line);
      write("replica", replica, line);
      line.writeEndObject();
    }
    return text.toString().getBytes(US_ASCII);
  }

  private static void writeRequester(AuditEntry entry, JsonGenerator line) throws IOException {
    if (entry.caller != null) {
      line.writeStringField("issuer", entry.caller.issuer());
      line.writeStringField("subject", entry.caller.subject());
      write("jti", entry.caller.jwtId(), line);
    }
    write("issuer", entry.issuer, line);
    write("form", entry.form == null ? null : entry.form.label(), line);
    write("address", entry.address == null ? null : text(entry.address), line);
  }

  private static void writeAccount(AuditEntry entry, JsonGenerator line) throws IOException {
    if (entry.owner != null) {
      line.writeStringField("client", entry.owner.client().value());
      var connection = entry.owner.connection();
      write("connection", connection == null ? null : connection.value(), line);
    }
  }

  private static @Nullable String text(SocketAddress address) {
    var numeric = address.hostAddress();
    var text = numeric == null ? address.host() : numeric;
    return text == null || text.length() <= LONGEST_ADDRESS
        ? text
        : text.substring(0, LONGEST_ADDRESS);
  }

  private static void write(String name, @Nullable String value, JsonGenerator line)
      throws IOException {
    if (value != null) {
      line.writeStringField(name, value);
    }
  }
}
