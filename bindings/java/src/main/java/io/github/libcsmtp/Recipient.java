// SPDX-License-Identifier: MIT
package io.github.libcsmtp;

/** The result of the last mail for one recipient. */
public final class Recipient {
    private final String address;
    private final boolean accepted;
    private final int code;
    private final String enhancedCode;
    private final String reply;

    Recipient(String address, boolean accepted, int code, String enhancedCode, String reply) {
        this.address = address;
        this.accepted = accepted;
        this.code = code;
        this.enhancedCode = enhancedCode;
        this.reply = reply;
    }

    /** Returns the address. */
    public String address() { return address; }

    /** Reports whether the mail was accepted for this recipient. */
    public boolean isAccepted() { return accepted; }

    /** Returns the reply code; 0 if there was no reply. */
    public int code() { return code; }

    /** Returns the enhanced status code, such as "5.1.1"; "" if there was none. */
    public String enhancedCode() { return enhancedCode; }

    /** Returns the reply; "" if there was none. */
    public String reply() { return reply; }

    @Override public String toString() { return address + ": " + (accepted ? "accepted" : reply); }
}
