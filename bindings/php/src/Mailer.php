<?php
// SPDX-License-Identifier: MIT
declare(strict_types=1);

namespace Csmtp;

/**
 * Settings, a message, and a session while connected. The methods call the function of their name.
 * csmtp_c.h describes the functions, and docs/php.md what only this module has. Texts are in
 * UTF-8, unless setCharSet sets another charset.
 */
class Mailer extends Handle
{
    use MailerMethods;

    public function __construct()
    {
        $this->own(Library::call('New'));
        $this->setCharSet('UTF-8');
    }

    /** A clone has the same settings and message, without the connection and without callbacks. */
    public function __clone()
    {
        [$handle, $this->handle, $this->callbacks] = [$this->handle(), 0, []];
        if ($this->readers !== []) {
            $this->readers = [];
            throw new \LogicException('clone: an attachment is read from a stream, which two mailers cannot share');
        }
        $this->own(Library::call('Clone', $handle));
    }

    // ---- Attachments

    /**
     * Attaches a file (a string or SplFileInfo with its path), or the content of a stream: a
     * resource, or an object with the methods of PSR-7's StreamInterface. A stream that can seek is
     * read from its position when the mail is sent, and must stay open until then. One that cannot
     * is read to its end at once, and kept in a temporary file if it is larger than 2 MiB.
     */
    public function attach(mixed $source, ?string $name = null, ?string $contentType = null): void
    {
        if (is_string($source) || $source instanceof \SplFileInfo) {
            $this->addAttachmentAs($source, $name, $contentType);
            return;
        }
        [$read, $size, $uri] = Source::open($source);
        $name ??= str_contains($uri, '://') ? '' : basename($uri);
        if ($name === '') {
            throw new \ValueError('attach: a stream that is no file needs a name');
        }
        $this->addAttachmentReader($name, $read, $contentType, $size);
    }

    /** Attaches octets. */
    public function addAttachmentData(string $name, string $data, ?string $contentType = null): void
    {
        $this->check('AddAttachmentData', Library::text($name), Library::text($contentType), $data, strlen($data));
    }

    /** Adds an image to which the HTML body refers as "cid:" and $contentId. */
    public function addInlineImageData(string $contentId, string $name, string $data, ?string $contentType = null): void
    {
        $this->check('AddInlineImageData', Library::text($contentId), Library::text($name), Library::text($contentType), $data, strlen($data));
    }

    /**
     * Attaches what $read returns: up to $capacity octets, '' at the end. If $capacity is 0, it must
     * start again from the beginning, and return ''. $size is the number of octets, or -1 if it is
     * not known.
     *
     * @param callable(int $capacity): string $read
     */
    public function addAttachmentReader(string $name, callable $read, ?string $contentType = null, int $size = -1): void
    {
        $number = Callbacks::add($read);
        try {
            $this->check('AddAttachmentReader', Library::text($name), Library::text($contentType), $size, Callbacks::pointer('read'), $number);
        } catch (\Throwable $error) {
            Callbacks::drop($number);
            throw $error;
        }
        $this->readers[] = $number;
    }

    /**
     * Clears everything that csmtp_c.h marks [message]: recipients, bodies, attachments, header fields
     * and Message-ID, but not subject, sender and settings.
     */
    public function clearMessage(): void
    {
        $this->check('ClearMessage');
        $this->forgetReaders();
    }

    /** Removes all attachments and inline images. */
    public function delAttachments(): void
    {
        $this->check('DelAttachments');
        $this->forgetReaders();
    }

    /** Returns the octets that would be sent. */
    public function renderMessage(): string
    {
        $data = Library::value('char *');
        $size = Library::value('size_t');
        $this->check('RenderMessage', \FFI::addr($data), \FFI::addr($size));
        return $size->cdata === 0 ? '' : \FFI::string($data, $size->cdata);
    }

    // ---- Sending

    /**
     * Sends octets as they are. $from and $recipients (with commas between them) are those of the
     * envelope; null takes them from the header.
     */
    public function sendRaw(string $data, ?string $from = null, ?string $recipients = null): void
    {
        $this->check('SendRaw', $data, strlen($data), Library::text($from), Library::text($recipients));
    }

