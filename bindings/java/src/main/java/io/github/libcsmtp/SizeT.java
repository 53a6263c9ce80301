// SPDX-License-Identifier: MIT
package io.github.libcsmtp;

import com.sun.jna.IntegerType;
import com.sun.jna.Native;

/** A size_t, which is as wide as a handle. */
public final class SizeT extends IntegerType {
    private static final long serialVersionUID = 1;

    /** Makes a size_t with the value 0. JNA requires this constructor. */
    public SizeT() { this(0); }

    /** Makes a size_t. */
    public SizeT(long value) { super(Native.SIZE_T_SIZE, value, true); }
}
