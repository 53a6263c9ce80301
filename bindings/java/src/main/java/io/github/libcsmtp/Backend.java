// SPDX-License-Identifier: MIT
package io.github.libcsmtp;

/** Chooses how C is called. A second version of this class, for Java 22 and newer, uses java.lang.foreign. */
final class Backend {
    private Backend() {}

    static Functions open(String library) { return new JnaFunctions(library); }
}
