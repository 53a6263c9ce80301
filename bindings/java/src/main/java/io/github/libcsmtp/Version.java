// SPDX-License-Identifier: MIT
// Code generated from csmtp.go by internal/header/generate. DO NOT EDIT.
package io.github.libcsmtp;

final class Version {
    private Version() {}

    /** The version of the library for which this package was made. */
    static final String VERSION = "1.0.0";
}
