// SPDX-License-Identifier: MIT
package io.github.libcsmtp;

/**
 * Chooses how C is called. This version uses JNA; the version for Java 22 and newer can use
 * java.lang.foreign.
 */
final class Backend {
    private Backend() {}

    static Functions open(String library) { return new JnaFunctions(library); }
}
