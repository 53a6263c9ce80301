// SPDX-License-Identifier: MIT
package io.github.libcsmtp.testserver;

/** Thrown if the server did not start or refused a request, or if a time limit has passed. */
public class ServerException extends RuntimeException {
    private static final long serialVersionUID = 1;

    ServerException(String text) { super(text); }

    ServerException(String text, Throwable cause) { super(text, cause); }
}
