// SPDX-License-Identifier: MIT
package io.github.libcsmtp;

import java.io.IOException;
import java.io.InputStream;

/** An attachment that is read while the mail is being sent. */
final class Reader {
    private final StreamSource source;
    private final byte[] piece = new byte[32 << 10];
    private InputStream stream;
    private boolean ended;

    Reader(StreamSource source) { this.source = source; }

    /** Reads the next piece into {@code buffer}, as csmtp_c.h describes for CSmtpReadFunction. */
    synchronized long read(long buffer, long capacity) throws IOException {
        if (capacity == 0) {
            ended = false;
            close();
            return 0;
        }
        if (ended) return 0;
        if (stream == null) {
            stream = source.open();
            if (stream == null) throw new IOException("the source of the attachment has returned no stream");
        }
        int wanted = (int) Math.min(capacity, piece.length), n;
        do n = stream.read(piece, 0, wanted); while (n == 0);
        if (n > wanted) throw new IOException("the stream has returned " + n + " octets, although at most " + wanted + " were asked for");
        if (n < 0) {
            ended = true;
            close();
            return 0;
        }
        Handle.C.memory(buffer, n).put(piece, 0, n);
        return n;
    }

    synchronized void close() throws IOException {
        InputStream open = stream;
        stream = null;
        if (open != null) open.close();
    }
}
