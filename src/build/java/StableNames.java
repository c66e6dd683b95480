import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;

/**
 * Makes Quarkus' generated classes identical in each build of the same sources. Quarkus' build
 * steps run concurrently and number the objects that they pass on ({@code proxykey17}) in the order
 * of their arrival. This program numbers them in the order of the class names instead. Maven runs
 * it after packaging.
 */
public final class StableNames {

  private final Map<String, String> names = new HashMap<>();

  private StableNames() {}

  public static void main(String[] jar) throws IOException {
    var path = Path.of(jar[0]);
    var entries = new LinkedHashMap<String, byte[]>();
    var times = new HashMap<String, ZipEntry>();
    try (var zip = new ZipInputStream(Files.newInputStream(path))) {
      for (var entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        entries.put(entry.getName(), zip.readAllBytes());
        times.put(entry.getName(), entry);
      }
    }
    var stable = new StableNames();
    var renamed = new TreeMap<>(entries);
    for (var entry : renamed.entrySet()) {
      if (entry.getKey().endsWith(".class")) {
        entry.setValue(stable.rename(entry.getValue()));
      }
    }
    var next = path.resolveSibling(path.getFileName() + ".next");
    try (var zip = new ZipOutputStream(Files.newOutputStream(next))) {
      for (var name : entries.keySet()) {
        var entry = new ZipEntry(name);
        entry.setTimeLocal(times.get(name).getTimeLocal());
        zip.putNextEntry(entry);
        zip.write(renamed.get(name));
      }
    }
    Files.move(next, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  /**
   * Returns the class with renamed text constants. Such names occur nowhere else in it. See JVMS
   * 4.4.
   */
  private byte[] rename(byte[] original) throws IOException {
    var in = new DataInputStream(new ByteArrayInputStream(original));
    var bytes = new ByteArrayOutputStream(original.length);
    var out = new DataOutputStream(bytes);
    out.writeLong(in.readLong()); // magic and version
    var count = in.readUnsignedShort();
    out.writeShort(count);
    for (var index = 1; index < count; index++) {
      var tag = in.readByte();
      out.writeByte(tag);
      switch (tag) {
        case 1 -> writeText(out, in.readNBytes(in.readUnsignedShort()));
        case 7, 8, 16, 19, 20 -> out.write(in.readNBytes(2));
        case 15 -> out.write(in.readNBytes(3));
        case 3, 4, 9, 10, 11, 12, 17, 18 -> out.write(in.readNBytes(4));
        case 5, 6 -> {
          out.write(in.readNBytes(8));
          index++; // a long or a double occupies two entries
        }
        default -> throw new IOException("constant of unknown kind " + tag);
      }
    }
    in.transferTo(out);
    return bytes.toByteArray();
  }

  private void writeText(DataOutputStream out, byte[] text) throws IOException {
    var name = new String(text, UTF_8);
    var written =
        name.matches("proxykey\\d+")
            ? names.computeIfAbsent(name, _ -> "proxykey" + (names.size() + 1)).getBytes(UTF_8)
            : text;
    out.writeShort(written.length);
    out.write(written);
  }
}
