// SPDX-License-Identifier: MIT
package io.github.libcsmtp;

import com.sun.jna.Callback;
import com.sun.jna.CallbackReference;
import com.sun.jna.CallbackThreadInitializer;
import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Memory, texts and callbacks for the functions that are called through JNA. */
abstract class JnaMemory implements Functions {
    private static final CallbackThreadInitializer THREADS = new CallbackThreadInitializer(true, false, "csmtp");

    static Pointer pointer(long address) { return address == 0 ? null : new Pointer(address); }

    static long address(Pointer pointer) { return Pointer.nativeValue(pointer); }

    static String text(Pointer pointer) { return pointer == null ? null : pointer.getString(0, "UTF-8"); }

    static byte[] octets(String text) {
        if (text == null) return null;
        byte[] octets = text.getBytes(StandardCharsets.UTF_8);
        return Arrays.copyOf(octets, octets.length + 1);
    }

    static Memory words(long[] values) {
        if (values == null) return null;
        Memory memory = new Memory(Math.max(1, values.length) * (long) Native.SIZE_T_SIZE);
        for (int i = 0; i < values.length; i++) {
            if (Native.SIZE_T_SIZE == 8) memory.setLong(8L * i, values[i]);
            else memory.setInt(4L * i, (int) values[i]);
        }
        return memory;
    }

    static void read(Memory memory, long[] values) {
        if (values == null) return;
        for (int i = 0; i < values.length; i++) {
            values[i] = Native.SIZE_T_SIZE == 8 ? memory.getLong(8L * i) : memory.getInt(4L * i) & 0xffffffffL;
        }
    }

    static long stub(Callback callback) {
        Native.setCallbackThreadInitializer(callback, THREADS);
        return address(CallbackReference.getFunctionPointer(callback));
    }

    @Override public String text(long address) { return text(pointer(address)); }

    @Override public ByteBuffer memory(long address, long size) { return new Pointer(address).getByteBuffer(0, size); }

    @Override public long allocate(byte[] text) {
        long address = Native.malloc(text.length + 1L);
        if (address == 0) throw new OutOfMemoryError("no memory for a text");
        Pointer memory = new Pointer(address);
        memory.write(0, text, 0, text.length);
        memory.setByte(text.length, (byte) 0);
        return address;
    }

    @Override public void release(long address, long size) {
        new Pointer(address).clear(size);
        Native.free(address);
    }

    @Override public int addressSize() { return Native.POINTER_SIZE; }
}
