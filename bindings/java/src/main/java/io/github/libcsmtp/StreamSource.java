// SPDX-License-Identifier: MIT
package io.github.libcsmtp;

import java.io.IOException;
import java.io.InputStream;

/** Opens the content of an attachment. */
@FunctionalInterface
public interface StreamSource {
    /** Returns a new stream with the whole content. It is called again if the content must be read again. */
    InputStream open() throws IOException;
}
