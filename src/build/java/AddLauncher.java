import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.Attributes.Name;
import java.util.jar.Manifest;
import javax.tools.ToolProvider;

/**
 * Makes {@code tokenbroker.launcher.Launcher} the main class of a jar. Maven runs it after
 * packaging. The result depends on nothing but the jar and the sources.
 */
public final class AddLauncher {

  private static final String LAUNCHER = "tokenbroker/launcher/Launcher";
  private static final Path SOURCE = Path.of("src/launcher/java", LAUNCHER + ".java");

  private AddLauncher() {}

  public static void main(String[] jars) throws IOException {
    var launcher = compiled();
    try (var jar = FileSystems.newFileSystem(Path.of(jars[0]))) {
      var manifestFile = jar.getPath("META-INF/MANIFEST.MF");
      var time = Files.getLastModifiedTime(manifestFile);
      var manifest = new Manifest(new ByteArrayInputStream(Files.readAllBytes(manifestFile)));
      var name = LAUNCHER.replace('/', '.');
      var mainClass = manifest.getMainAttributes().put(Name.MAIN_CLASS, name);
      if (name.equals(mainClass)) {
        return; // The jar has not been packaged anew.
      }
      var text = new ByteArrayOutputStream();
      manifest.write(text);
      Files.write(manifestFile, text.toByteArray());
      var classFile = jar.getPath(LAUNCHER + ".class");
      Files.createDirectories(classFile.getParent());
      Files.write(classFile, launcher);
      var mainClassFile =
          Files.writeString(classFile.resolveSibling("main-class"), mainClass + "\n");
      for (var changed = classFile.getParent(); changed != null; changed = changed.getParent()) {
        Files.setLastModifiedTime(changed, time);
      }
      Files.setLastModifiedTime(manifestFile, time);
      Files.setLastModifiedTime(classFile, time);
      Files.setLastModifiedTime(mainClassFile, time);
    }
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
