/**
 * Small text files that others write: read within a size limit, checked, and read again when they
 * change. No message quotes their content.
 */
@NullMarked
package tokenbroker.files;

import org.jspecify.annotations.NullMarked;
