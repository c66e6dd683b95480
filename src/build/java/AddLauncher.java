import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.LocalDateTime;
import java.util.jar.Attributes.Name;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import javax.tools.ToolProvider;

/**
 * Makes {@code tokenbroker.launcher.Launcher} the main class of a jar. Maven runs it after
 * packaging. The result depends on nothing but the jar and the sources.
 */
public final class AddLauncher {

  private static final String LAUNCHER = "tokenbroker/launcher/Launcher";
  private static final String MAIN_CLASS_FILE = "tokenbroker/launcher/main-class";
  private static final Path SOURCE = Path.of("src/launcher/java", LAUNCHER + ".java");

  private AddLauncher() {}

  public static void main(String[] jars) throws IOException {
    var jar = Path.of(jars[0]);
    var next = jar.resolveSibling(jar.getFileName() + ".next");
    try (var original = new ZipFile(jar.toFile());
        var zip = new ZipOutputStream(Files.newOutputStream(next))) {
      var manifest =
          new Manifest(original.getInputStream(original.getEntry(JarFile.MANIFEST_NAME)));
      var name = LAUNCHER.replace('/', '.');
      var mainClass = manifest.getMainAttributes().put(Name.MAIN_CLASS, name);
      if (name.equals(mainClass)) {
        Files.delete(next);
        return; // The jar has not been packaged anew.
      }
      var text = new ByteArrayOutputStream();
      manifest.write(text);
      for (var entries = original.entries(); entries.hasMoreElements(); ) {
        var entry = entries.nextElement();
        var isManifest = entry.getName().equals(JarFile.MANIFEST_NAME);
        var bytes = isManifest ? text.toByteArray() : original.getInputStream(entry).readAllBytes();
        write(zip, entry.getName(), entry.getTimeLocal(), bytes);
      }
      var time = original.getEntry(JarFile.MANIFEST_NAME).getTimeLocal();
      write(zip, LAUNCHER + ".class", time, compiled());
      write(zip, MAIN_CLASS_FILE, time, (mainClass + "\n").getBytes(UTF_8));
    }
    Files.move(next, jar, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  private static void write(ZipOutputStream zip, String name, LocalDateTime time, byte[] bytes)
      throws IOException {
    var entry = new ZipEntry(name);
    entry.setTimeLocal(time);
    zip.putNextEntry(entry);
    zip.write(bytes);
  }

  private static byte[] compiled() throws IOException {
    var directory = Files.createTempDirectory("launcher");
    var status =
        ToolProvider.getSystemJavaCompiler()
            .run(
                null,
                null,
                null,
                "--release",
                "8",
                "-Xlint:-options",
                "-d",
                directory.toString(),
                SOURCE.toString());
    if (status != 0) {
      throw new IOException("the launcher does not compile");
    }
    var file = directory.resolve(LAUNCHER + ".class");
    var bytes = Files.readAllBytes(file);
    for (var each = file; each.startsWith(directory); each = each.getParent()) {
      Files.delete(each);
    }
    return bytes;
  }
}
