// SPDX-License-Identifier: MIT
package io.github.libcsmtp;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Loads the library: the file that the property csmtp.library names, or else the one that the environment
 * variable CSMTP_LIBRARY names, or else the one in the jar, or else the one of the system.
 */
final class NativeLibrary {
    private static final boolean WINDOWS = System.getProperty("os.name").startsWith("Windows");
    static final String NAME = WINDOWS ? "csmtp.dll" : "libcsmtp.so.1";

    private NativeLibrary() {}

    static Functions load() {
        String path = System.getProperty("csmtp.library", System.getenv("CSMTP_LIBRARY"));
        Path copy = null;
        try {
            if (path == null || path.isEmpty()) {
                copy = Resources.extract(NAME);
                path = copy == null ? NAME : copy.toString();
            }
            Functions functions = Backend.open(path);
            // When the library starts, it reads its own file. Start it with this call, before the copy is
            // deleted.
            functions.Free(functions.New());
            return functions;
        } catch (IOException | UnsatisfiedLinkError e) {
            throw (UnsatisfiedLinkError) new UnsatisfiedLinkError(path + " cannot be loaded: " + advice() + " (" + e.getMessage() + ")").initCause(e);
        } finally {
            if (copy != null) Resources.delete(copy);
        }
    }

    private static String advice() {
        Path libraries = Path.of("/lib");
        if (!WINDOWS && Files.isDirectory(libraries)) {
            try (var musl = Files.newDirectoryStream(libraries, "ld-musl-*")) {
                if (musl.iterator().hasNext() && !Files.exists(Path.of("/lib/ld-linux.so.2")) && !Files.exists(Path.of("/lib64"))) {
                    return "programs that use musl cannot load it: use a system or an image with glibc";
                }
            } catch (IOException e) {
                // If the folder cannot be read, give the usual advice.
            }
        }
        return "use a jar that contains the library for " + Resources.platform() + ", install csmtp, or set CSMTP_LIBRARY to the path of its library";
    }
}