    /**
     * Sends mails over the connection of this mailer, which must not be one of them.
     *
     * @param list<Mailer> $mails
     *
     * @return list<int> the error number of each, 0 if it was accepted; the getters of a mail give details
     */
    public function sendBatch(array $mails): array
    {
        $mails = array_values($mails);
        $count = count($mails);
        $handles = Library::value('uintptr_t[' . max(1, $count) . ']');
        $numbers = Library::value('int[' . max(1, $count) . ']');
        foreach ($mails as $i => $mail) {
            $handles[$i] = $mail->handle();
        }
        $handle = $this->handle();
        $number = Call::during($handle, $this, fn () => Library::call('SendBatch', $handle, $handles, $count, $numbers));
        if ($number === self::BAD_HANDLE) {
            throw new Error($handle, $number);
        }
        return array_map(fn (int $i): int => $numbers[$i], array_keys($mails));
    }

    /**
     * Starts to send on a thread of the library, and returns at once; poll and wait report the end.
     * PHP cannot run callbacks on such a thread, so a mailer with callbacks, or with attachments
     * that are read from a stream, is refused.
     */
    public function sendAsync(): void
    {
        if ($this->callbacks !== [] || $this->readers !== []) {
            throw new \LogicException('sendAsync: the mailer has callbacks, or attachments that are read from a stream: remove them, or call send');
        }
        $this->check('SendAsync', null, 0);
    }

    /** Reports whether the asynchronous send has ended. Throws its error. */
    public function poll(): bool
    {
        return $this->ended($this->value('Poll'));
    }

    /**
     * Waits up to $milliseconds ms for the end of the asynchronous send, or without limit. Reports
     * whether it has ended. Throws its error.
     */
    public function wait(?int $milliseconds = null): bool
    {
        return Deadline::wait($milliseconds, fn (int $slice): bool => $this->ended($this->value('Wait', $slice)));
    }

    private function ended(int $number): bool
    {
        if ($number !== self::NO_ERROR && $number !== self::BUSY) {
            throw new Error($this->handle(), $number);
        }
        return $number !== self::BUSY;
    }

    /** @return list<Recipient> the results of the last mail, in the order To, Cc, Bcc */
    public function results(): array
    {
        $rows = [];
        for ($row = 0; $row < $this->number('GetResultCount'); $row++) {
            $rows[] = new Recipient(
                $this->string('GetResultRecipient', $row),
                $this->flag('GetResultAccepted', $row),
                $this->number('GetResultCode', $row),
                $this->string('GetResultEnhancedCode', $row),
                $this->string('GetResultReply', $row),
            );
        }
        return $rows;
    }

    // ---- Callbacks. null removes them.

    /**
     * The callback gets the direction of each line of the dialogue, Mailer::LOG_CLIENT and so on, and
     * the line, in which secrets are masked.
     *
     * @param null|callable(int $direction, string $line): mixed $callback
     */
    public function setLogCallback(?callable $callback): void
    {
        $this->callback('SetLogCallback', 'log', $callback);
    }

    /** Logs the dialogue with the method debug of a logger, such as one of PSR-3, with secrets masked. */
    public function setLogger(?object $logger): void
    {
        if ($logger !== null && !is_callable([$logger, 'debug'])) {
            throw new \TypeError('setLogger: ' . $logger::class . ' has no method debug');
        }
        $marks = [self::LOG_CLIENT => 'C: ', self::LOG_SERVER => 'S: '];
        $this->setLogCallback($logger === null ? null : fn (int $direction, string $line) => $logger->debug(($marks[$direction] ?? '') . $line, []));
    }

    /**
     * The callback gets the number of octets sent, and the total, -1 if it is not known. If it
     * returns true, the send is canceled.
     *
     * @param null|callable(int $sent, int $total): mixed $callback
     */
    public function setProgressCallback(?callable $callback): void
    {
        $this->callback('SetProgressCallback', 'progress', $callback);
    }

    /**
     * The callback returns an access token, or null if there is none. It gets true if the server has
     * refused the token that it returned before.
     *
     * @param null|callable(bool $refused): ?string $callback
     */
    public function setTokenCallback(?callable $callback): void
    {
        $this->callback('SetTokenCallback', 'token', $callback);
    }

    /**
     * The callback gets each Event, for statistics: see docs/events.md.
     *
     * @param null|callable(Event $event): mixed $callback
     */
    public function setEventCallback(?callable $callback): void
    {
        $this->callback('SetEventCallback', 'event', $callback);
    }

    /** @internal Reports whether a callback is set that a pool would call on threads of the library. */
    public function hasForeignCallbacks(): bool
    {
        return isset($this->callbacks['SetLogCallback']) || isset($this->callbacks['SetTokenCallback']);
    }
}
