<?php
// SPDX-License-Identifier: MIT
declare(strict_types=1);

namespace Csmtp;

/** The result of a mail that a pool has sent or failed to send. */
final class PoolMail
{
    public function __construct(
        /** The error number; 0 if the mail was accepted. */
        public readonly int $error,
        /** What happened to the mail, such as Pool::ACCEPTED or Pool::IN_DOUBT. */
        public readonly int $outcome,
        /** The error text. */
        public readonly string $text,
        /** The reply of the server. */
        public readonly string $reply,
        public readonly string $queueId,
        public readonly string $messageId,
        public readonly bool $safeToRetry,
    ) {
    }
}
