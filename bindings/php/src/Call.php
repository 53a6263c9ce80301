<?php
// SPDX-License-Identifier: MIT
declare(strict_types=1);

namespace Csmtp;

/** @internal A call during which callbacks can run. */
final class Call
{
    /** @var list<Call> the calls in progress; the last one is the innermost */
    private static array $calls = [];
    /** The first exception that a callback has thrown, or null. */
    private ?\Throwable $raised = null;
    /** @var list<mixed> the values that must not be freed before the end of the call */
    private array $kept = [];

    private function __construct(private int $handle, private Handle $owner)
    {
    }

    /**
     * Makes a call, and returns its result. If a callback throws an exception, the call on the handle is
     * canceled, and during() throws the same exception. $mails are the handles of the mails that the call
     * sends. If one of these mails then has an outcome other than NOT_SENT, during() instead throws an
     * Error that has the outcome, because the program must not send that mail again without looking at the
     * outcome. If $handle is 0, nothing is canceled.
     *
     * @param list<int> $mails
     */
    public static function during(int $handle, Handle $owner, \Closure $call, array $mails = []): mixed
    {
        $self = self::$calls[] = new self($handle, $owner);
        try {
            $result = $call();
        } finally {
            array_pop(self::$calls);
        }
        if ($self->raised === null) {
            return $result;
        }
        foreach ($mails as $mail) {
            $outcome = Library::call('GetOutcome', $mail);
            if ($outcome !== Numbers::NOT_SENT) {
                $number = Library::call('GetLastError', $mail) ?: Numbers::CANCELED;
                $text = 'A callback threw ' . $self->raised::class . '. Before that, ' . self::happened($outcome) . '.';
                throw new Error($mail, $number, $text, $self->raised);
            }
        }
        throw $self->raised;
    }

    private static function happened(int $outcome): string
    {
        return match ($outcome) {
            Numbers::ACCEPTED => 'the server had accepted the mail: do not send it again',
            Numbers::PARTIAL => 'the server had accepted the mail for some of the recipients',
            Numbers::IN_DOUBT => 'the whole mail was sent: the server may have accepted it',
            default => 'the server had refused the mail',
        };
    }

    /** Reports whether a call on an object is in progress. */
    public static function isIn(Handle $owner): bool
    {
        foreach (self::$calls as $call) {
            if ($call->owner === $owner) {
                return true;
            }
        }
        return false;
    }

    /**
     * Runs a callback and returns its result. If the callback throws an exception, guarded returns $failed,
     * because an exception cannot pass through C, and records the exception for the call during which the
     * callback runs or, for a callback of a pool, for the next wait or drain. If no call is in progress,
     * guarded reports the exception. The callback runs in a fiber of its own: if it suspended the caller's
     * fiber, the call to the library would stop in the middle.
     */
    public static function guarded(mixed $failed, bool $ofPool, \Closure $callback): mixed
    {
        try {
            $fiber = new \Fiber($callback);
            try {
                $fiber->start();
            } catch (\FiberError $error) {
                if (!$fiber->isStarted()) {
                    return $callback(); // in a destructor, PHP can neither start nor suspend a fiber
                }
                throw $error;
            }
            if ($fiber->isTerminated()) {
                return $fiber->getReturn();
            }
            $fiber->throw(new \LogicException('a callback must not suspend its fiber'));
            throw new \LogicException('a callback must not suspend its fiber');
        } catch (\Throwable $error) {
            $call = end(self::$calls) ?: null;
            if ($ofPool && $call?->owner instanceof Pool) {
                $call->owner->raised[] = $error;
            } elseif ($call !== null) {
                $call->raised ??= $error;
                Library::call('Cancel', $call->handle);
            } else {
                self::report($error);
            }
            return $failed;
        }
    }

    /**
     * Writes an exception of a callback to PHP's error log. It is used for exceptions that no call can
     * throw.
     */
    public static function report(\Throwable $error): void
    {
        error_log('csmtp: a callback has thrown ' . $error::class . " in {$error->getFile()}:{$error->getLine()}: {$error->getMessage()}");
    }

    /** Keeps a value until the end of the call in progress. */
    public static function keep(mixed $value): void
    {
        if ($call = end(self::$calls)) {
            $call->kept[] = $value;
        }
    }
}
