// SPDX-License-Identifier: MIT
package io.github.libcsmtp;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Loads the library: the file named by the property csmtp.library or else by the environment variable
 * CSMTP_LIBRARY. If neither is set, it is the library in the jar, or else that of the system.
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
            // The first call starts the library, which then reads its own file: call it before the
            // copy is deleted.
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
                // The folder cannot be read: give the usual advice.
            }
        }
        return "use a jar that contains the library for " + Resources.platform() + ", install csmtp, or set CSMTP_LIBRARY to the path of its library";
    }
}
