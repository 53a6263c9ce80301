<?php
// SPDX-License-Identifier: MIT
// Code generated from include/csmtp_c.h by internal/header/generate. DO NOT EDIT.
declare(strict_types=1);

namespace Csmtp;

/** Methods of Pool that call the C function of the same name. They throw Error if this function fails. */
trait PoolMethods
{
    /**
     * Sets the weight of a relay, from 1 (the default) to 1,000,000. The mails are
     * distributed in proportion to the weights.
     */
    public function setWeight(int $relay, int $weight): void
    {
        $this->check('PoolSetWeight', Library::uint32($relay), Library::uint32($weight));
    }

    /**
     * Sets the maximum number of sessions with a relay, from 1 to 1,000. The
     * default is 4.
     */
    public function setSessions(int $relay, int $sessions): void
    {
        $this->check('PoolSetSessions', Library::uint32($relay), Library::uint32($sessions));
    }

    /**
     * Sets the rate of a relay: 'mails' mails per 'seconds' seconds (1 to 86,400),
     * evenly spaced. Any period of that length contains at most 'mails' + 1 mails.
     * If 'mails' is 0 (the default), there is no limit.
     */
    public function setRate(int $relay, int $mails, int $seconds = 1): void
    {
        $this->check('PoolSetRate', Library::uint32($relay), Library::uint32($mails), Library::uint32($seconds));
    }

    /**
     * Sets the number of mails after which a session is closed. 0 (the default) means no limit.
     */
    public function setSessionMails(int $relay, int $mails): void
    {
        $this->check('PoolSetSessionMails', Library::uint32($relay), Library::uint32($mails));
    }

    /**
     * Sets how long a session without a mail stays open, in milliseconds. The
     * default is 10,000.
     */
    public function setIdle(int $relay, int $milliseconds): void
    {
        $this->check('PoolSetIdle', Library::uint32($relay), Library::uint32($milliseconds));
    }

    /**
     * Sets the maximum number of mails that wait in the pool. The default is 1,000;
     * 0 means no limit.
     */
    public function setQueue(int $mails): void
    {
        $this->check('PoolSetQueue', Library::uint32($mails));
    }

    /**
     * Sets the pause of a relay after a failure, in milliseconds: during the pause,
     * the relay gets no mail. The first pause is 'first' (the default is 1,000).
     * After each pause, the relay gets one mail. If this mail fails too, the next
     * pause is twice as long, but at most 'longest' (the default is 300,000).
     */
    public function setPause(int $first, int $longest): void
    {
        $this->check('PoolSetPause', Library::uint32($first), Library::uint32($longest));
    }

    /**
     * Sets how long a mail waits for a relay if all relays have failed. The time is
     * in milliseconds, and begins with the call to submit. With 0 (the
     * default), the mail fails immediately.
     */
    public function setPatience(int $milliseconds): void
    {
        $this->check('PoolSetPatience', Library::uint32($milliseconds));
    }

    /**
     * Returns one statistic of a relay; 'what' selects it (POOL_...).
     * Returns 0 if there is no such relay.
     */
    public function getCount(int $relay, int $what): int
    {
        return $this->number('PoolGetCount', Library::uint32($relay), Library::int32($what));
    }

    /**
     * Returns the number of mails that wait for a relay.
     */
    public function getQueued(): int
    {
        return $this->number('PoolGetQueued');
    }

    /**
     * Return the name of a relay, and the text of the last error that the relay
     * caused. Return "" if there is no such relay or error.
     */
    public function getRelayName(int $relay): string
    {
        return $this->string('PoolGetRelayName', Library::uint32($relay));
    }

    /**
     * Return the name of a relay, and the text of the last error that the relay
     * caused. Return "" if there is no such relay or error.
     */
    public function getRelayError(int $relay): string
    {
        return $this->string('PoolGetRelayError', Library::uint32($relay));
    }
}
