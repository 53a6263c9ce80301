// SPDX-License-Identifier: MIT
package io.github.libcsmtp;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * The files that packaging/java.sh puts into the jars: for each platform, the library and
 * csmtp-testserver.
 */
public final class Resources {
    private static final boolean WINDOWS = System.getProperty("os.name").startsWith("Windows");

    private Resources() {}

    /** Returns the name of this platform, such as "linux-x64". */
    static String platform() {
        String arch = System.getProperty("os.arch").toLowerCase(Locale.ROOT);
        switch (arch) {
        case "amd64": case "x86_64": arch = "x64"; break;
        case "aarch64": arch = "arm64"; break;
        case "arm": arch = "armhf"; break;
        case "i386": case "i686": case "x86": arch = "x86"; break;
        default: break;
        }
        return (WINDOWS ? "windows-" : System.getProperty("os.name").toLowerCase(Locale.ROOT) + "-") + arch;
    }

    /**
     * Copies a file for this platform from a jar to a new folder that only this user can read. Returns
     * the path of the copy, or null if no jar contains the file.
     */
    public static Path extract(String name) throws IOException {
        try (InputStream content = Resources.class.getResourceAsStream("natives/" + platform() + "/" + name)) {
            if (content == null) return null;
            Path file = Files.createTempDirectory("csmtp-java-").resolve(name);
            Files.copy(content, file);
            return file;
        }
    }

    /**
     * Deletes a file that {@code extract} has made, and its folder. Windows cannot delete a file that is in
     * use: the file and the folder are then deleted at the end of the program.
     */
    public static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
            Files.deleteIfExists(file.getParent());
        } catch (IOException e) {
            file.getParent().toFile().deleteOnExit(); // at the end, files are deleted in reverse order
            file.toFile().deleteOnExit();
        }
    }
}
