<?php
// SPDX-License-Identifier: MIT
declare(strict_types=1);

namespace Csmtp;

/**
 * @internal At the end of a program or request, waits for the asynchronous sends. After a fatal error, such
 * as exceeding memory_limit, also closes the open handles, because PHP then calls no destructors. In FPM, the
 * sessions and passwords of the request would otherwise stay in the process.
 */
final class Shutdown
{
    /** @var null|\WeakMap<Handle, true> the open handles */
    private static ?\WeakMap $handles = null;
    /** @var array<int, Mailer> the mailers whose asynchronous sends have not ended */
    private static array $underway = [];
    private static int $process = 0;

    /** Adds an open handle. */
    public static function add(Handle $handle): void
    {
        if (self::$handles === null) {
            self::$handles = new \WeakMap();
            // The outer function runs at shutdown, and only then registers the function 'end'. Functions that
            // were registered before the shutdown therefore run before 'end'.
            register_shutdown_function(static fn () => register_shutdown_function(self::end(...)));
        }
        self::$handles[$handle] = true;
    }

    /**
     * Keeps a mailer alive until its asynchronous send has ended. The destructor of the mailer would cancel
     * the send.
     */
    public static function keep(Mailer $mailer): void
    {
        if (self::$process !== getmypid()) { // in a forked child, the sends of its parent do not continue
            [self::$process, self::$underway] = [getmypid(), []];
        }
        self::$underway = array_filter(self::$underway, fn (Mailer $other): bool => !$other->isIdle());
        self::$underway[spl_object_id($mailer)] = $mailer;
    }

    private static function end(): void
    {
        while (self::$process === getmypid() && self::$underway !== []) {
            $mailer = end(self::$underway);
            if ($mailer->isIdle(100)) {
                array_pop(self::$underway);
            }
        }
        self::$underway = [];
        if (!in_array(error_get_last()['type'] ?? 0, [E_ERROR, E_CORE_ERROR, E_COMPILE_ERROR, E_USER_ERROR, E_RECOVERABLE_ERROR], true)) {
            return; // there was no fatal error, so PHP calls the destructors
        }
        // A forked child also closes its copies of its parent's handles. This does not affect the parent.
        foreach (self::$handles as $handle => $open) {
            if (Call::isIn($handle)) {
                continue; // the fatal error was in a callback of this handle, so the call cannot end any more
            }
            try {
                $handle->close();
            } catch (\Throwable $error) {
                Call::report($error);
            }
        }
    }
}
