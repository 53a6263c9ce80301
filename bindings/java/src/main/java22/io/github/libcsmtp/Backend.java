// SPDX-License-Identifier: MIT
package io.github.libcsmtp;

import java.lang.foreign.ValueLayout;

/**
 * Chooses how C functions are called: with java.lang.foreign, or with JNA if the system is a 32-bit system
 * or the property csmtp.jna is true.
 */
final class Backend {
    private Backend() {}

    static Functions open(String library) {
        boolean jna = ValueLayout.ADDRESS.byteSize() != 8 || Boolean.getBoolean("csmtp.jna");
        return jna ? new JnaFunctions(library) : new ForeignFunctions(library);
    }
}
