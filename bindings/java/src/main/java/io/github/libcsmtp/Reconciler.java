// SPDX-License-Identifier: MIT
package io.github.libcsmtp;

/** Finds out what happened to a mail whose outcome is in doubt. */
@FunctionalInterface
public interface Reconciler {
    /** Returns whether the mail was delivered. The function is allowed to take a long time. */
    Delivery reconcile(String id, int relay, String messageId);
}
