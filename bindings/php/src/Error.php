<?php
// SPDX-License-Identifier: MIT
declare(strict_types=1);

namespace Csmtp;

/** A failed call. The message says what failed, what the server replied, and what to do. */
class Error extends \RuntimeException implements Numbers
{
    /** The error number of csmtp_c.h, such as Error::COMMAND_RCPT_TO. getCode returns it, too. */
    public readonly int $number;
    /** The step of the session that failed, such as Error::PHASE_RCPT. */
    public readonly int $phase;
    /** The kind of the error, such as Error::KIND_TIMEOUT. */
    public readonly int $kind;
    /** The server's reply, such as "550 5.1.1 No such user"; "" if there was none. */
    public readonly string $reply;
    /** The code of the reply, such as 550; 0 if there was none. */
    public readonly int $replyCode;
    /** The enhanced status code, such as "5.1.1"; "" if there was none. */
    public readonly string $enhancedCode;
    /** What happened to the mail, such as Error::IN_DOUBT. */
    public readonly int $outcome;
    /** Whether nothing was delivered and a later attempt might succeed. */
    public readonly bool $safeToRetry;
    /**
     * The number of seconds to wait before the next mail, if the mail service has requested a delay;
     * otherwise 0.
     */
    public readonly int $retryAfter;
    /** Whether the login failed and would fail again with the same credentials. */
    public readonly bool $loginError;

    /**
     * Makes the error of a call that has returned $number. The details are those of the last call on the
     * handle.
     */
    public function __construct(int $handle, int $number, ?string $text = null, ?\Throwable $previous = null)
    {
        parent::__construct($text ?? (Library::call('GetLastErrorText', $handle) ?: Library::errorText($number)), $number, $previous);
        $this->number = $number;
        $this->phase = Library::call('GetPhase', $handle);
        $this->kind = Library::call('GetErrorKind', $handle);
        $this->reply = Library::call('GetLastReply', $handle);
        $this->replyCode = Library::call('GetLastReplyCode', $handle);
        $this->enhancedCode = Library::call('GetLastEnhancedCode', $handle);
        $this->loginError = Library::call('IsLoginError', $handle) !== 0;
        $this->retryAfter = Library::call('GetRetryAfter', $handle);
        // If the call was refused because a mail is being sent, do not call GetOutcome: it would wait until
        // that send is over, and return the outcome of that mail.
        $busy = $number === self::BUSY;
        $this->outcome = $busy ? self::NOT_SENT : Library::call('GetOutcome', $handle);
        $this->safeToRetry = !$busy && Library::call('IsSafeToRetry', $handle) !== 0;
    }
}
