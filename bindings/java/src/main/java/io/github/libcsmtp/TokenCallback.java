// SPDX-License-Identifier: MIT
package io.github.libcsmtp;

/** Provides OAuth 2.0 access tokens. */
@FunctionalInterface
public interface TokenCallback {
    /**
     * Returns an access token, or null if there is none. {@code refused} says whether the server
     * refused the previous token.
     */
    String token(boolean refused);
}
