// SPDX-License-Identifier: MIT
package io.github.libcsmtp;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/**
 * Memory, texts and callbacks for the functions that are called through java.lang.foreign. An address
 * is passed as a long.
 */
abstract class ForeignMemory implements Functions {
    private static final Linker LINKER = Linker.nativeLinker();
    private static final MethodHandle MALLOC = LINKER.downcallHandle(
        LINKER.defaultLookup().find("malloc").orElseThrow(), FunctionDescriptor.of(JAVA_LONG, JAVA_LONG));
    private static final MethodHandle FREE = LINKER.downcallHandle(
        LINKER.defaultLookup().find("free").orElseThrow(), FunctionDescriptor.ofVoid(JAVA_LONG));
    private final SymbolLookup library;

    ForeignMemory(String name) {
        try {
            library = name.contains("/") || name.contains("\\")
                ? SymbolLookup.libraryLookup(Path.of(name), Arena.global()) : SymbolLookup.libraryLookup(name, Arena.global());
        } catch (IllegalArgumentException e) {
            throw (UnsatisfiedLinkError) new UnsatisfiedLinkError(e.getMessage()).initCause(e);
        }
    }

    private static FunctionDescriptor descriptor(MemoryLayout result, MemoryLayout... parameters) {
        return result == null ? FunctionDescriptor.ofVoid(parameters) : FunctionDescriptor.of(result, parameters);
    }

    MethodHandle function(String name, MemoryLayout result, MemoryLayout... parameters) {
        MemorySegment found = library.find(name).orElseThrow(() -> new UnsatisfiedLinkError("the library has no function " + name));
        return LINKER.downcallHandle(found, descriptor(result, parameters));
    }

    static long stub(String name, MemoryLayout result, MemoryLayout... parameters) {
        FunctionDescriptor type = descriptor(result, parameters);
        try {
            MethodHandle method = MethodHandles.lookup().findStatic(Callbacks.class, name, type.toMethodType());
            return LINKER.upcallStub(method, type, Arena.global()).address();
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }

    static RuntimeException failed(Throwable thrown) {
        if (thrown instanceof Error) throw (Error) thrown;
        if (thrown instanceof RuntimeException) throw (RuntimeException) thrown;
        throw new AssertionError(thrown);
    }

    static long octets(Arena arena, String text) { return text == null ? 0 : arena.allocateFrom(text).address(); }

    static long octets(Arena arena, byte[] octets) {
        if (octets == null) return 0;
        MemorySegment copy = arena.allocate(Math.max(1, octets.length));
        MemorySegment.copy(octets, 0, copy, JAVA_BYTE, 0, octets.length);
        return copy.address();
    }

    static MemorySegment numbers(Arena arena, long[] values) {
        if (values == null) return MemorySegment.NULL;
        MemorySegment copy = arena.allocate(JAVA_LONG, Math.max(1, values.length));
        MemorySegment.copy(values, 0, copy, JAVA_LONG, 0, values.length);
        return copy;
    }

    static MemorySegment numbers(Arena arena, int[] values) {
        if (values == null) return MemorySegment.NULL;
        MemorySegment copy = arena.allocate(JAVA_INT, Math.max(1, values.length));
        MemorySegment.copy(values, 0, copy, JAVA_INT, 0, values.length);
        return copy;
    }

    static void read(MemorySegment segment, long[] values) {
        if (values != null) MemorySegment.copy(segment, JAVA_LONG, 0, values, 0, values.length);
    }

    static void read(MemorySegment segment, int[] values) {
        if (values != null) MemorySegment.copy(segment, JAVA_INT, 0, values, 0, values.length);
    }

    private static MemorySegment segment(long address, long size) { return MemorySegment.ofAddress(address).reinterpret(size); }

    @Override public String text(long address) { return address == 0 ? null : segment(address, Long.MAX_VALUE).getString(0); }

    @Override public ByteBuffer memory(long address, long size) { return segment(address, size).asByteBuffer(); }

    @Override public long allocate(byte[] text) {
        try {
            long address = (long) MALLOC.invokeExact(text.length + 1L);
            if (address == 0) throw new OutOfMemoryError("no memory for a text");
            MemorySegment memory = segment(address, text.length + 1L);
            MemorySegment.copy(text, 0, memory, JAVA_BYTE, 0, text.length);
            memory.set(JAVA_BYTE, text.length, (byte) 0);
            return address;
        } catch (Throwable t) {
            throw failed(t);
        }
    }

    @Override public void release(long address, long size) {
        try {
            segment(address, size).fill((byte) 0);
            FREE.invokeExact(address);
        } catch (Throwable t) {
            throw failed(t);
        }
    }

    @Override public int addressSize() { return 8; }
}
