<?php
// SPDX-License-Identifier: MIT
declare(strict_types=1);

namespace Csmtp;

/** @internal Waits in short intervals, between which signal handlers can run. */
final class Deadline
{
    private const SLICE = 100; // milliseconds

    /**
     * Calls $call repeatedly until it returns true or $milliseconds ms have passed; null means no limit.
     * The argument of $call is the number of milliseconds for which $call should wait. Returns the last
     * result of $call.
     */
    public static function wait(?int $milliseconds, \Closure $call): bool
    {
        $start = hrtime(true);
        do {
            $left = $milliseconds === null ? self::SLICE : max(0, $milliseconds - intdiv(hrtime(true) - $start, 1_000_000));
            if ($call(min($left, self::SLICE))) {
                return true;
            }
        } while ($left > 0);
        return false;
    }
}
