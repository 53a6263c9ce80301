<?php
// SPDX-License-Identifier: MIT
declare(strict_types=1);

namespace Csmtp;

/**
 * @internal The functions that C calls. PHP frees such a function only at the end of the request, so there is
 * only one function for each type of callback. C passes the number of the program's callback to the function,
 * and the function calls the callback. PHP cannot run these functions on threads of the library. Therefore,
 * sendAsync refuses callbacks, and a pool runs its callbacks inside its methods.
 */
final class Callbacks
{
    /** @var array<int, array{\Closure, bool}> number => [callback of the program, whether it belongs to a pool] */
    private static array $callbacks = [];
    private static int $last = 0;
    private static ?\FFI\CData $pointers = null;

    /** Registers a callback, and returns its number. */
    public static function add(callable $callback, bool $ofPool = false): int
    {
        self::$callbacks[++self::$last] = [$callback(...), $ofPool];
        return self::$last;
    }

    /** Forgets a callback. */
    public static function drop(int $number): void
    {
        unset(self::$callbacks[$number]);
    }

    /** Returns the pointer to the function for a type of callback, such as "log". */
    public static function pointer(string $name): \FFI\CData
    {
        return (self::$pointers ??= self::make())->$name;
    }

    private static function make(): \FFI\CData
    {
        $p = Library::value('Pointers');
        $p->read = self::function(-1, self::read(...));
        $p->token = self::function(0, self::token(...));
        $p->progress = self::function(1, fn (\Closure $fn, int $sent, int $total): int => $fn($sent, $total) === true ? 1 : 0);
        $p->log = self::function(null, fn (\Closure $fn, int $direction, ?string $line) => $fn($direction, $line ?? ''));
        $p->event = self::function(null, fn (\Closure $fn, \FFI\CData $event) => $fn(Event::at($event)));
        $p->done = self::function(null, fn (\Closure $fn, int $handle, int $error) => $fn($handle, $error));
        $p->sending = self::function(1, fn (\Closure $fn, ?string $id, int $relay, ?string $messageId): int => $fn($id ?? '', $relay, $messageId ?? '') === false ? 1 : 0);
        $p->ended = self::function(1, fn (\Closure $fn, ?string $id, int $relay, int $outcome, ?string $queueId, ?string $reply): int
            => $fn($id ?? '', $relay, $outcome, $queueId ?? '', $reply ?? '') === false ? 1 : 0);
        $p->reconcile = self::function(Numbers::UNKNOWN, fn (\Closure $fn, ?string $id, int $relay, ?string $messageId): int => $fn($id ?? '', $relay, $messageId ?? ''));
        return $p;
    }

    private static function function(?int $failed, \Closure $call): \Closure
    {
        return static function (int $number, mixed ...$arguments) use ($failed, $call): mixed {
            [$callback, $ofPool] = self::$callbacks[$number] ?? [null, false];
            return $callback === null ? $failed : Call::guarded($failed, $ofPool, fn () => $call($callback, ...$arguments));
        };
    }

    private static function read(\Closure $read, ?\FFI\CData $buffer, int $capacity): int
    {
        $data = $read($capacity);
        if (strlen($data) > $capacity) {
            throw new \LengthException('read returned more octets than asked for');
        }
        if ($data !== '') {
            \FFI::memcpy($buffer, $data, strlen($data));
        }
        return strlen($data);
    }

    /** Calls a token callback. Returns the address of a copy of the token, or 0 if there is none. */
    private static function token(\Closure $fn, int $refused): int
    {
        $token = Library::text($fn($refused !== 0));
        if ($token === null) {
            return 0;
        }
        $octets = Library::value('char[' . (strlen($token) + 1) . ']');
        \FFI::memcpy($octets, $token . "\0", strlen($token) + 1);
        Call::keep($octets);
        return \FFI::cast('uintptr_t', \FFI::addr($octets[0]))->cdata;
    }
}
