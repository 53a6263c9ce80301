<?php
// SPDX-License-Identifier: MIT
declare(strict_types=1);

namespace Csmtp;

/** The result of the last mail for one recipient. */
final class Recipient
{
    public function __construct(
        public readonly string $address,
        public readonly bool $accepted,
        /** 0 if there was no reply */
        public readonly int $code,
        public readonly string $enhancedCode,
        public readonly string $reply,
    ) {
    }
}
