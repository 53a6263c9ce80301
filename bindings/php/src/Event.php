<?php
// SPDX-License-Identifier: MIT
// Code generated from include/csmtp_c.h by internal/header/generate. DO NOT EDIT.
declare(strict_types=1);

namespace Csmtp;

/** An event of a mailer or a pool (see docs/events.md). The durations are in microseconds. */
final class Event
{
    /** The value of $relay in the event for a mail that was sent to no relay. */
    public const NO_RELAY = 0xffffffff;

    public function __construct(
        public readonly int $kind,
        public readonly int $relay,
        public readonly string $name,
        public readonly string $server,
        public readonly int $outcome,
        public readonly int $error,
        public readonly int $replyCode,
        public readonly int $attempts,
        public readonly int $recipients,
        public readonly int $accepted,
        public readonly int $octets,
        public readonly int $resolve,
        public readonly int $connect,
        public readonly int $tls,
        public readonly int $greeting,
        public readonly int $ehlo,
        public readonly int $login,
        public readonly int $envelope,
        public readonly int $content,
        public readonly int $reply,
        public readonly int $total,
    ) {
    }

    /** @internal Returns the event at a pointer. */
    public static function at(\FFI\CData $event): self
    {
        return new self($event->kind, $event->relay, \FFI::string($event->name), \FFI::string($event->server), $event->outcome, $event->error, $event->reply_code, $event->attempts, $event->recipients, $event->accepted, $event->octets, $event->resolve, $event->connect, $event->tls, $event->greeting, $event->ehlo, $event->login, $event->envelope, $event->content, $event->reply, $event->total);
    }
}
