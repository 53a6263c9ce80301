// SPDX-License-Identifier: MIT
package io.github.libcsmtp;

/** Provides OAuth 2.0 access tokens. */
@FunctionalInterface
public interface TokenCallback {
    /** Returns an access token, or null if there is none. refused says whether the server has refused the previous one. */
    String token(boolean refused);
}
