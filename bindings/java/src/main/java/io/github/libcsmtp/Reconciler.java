// SPDX-License-Identifier: MIT
package io.github.libcsmtp;

/** Finds out whether a mail whose outcome is in doubt was delivered. */
@FunctionalInterface
public interface Reconciler {
    /** Returns whether the mail was delivered. The function is allowed to take a long time. */
    Delivery reconcile(String id, int relay, String messageId);
}
