// SPDX-License-Identifier: MIT
package io.github.libcsmtp;

import java.time.Duration;

/**
 * A failed call. The message says what failed, what the server replied, and what to do. If the stream of an
 * attachment could not be read, the cause is the exception that the stream has thrown.
 */
public class CSmtpException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final int number;
    private final Phase phase;
    private final Kind kind;
    private final Outcome outcome;
    private final String reply;
    private final int replyCode;
    private final String enhancedCode;
    private final boolean safeToRetry;
    private final Duration retryAfter;
    private final boolean loginError;

    private CSmtpException(long h, int number, String text, Throwable cause) {
        super(text, cause);
        Functions c = Handle.C;
        // If the call was refused because a mail is being sent, GetOutcome is not called: it would wait until
        // that send is over.
        boolean busy = number == Errors.BUSY;
        this.number = number;
        phase = Phase.of(c.GetPhase(h));
        kind = Kind.of(c.GetErrorKind(h));
        outcome = busy ? Outcome.NOT_SENT : Outcome.of(c.GetOutcome(h));
        reply = c.GetLastReply(h);
        replyCode = c.GetLastReplyCode(h);
        enhancedCode = c.GetLastEnhancedCode(h);
        safeToRetry = !busy && c.IsSafeToRetry(h) != 0;
        retryAfter = Duration.ofSeconds(c.GetRetryAfter(h));
        loginError = c.IsLoginError(h) != 0;
    }

    /**
     * Returns an exception with the details of the last call on a handle. {@code number} is the error number
     * that the call returned.
     */
    static CSmtpException of(long handle, int number, Throwable cause) {
        return new CSmtpException(handle, number, text(handle, number), cause);
    }

    /**
     * Returns the same as {@code of}, but the message says that a callback has thrown an exception.
     * {@code number} is 0 if the call has succeeded nevertheless.
     */
    static CSmtpException afterCallback(long handle, int number, Throwable cause) {
        String end = number == 0 ? ", but the call has succeeded" : ", and the call has failed: " + text(handle, number);
        return new CSmtpException(handle, number, "a callback has thrown an exception" + end, cause);
    }

    private static String text(long handle, int number) {
        String text = Handle.C.GetLastErrorText(handle);
        return text.isEmpty() ? Handle.C.GetErrorText(number) : text;
    }

    /** Returns the error number of csmtp_c.h, such as {@link Errors#COMMAND_RCPT_TO}. */
    public int number() { return number; }

    /** Returns the step of the session that failed. */
    public Phase phase() { return phase; }

    /** Returns the kind of the error. */
    public Kind kind() { return kind; }

    /** Returns what happened to the mail. */
    public Outcome outcome() { return outcome; }

    /** Returns the server's reply, such as "550 5.1.1 No such user"; "" if there was none. */
    public String reply() { return reply; }

    /** Returns the reply code, such as 550; 0 if there was no reply. */
    public int replyCode() { return replyCode; }

    /** Returns the enhanced status code, such as "5.1.1" (RFC 3463); "" if there was none. */
    public String enhancedCode() { return enhancedCode; }

    /** Reports whether nothing was delivered and a later attempt might succeed. */
    public boolean isSafeToRetry() { return safeToRetry; }

    /**
     * Returns how long to wait before the next mail, if the mail service has requested a delay; otherwise
     * zero.
     */
    public Duration retryAfter() { return retryAfter; }

    /**
     * Reports whether the login failed and would fail again with the same credentials. If so, do not
     * log in with them again: servers lock accounts after several failures.
     */
    public boolean isLoginError() { return loginError; }
}
