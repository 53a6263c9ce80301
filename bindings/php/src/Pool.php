<?php
// SPDX-License-Identifier: MIT
declare(strict_types=1);

namespace Csmtp;

/**
 * Sends many mails over several relays: see docs/pool.md. The pool sends on threads of the library. PHP
 * cannot run callbacks on such threads, so the callbacks of the pool run inside wait, drain, send and close,
 * and inside submit while it waits. A mail makes no progress while one of its callbacks waits to be run: call
 * wait often. A journal callback that throws an exception counts as one that returns false; a reconcile
 * callback that throws counts as one that returns UNKNOWN. If a callback has thrown an exception, the next
 * wait or drain throws it at the end of the wait. close writes the exceptions that remain to PHP's error log.
 */
class Pool extends Handle
{
    use PoolMethods;

    private int $relays = 0;

    public function __construct()
    {
        $this->own(Library::call('PoolNew'));
        $this->check('PoolSetCallbacksInWait', 1);
    }

    public function __clone()
    {
        $this->handle = 0;
        $this->callbacks = $this->readers = [];
        throw new \LogicException('a pool cannot be copied');
    }

    /**
     * Adds a relay with the settings of a Mailer, and returns the number of the relay. The Mailer can be
     * closed afterwards. If it has a log or token callback, addRelay throws an exception, because the
     * pool would call it on threads of the library.
     */
    public function addRelay(Mailer $relay, ?string $name = null): int
    {
        if ($relay->hasForeignCallbacks()) {
            throw new \LogicException('addRelay: PHP cannot run log and token callbacks on threads of the library: '
                . 'use setLogFile, and setAccessToken or one of the methods setOAuth2...');
        }
        $this->check('PoolAddRelay', $relay->handle(), Library::text($name));
        return $this->relays++;
    }

    /**
     * Sets the functions that record each attempt to send a mail. $begin returns false to prevent the
     * attempt. $end returns false if it could not record the end.
     *
     * @param null|callable(string $id, int $relay, string $messageId): mixed                             $begin
     * @param null|callable(string $id, int $relay, int $outcome, string $queueId, string $reply): mixed $end
     */
    public function setJournal(?callable $begin, ?callable $end): void
    {
        // C calls both functions with the same number, so one callback handles both.
        $number = Callbacks::add(fn (mixed ...$arguments) => (count($arguments) === 3 ? $begin : $end)(...$arguments), true);
        try {
            $this->check('PoolSetJournal', $begin === null ? null : Callbacks::pointer('sending'), $end === null ? null : Callbacks::pointer('ended'), $number);
        } catch (\Throwable $error) {
            Callbacks::drop($number);
            throw $error;
        }
        $this->readers[] = $number;
    }

    /**
     * Sets a callback that finds out whether a mail in doubt was delivered, and returns Pool::DELIVERED,
     * NOT_DELIVERED or UNKNOWN. null removes the callback.
     *
     * @param null|callable(string $id, int $relay, string $messageId): int $callback
     */
    public function setReconcile(?callable $callback): void
    {
        $this->callback('PoolSetReconcile', 'reconcile', $callback);
    }

    /**
     * Sets a callback that gets each Event of all relays and mails, for example to collect statistics: see
     * docs/events.md. null removes the callback.
     *
     * @param null|callable(Event $event): mixed $callback
     */
    public function setEventCallback(?callable $callback): void
    {
        $this->callback('SetEventCallback', 'event', $callback);
    }

    /** Sends a mail and waits for the outcome. Throws an Error if the mail was not accepted. */
    public function send(Mailer $mail): void
    {
        [$pool, $handle] = [$this->handle(), $mail->handle()];
        $number = Call::during($handle, $this, fn () => Library::call('PoolSend', $pool, $handle));
        if ($number !== 0) {
            throw new Error(Library::call('GetLastError', $handle) === $number ? $handle : $pool, $number);
        }
    }

    /**
     * Puts a copy of a mail in the queue. When the outcome of the mail is known, $done is called. If the
     * queue is full, submit waits for at most $milliseconds ms; null means no limit. Returns false if the
     * queue is still full after that time.
     *
     * @param null|callable(PoolMail $result): mixed $done
     */
    public function submit(Mailer $mail, ?callable $done = null, ?string $id = null, ?int $milliseconds = null): bool
    {
        $key = 0;
        $key = Callbacks::add(static function (int $ended, int $error) use (&$key, $done): void {
            Callbacks::drop($key);
            if ($done !== null) {
                $done(self::outcome($ended, $error));
            }
        }, true);
        [$pool, $handle, $id, $accepted] = [$this->handle(), $mail->handle(), Library::text($id), false];
        try {
            return Deadline::wait($milliseconds, function (int $slice) use ($pool, $handle, $id, $key, &$accepted): bool {
                $number = 0;
                Call::during($handle, $this, function () use ($pool, $handle, $id, $slice, $key, &$number, &$accepted): void {
                    $number = Library::call('PoolSubmit', $pool, $handle, $id, $slice, Callbacks::pointer('done'), $key, null);
                    $accepted = $number === 0;
                });
                if ($number !== 0 && $number !== self::BUSY) {
                    throw new Error($pool, $number);
                }
                return $accepted;
            });
        } finally {
            if (!$accepted) {
                Callbacks::drop($key);
            }
        }
    }

    /**
     * Waits until no mails are pending, but at most $milliseconds ms; null means no limit. Returns false if
     * mails are still pending. If a callback has thrown an exception, wait throws the exception after it has
     * waited, so that other mails are not affected.
     */
    public function wait(?int $milliseconds = null): bool
    {
        return $this->waitFor('PoolWait', $milliseconds);
    }

    /** Makes the pool refuse further mails, and waits as wait does. */
    public function drain(?int $milliseconds = null): bool
    {
        return $this->waitFor('PoolDrain', $milliseconds);
    }

    private function waitFor(string $name, ?int $milliseconds): bool
    {
        $ended = Deadline::wait($milliseconds, function (int $slice) use ($name): bool {
            $pool = $this->handle();
            $number = Call::during(0, $this, fn () => Library::call($name, $pool, $slice));
            if ($number !== 0 && $number !== self::BUSY) {
                throw new Error($pool, $number);
            }
            return $number === 0;
        });
        if ($this->raised !== []) {
            throw array_shift($this->raised);
        }
        return $ended;
    }

    private static function outcome(int $handle, int $error): PoolMail
    {
        return new PoolMail(
            $error,
            Library::call('GetOutcome', $handle),
            $error === 0 ? '' : Library::call('GetLastErrorText', $handle),
            Library::call('GetLastReply', $handle),
            Library::call('GetQueueID', $handle),
            Library::call('GetMessageID', $handle),
            Library::call('IsSafeToRetry', $handle) !== 0,
        );
    }
}
