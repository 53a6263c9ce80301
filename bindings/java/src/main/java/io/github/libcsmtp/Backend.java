// SPDX-License-Identifier: MIT
package io.github.libcsmtp;

/**
 * Chooses how C functions are called. This version of the class uses JNA. The version for Java 22 and
 * newer can use java.lang.foreign.
 */
final class Backend {
    private Backend() {}

    static Functions open(String library) { return new JnaFunctions(library); }
}
