// SPDX-License-Identifier: MIT
package io.github.libcsmtp;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Reads the members of a C struct in order. If the library is older and its struct lacks a member, the
 * member is 0 or "".
 */
final class Members {
    private final Functions c;
    private final ByteBuffer memory;
    private int offset;

    Members(Functions c, long address) {
        this.c = c;
        ByteBuffer first = c.memory(address, c.addressSize()).order(ByteOrder.nativeOrder());
        long size = c.addressSize() == 8 ? first.getLong(0) : first.getInt(0);
        memory = c.memory(address, size).order(ByteOrder.nativeOrder());
        offset = c.addressSize();
    }

    /** Returns the offset of the next member, or -1 if the struct is too small to contain it. */
    private int next(int size) {
        int start = (offset + size - 1) / size * size;
        offset = start + size;
        return offset <= memory.capacity() ? start : -1;
    }

    int int32() {
        int at = next(4);
        return at < 0 ? 0 : memory.getInt(at);
    }

    long int64() {
        int at = next(8);
        return at < 0 ? 0 : memory.getLong(at);
    }

    long word() { return c.addressSize() == 8 ? int64() : int32() & 0xffffffffL; }

    String text() {
        String text = c.text(word());
        return text == null ? "" : text;
    }
}
