package tokenbroker.observability;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.SerializableString;
import com.fasterxml.jackson.core.io.CharacterEscapes;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import tokenbroker.output.LineBuffer;
import tokenbroker.time.Rfc3339;

/**
 * The format of audit lines: JSON in printable ASCII. So no encoding, terminal or log viewer can
 * corrupt a line, and two different callers never look alike. Only the audit's own thread uses it.
 * One generator writes all lines, because a new one for each line would allocate more than the
 * line.
 */
final class AuditLines {

  private static final int LAST_PRINTABLE = '~';

  /**
   * The maximum length of an address. No real address is longer, but a proxy's header may contain
   * anything.
   */
  private static final int LONGEST_ADDRESS = 64;

  private final JsonFactory factory = new JsonFactory().setCharacterEscapes(new Escapes());
  private final @Nullable String replica;
  private final LineBuffer lines = new LineBuffer();
  private @Nullable JsonGenerator generator;

  /**
   * Creates the format.
   *
   * @param replica the name of this process in each line; null for none
   */
  AuditLines(@Nullable String replica) {
    this.replica = replica;
  }

  /** Returns the lines that were added, each with a line feed. */
  LineBuffer lines() {
    return lines;
  }

  /** Adds the line of an entry. If this fails, the other lines are intact. */
  void add(AuditEntry entry) throws IOException {
    var start = lines.size();
    var isAdded = false;
    try {
      var line = generator == null ? newGenerator() : generator;
      write(entry, line);
      line.flush();
      lines.write('\n');
      isAdded = true;
    } finally {
      if (!isAdded) {
        lines.truncate(start);
        generator = null; // It may be in the middle of a line.
      }
    }
  }

  private JsonGenerator newGenerator() throws IOException {
    var created = factory.createGenerator(lines);
    created.setHighestNonEscapedChar(LAST_PRINTABLE);
    created.setRootValueSeparator(null);
    generator = created;
    return created;
  }

  private void write(AuditEntry entry, JsonGenerator line) throws IOException {
    line.writeStartObject();
    line.writeStringField("time", Rfc3339.micros(entry.at));
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

  private static void writeRequester(AuditEntry entry, JsonGenerator line) throws IOException {
    if (entry.caller != null) {
      line.writeStringField("issuer", entry.caller.issuer());
      line.writeStringField("subject", entry.caller.subject());
      write("jti", entry.caller.jwtId(), line);
    }
    write("issuer", entry.issuer, line);
    write("form", entry.form == null ? null : entry.form.label(), line);
    write("address", shortened(entry.address), line);
  }

  private static void writeAccount(AuditEntry entry, JsonGenerator line) throws IOException {
    if (entry.owner != null) {
      line.writeStringField("client", entry.owner.client().value());
      var connection = entry.owner.connection();
      write("connection", connection == null ? null : connection.value(), line);
    }
  }

  private static @Nullable String shortened(@Nullable String address) {
    return address == null || address.length() <= LONGEST_ADDRESS
        ? address
        : address.substring(0, LONGEST_ADDRESS);
  }

  private static void write(String name, @Nullable String value, JsonGenerator line)
      throws IOException {
    if (value != null) {
      line.writeStringField(name, value);
    }
  }

  /** The usual escapes of JSON, and DEL, which is ASCII but not printable. */
  private static final class Escapes extends CharacterEscapes {

    private static final long serialVersionUID = 1;

    private final int[] ascii = standardAsciiEscapesForJSON();

    private Escapes() {
      ascii[LAST_PRINTABLE + 1] = ESCAPE_STANDARD;
    }

    @Override
    public int[] getEscapeCodesForAscii() {
      return ascii;
    }

    @Override
    public @Nullable SerializableString getEscapeSequence(int character) {
      return null;
    }
  }
}
