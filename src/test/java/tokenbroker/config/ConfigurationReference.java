package tokenbroker.config;

import com.sun.source.tree.AnnotationTree;
import com.sun.source.tree.ClassTree;
import com.sun.source.tree.LiteralTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.ParameterizedTypeTree;
import com.sun.source.util.DocTrees;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreePath;
import com.sun.source.util.TreePathScanner;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;

/**
 * The keys of a configuration mapping and their documentation, read from its source file, in its
 * order.
 */
record ConfigurationReference(List<Group> groups) {

  /**
   * The keys that share a prefix.
   *
   * @param prefix such as {@code broker.issuers.<name>}
   */
  record Group(String prefix, String description, List<Key> keys) {}

  /**
   * A key.
   *
   * @param name such as {@code broker.issuers.<name>.keys-token-file}
   * @param defaultValue empty if the key has no default
   */
  record Key(String name, Optional<String> defaultValue, String description) {

    /**
     * Returns the environment variable by the rule of MicroProfile Config. A name in a map is
     * quoted, so that {@code _} is doubled there.
     */
    String environmentVariable() {
      var quoted = name.replaceAll("<(.*?)>", "\"<$1>\"");
      return quoted.replaceAll("[^A-Za-z0-9<>]", "_").toUpperCase(Locale.ROOT);
    }
  }

  /** Reads the mapping interface that {@code source} declares. */
  static ConfigurationReference of(Path source, String prefix) throws IOException {
    var compiler = ToolProvider.getSystemJavaCompiler();
    try (var files = compiler.getStandardFileManager(null, null, null)) {
      var units = files.getJavaFileObjects(source);
      var task = (JavacTask) compiler.getTask(null, files, null, null, null, units);
      var declarations = new Declarations(DocTrees.instance(task));
      declarations.scan(task.parse(), null);
      return new ConfigurationReference(declarations.groups(prefix));
    }
  }

  /**
   * Collects the methods of a source file by the interface that declares them. The outermost
   * interface comes first.
   */
  private static final class Declarations extends TreePathScanner<@Nullable Void, @Nullable Void> {

    private final DocTrees docs;
    private final Map<String, List<TreePath>> methodsByInterface = new LinkedHashMap<>();

    Declarations(DocTrees docs) {
      this.docs = docs;
    }

    @Override
    public @Nullable Void visitMethod(MethodTree method, @Nullable Void nothing) {
      var declaring = (ClassTree) getCurrentPath().getParentPath().getLeaf();
      methodsByInterface
          .computeIfAbsent(declaring.getSimpleName().toString(), _ -> new ArrayList<>())
          .add(getCurrentPath());
      return super.visitMethod(method, null);
    }

    List<Group> groups(String prefix) {
      var root = methodsByInterface.keySet().iterator().next();
      var groups = new ArrayList<Group>();
      addGroup(groups, prefix, "", root);
      return groups;
    }

    private void addGroup(
        List<Group> groups, String prefix, String description, String interfaceName) {
      var keys = new ArrayList<Key>();
      groups.add(new Group(prefix, description, keys));
      for (var path : methodsByInterface.getOrDefault(interfaceName, List.of())) {
        var method = (MethodTree) path.getLeaf();
        var name = prefix + "." + kebabCase(method.getName().toString());
        var said = Javadoc.asMarkdown(docs.getDocCommentTree(path));
        var returned = method.getReturnType();
        if (methodsByInterface.containsKey(returned.toString())) {
          addGroup(groups, name, said, returned.toString());
        } else if (returned instanceof ParameterizedTypeTree map
            && map.getType().toString().equals("Map")) {
          addGroup(groups, name + ".<name>", said, map.getTypeArguments().getLast().toString());
        } else {
          keys.add(new Key(name, defaultValue(method), said));
        }
      }
    }

    private static String kebabCase(String camelCase) {
      return camelCase.replaceAll("(?=[A-Z])", "-").toLowerCase(Locale.ROOT);
    }

    private static Optional<String> defaultValue(MethodTree method) {
      return method.getModifiers().getAnnotations().stream()
          .filter(annotation -> annotation.getAnnotationType().toString().equals("WithDefault"))
          .map(AnnotationTree::getArguments)
          .map(arguments -> ((LiteralTree) arguments.getFirst()).getValue().toString())
          .findAny();
    }
  }
}
