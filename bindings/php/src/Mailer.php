<?php
// SPDX-License-Identifier: MIT
declare(strict_types=1);

namespace Csmtp;

/**
 * A mailer has settings, a message and, while it is connected, a session. Each method calls the C function
 * with the same name: setSubject calls CSmtp_SetSubject. csmtp_c.h describes the functions. docs/php.md
 * describes the methods that only this module has. Texts are in UTF-8, unless setCharSet sets another
 * charset.
 */
class Mailer extends Handle
{
    use MailerMethods;

    public function __construct()
    {
        $this->own(Library::call('New'));
        $this->setCharSet('UTF-8');
    }

    /**
     * A clone has the same settings and message, but no connection and no callbacks. A mailer with an
     * attachment that is read from a stream cannot be cloned.
     */
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
     * Attaches a file or the content of a stream. $source is the path of a file (a string or SplFileInfo), a
     * resource, or an object with the methods of PSR-7's StreamInterface. A stream that can seek is read when
     * the mail is sent, from its current position, and must stay open until then. A stream that cannot seek
     * is read to its end at once; if the content is larger than 2 MiB, it is kept in a temporary file.
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
            throw new \ValueError('attach: a stream that is not a file needs a name');
        }
        $this->addAttachmentReader($name, $read, $contentType, $size);
    }

    /** Attaches octets. */
    public function addAttachmentData(string $name, string $data, ?string $contentType = null): void
    {
        $this->check('AddAttachmentData', Library::text($name), Library::text($contentType), $data, strlen($data));
    }

    /** Adds an image to which the HTML body refers as "cid:" followed by $contentId. */
    public function addInlineImageData(string $contentId, string $name, string $data, ?string $contentType = null): void
    {
        $this->check('AddInlineImageData', Library::text($contentId), Library::text($name), Library::text($contentType), $data, strlen($data));
    }

    /**
     * Attaches the content that $read returns, piece by piece: at most $capacity octets per call, and '' at
     * the end. If $capacity is 0, $read must return '' and start again from the beginning. $size is the
     * number of octets of the content, or -1 if it is not known.
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
     * and Message-ID, but not the subject, the sender or the settings.
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

    /** Returns the octets of the message that send would send. */
    public function renderMessage(): string
    {
        $data = Library::value('char *');
        $size = Library::value('size_t');
        $this->check('RenderMessage', \FFI::addr($data), \FFI::addr($size));
        return $size->cdata === 0 ? '' : \FFI::string($data, $size->cdata);
    }

    // ---- Sending

    /**
     * Sends a complete message (RFC 5322). $from is the reverse-path, and $recipients are the recipients,
     * separated by commas. If one of them is null, the value in the header of the message is used. The field
     * Bcc is not sent.
     */
    public function sendRaw(string $data, ?string $from = null, ?string $recipients = null): void
    {
        $this->check('SendRaw', $data, strlen($data), Library::text($from), Library::text($recipients));
    }

    /**
     * Sends the given mails over the session of this mailer. This mailer itself must not be one of the
     * mails.
     *
     * @param list<Mailer> $mails
     *
     * @return list<int> the error number of each mail, or 0; the getters of the mail return details
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
        $sent = array_map(fn (Mailer $mail): int => $mail->handle(), $mails);
        $number = Call::during($handle, $this, fn () => Library::call('SendBatch', $handle, $handles, $count, $numbers), $sent);
        if ($number === self::BAD_HANDLE) {
            throw new Error($handle, $number);
        }
        return array_map(fn (int $i): int => $numbers[$i], array_keys($mails));
    }

    /**
     * Starts to send on a thread of the library, and returns at once. poll and wait report whether the send
     * has ended. PHP cannot run callbacks on such a thread, so sendAsync throws an exception if the mailer
     * has callbacks, or attachments that are read from a stream. The mailer is not destroyed before the send
     * has ended. When the program ends, it waits for the send, unless close is called.
     */
    public function sendAsync(): void
    {
        if ($this->callbacks !== [] || $this->readers !== []) {
            throw new \LogicException('sendAsync: the mailer has callbacks, or attachments that are read from a stream: remove them, or call send');
        }
        $this->check('SendAsync', null, 0);
        Shutdown::keep($this);
    }

    /**
     * @internal Waits for at most $milliseconds ms until no asynchronous send is in progress. Returns false
     * if a send is still in progress.
     */
    public function isIdle(int $milliseconds = 0): bool
    {
        return $this->handle === 0 || Library::call('Wait', $this->handle, $milliseconds) !== self::BUSY;
    }

    /** Reports whether the asynchronous send has ended. Throws the error of the send if it failed. */
    public function poll(): bool
    {
        return $this->ended($this->value('Poll'));
    }

    /**
     * Waits until the asynchronous send has ended, for at most $milliseconds ms; null means no limit.
     * Reports whether the send has ended. Throws the error of the send if it failed.
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

    // ---- Callbacks. null removes a callback.

    /**
     * Sets a callback that gets the direction of each line of the dialogue (Mailer::LOG_CLIENT, LOG_SERVER or
     * LOG_EVENT) and the line, in which secrets are masked.
     *
     * @param null|callable(int $direction, string $line): mixed $callback
     */
    public function setLogCallback(?callable $callback): void
    {
        $this->callback('SetLogCallback', 'log', $callback);
    }

    /** Logs the dialogue with the method debug of a logger, such as a PSR-3 logger, with secrets masked. */
    public function setLogger(?object $logger): void
    {
        if ($logger !== null && !is_callable([$logger, 'debug'])) {
            throw new \TypeError('setLogger: ' . $logger::class . ' has no method debug');
        }
        $marks = [self::LOG_CLIENT => 'C: ', self::LOG_SERVER => 'S: '];
        $this->setLogCallback($logger === null ? null : fn (int $direction, string $line) => $logger->debug(($marks[$direction] ?? '') . $line, []));
    }

    /**
     * Sets a callback that gets the number of octets sent, and the total, which is -1 if it is not known. If
     * the callback returns true, the send is canceled.
     *
     * @param null|callable(int $sent, int $total): mixed $callback
     */
    public function setProgressCallback(?callable $callback): void
    {
        $this->callback('SetProgressCallback', 'progress', $callback);
    }

    /**
     * Sets a callback that returns an access token, or null if there is none. $refused says whether the
     * server refused the previous token.
     *
     * @param null|callable(bool $refused): ?string $callback
     */
    public function setTokenCallback(?callable $callback): void
    {
        $this->callback('SetTokenCallback', 'token', $callback);
    }

    /**
     * Sets a callback that gets each Event, for example to collect statistics: see docs/events.md.
     *
     * @param null|callable(Event $event): mixed $callback
     */
    public function setEventCallback(?callable $callback): void
    {
        $this->callback('SetEventCallback', 'event', $callback);
    }

    /**
     * @internal Reports whether there is a log or token callback. A pool would call such a callback on
     * threads of the library.
     */
    public function hasForeignCallbacks(): bool
    {
        return isset($this->callbacks['SetLogCallback']) || isset($this->callbacks['SetTokenCallback']);
    }
}
