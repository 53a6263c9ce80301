<?php
// SPDX-License-Identifier: MIT
declare(strict_types=1);

use Csmtp\Error;
use Csmtp\Event;
use Csmtp\Functions;
use Csmtp\Library;
use Csmtp\Mailer;

require __DIR__ . '/helper.php';

/** A logger with the method debug of PSR-3. */
final class Lines
{
    public array $lines = [];

    public function debug(string|Stringable $message, array $context = []): void
    {
        $this->lines[] = (string) $message;
    }
}

/** A stream with methods of PSR-7's StreamInterface. */
final class Stream
{
    private int $at = 0;

    public function __construct(private string $content, private bool $seekable)
    {
    }

    public function isSeekable(): bool
    {
        return $this->seekable;
    }

    public function tell(): int
    {
        return $this->at;
    }

    public function seek(int $offset): void
    {
        $this->at = $offset;
    }

    public function read(int $length): string
    {
        $data = substr($this->content, $this->at, $length);
        $this->at += strlen($data);
        return $data;
    }

    public function eof(): bool
    {
        return $this->at >= strlen($this->content);
    }

    public function getSize(): ?int
    {
        return null;
    }

    public function getMetadata(?string $key = null): mixed
    {
        return null;
    }
}

run([
    'every function has a method' => function (): void {
        $code = '';
        foreach (glob(dirname((new ReflectionClass(Mailer::class))->getFileName()) . '/*.php') as $file) {
            $code .= basename($file) === 'Functions.php' ? '' : file_get_contents($file);
        }
        yes(preg_match_all('/ CSmtp_(\w+)\(/', Functions::HEADER, $names) > 150);
        foreach ($names[1] as $name) {
            contains("'$name'", $code);
        }
        same(Functions::VERSION, Library::version());
        same('The server refused a recipient.', Library::errorText(Error::COMMAND_RCPT_TO));
    },

    'loading' => function (): void {
        foreach (['/nowhere/libcsmtp.so', 'libc.so.6'] as $library) {
            [$status, $said] = program('new Csmtp\Mailer();', ['CSMTP_LIBRARY' => $library]);
            yes($status !== 0);
            contains("$library cannot be loaded: install the version of csmtp that this module needs", $said);
        }
    },

    'a mail arrives' => function (): void {
        $server = new Server();
        $mail = mailer($server);
        $mail->setHTMLBody('<p>Grüße</p>');
        $mail->addAttachmentData('menü.bin', "\x00\xff", 'application/octet-stream');
        $mail->send();
        same(Mailer::ACCEPTED, $mail->getOutcome());
        [$row] = $mail->results();
        same(['bob@test.example', true, 250], [$row->address, $row->accepted, $row->code]);
        yes($mail->getQueueID() !== '');
        same('Größe', $mail->getSubject());
        contains("AP8=\r\n", $server->mails()[0]);
    },

    'errors have number and reply' => function (): void {
        $server = new Server('--fault', 'RCPT: 550 5.1.1 No such user here');
        $mail = mailer($server);
        $error = thrown(Error::class, fn () => $mail->send());
        same(
            [Error::COMMAND_RCPT_TO, Error::COMMAND_RCPT_TO, Error::PHASE_RCPT, Error::KIND_REFUSED, 550, '5.1.1', '550 5.1.1 No such user here'],
            [$error->number, $error->getCode(), $error->phase, $error->kind, $error->replyCode, $error->enhancedCode, $error->reply],
        );
        contains($error->reply, $error->getMessage());
        same([Error::REJECTED_PERMANENT, false, false, 0], [$error->outcome, $error->safeToRetry, $error->loginError, $error->retryAfter]);
        contains(basename(__FILE__), $error->getTraceAsString());
    },

    'bad arguments' => function (): void {
        $mail = new Mailer();
        $mail->setSMTPServer('localhost', 1);
        $mail->setSenderMail('alice@test.example');
        foreach ([
            fn () => $mail->setSubject("a\0b"),
            fn () => $mail->sendRaw('x', "eve@test.example\0@test.example"),
            fn () => $mail->setSMTPServer('localhost', 65561),
            fn () => $mail->setTimeout(Mailer::TIMEOUT_CONNECT, -1),
            fn () => $mail->setXPriority(1 << 31),
        ] as $call) {
            thrown(ValueError::class, $call);
        }
        thrown(TypeError::class, fn () => $mail->setSubject(null));
        $mail->addRecipient("bob@test.example\r\nDATA");
        same(Error::BAD_INPUT, thrown(Error::class, fn () => $mail->send())->number);
        same(null, $mail->getMsgLineText(0));
    },

    'no secret in stack traces' => function (): void {
        $mail = new Mailer();
        $said = (string) thrown(ValueError::class, fn () => $mail->setPassword("s3cret\0"));
        $said .= print_r(thrown(ValueError::class, fn () => $mail->setAccessToken("s3cret\0"))->getTrace(), true);
        $mail->setPassword('s3cret pass');
        $mail->close();
        $said .= print_r(thrown(LogicException::class, fn () => $mail->setPassword('s3cret pass'))->getTrace(), true);
        yes(!str_contains($said, 's3cret'));
    },

    'a closed mailer' => function (): void {
        $mail = new Mailer();
        $mail->close();
        $mail->close();
        thrown(LogicException::class, fn () => $mail->send());
        thrown(LogicException::class, fn () => $mail->getSubject());
        thrown(LogicException::class, fn () => clone $mail);
        thrown(LogicException::class, fn () => serialize($mail));
    },

    'render, raw and clone' => function (): void {
        $server = new Server();
        $mail = mailer($server);
        $mail->setLogCallback(fn () => throw new AssertionError('a clone has no callbacks'));
        $rendered = $mail->renderMessage();
        $other = clone $mail;
        $other->sendRaw($rendered);
        same($rendered, $server->mails()[0]);
        unset($other);
        $mail->setLogCallback(null);
        $mail->setDate(new DateTimeImmutable('2024-02-29 12:30:00 UTC'));
        contains("Date: Thu, 29 Feb 2024 12:30:00 +0000\r\n", $mail->renderMessage());
        $mail->clearMessage();
        same(0, $mail->getRecipientCount());
        $mail->sendRaw($rendered);
    },

    'a batch is one session' => function (): void {
        $server = new Server('--fault', 'RCPT#2: 550 5.1.1 No such user');
        $carrier = mailer($server);
        $mails = [mailer($server), mailer($server), mailer($server)];
        same([0, Error::COMMAND_RCPT_TO, 0], $carrier->sendBatch($mails));
        same([Mailer::ACCEPTED, Mailer::REJECTED_PERMANENT, Mailer::ACCEPTED], array_map(fn (Mailer $mail): int => $mail->getOutcome(), $mails));
        same('550 5.1.1 No such user', $mails[1]->getLastReply());
        same([Error::BAD_ARGUMENT, Error::BAD_ARGUMENT], $carrier->sendBatch([$mails[0], $mails[0]]));
        same([], $carrier->sendBatch([]));
    },

    'sendAsync' => function (): void {
        $server = new Server();
        $mails = array_map(fn () => mailer($server), range(1, 8));
        array_walk($mails, fn (Mailer $mail) => $mail->sendAsync());
        foreach ($mails as $mail) {
            yes($mail->wait());
            yes($mail->poll());
        }
        same(8, count($server->mails()));
        $mail->setLogCallback(fn () => null);
        thrown(LogicException::class, fn () => $mail->sendAsync());
        $mail->setLogCallback(null);
        $mail->addAttachmentReader('x.txt', fn () => '');
        thrown(LogicException::class, fn () => $mail->sendAsync());
        $mail->delAttachments();
        $mail->sendAsync();
        yes($mail->wait(30_000));
        $listener = stream_socket_server('tcp://127.0.0.1:0');
        $mail->setSMTPServer('localhost', (int) substr(strrchr(stream_socket_get_name($listener, false), ':'), 1));
        $mail->sendAsync();
        same(false, $mail->wait(50));
        $mail->cancel();
        same(Error::CANCELED, thrown(Error::class, fn () => $mail->wait())->number);
    },

    'fork' => function (): void {
        $server = new Server();
        $mail = mailer($server);
        $mail->send();
        $lines = [];
        $mail->setLogCallback(function (int $direction, string $line) use (&$lines): void {
            $lines[] = $line;
        });
        $child = pcntl_fork();
        if ($child === 0) {
            try {
                $mail->send();
                $status = $lines === [] ? 2 : 0;
            } catch (Throwable $error) {
                $status = 1;
                fwrite(STDERR, (string) $error);
            }
            // End the child without running destructors. The destructor of the server would stop the parent's
            // server.
            pcntl_exec('/bin/sh', ['-c', "exit $status"]);
        }
        pcntl_waitpid($child, $status);
        same(0, $status);
        same([], $lines);
        $mail->send();
        same(3, count($server->mails()));
    },

    'sources of attachments' => function (): void {
        $path = tempnam(sys_get_temp_dir(), 'größe');
        file_put_contents($path, "path\n");
        $server = new Server();
        $mail = mailer($server);
        $mail->attach($path);
        $mail->attach(new SplFileInfo($path), 'other.txt', 'text/x-other');
        $file = fopen($path, 'rb');
        fseek($file, 2);
        $mail->attach($file);
        $memory = fopen('php://memory', 'w+b');
        fwrite($memory, "memory\n");
        rewind($memory);
        $mail->attach($memory, 'memory.txt');
        foreach (['echo pipe' => 'pipe.txt', 'head -c 3000000 /dev/zero' => 'large.bin'] as $command => $name) {
            $pipe = popen($command, 'r');
            $mail->attach($pipe, $name);
            pclose($pipe);
        }
        $mail->attach(new Stream("seekable\n", true), 'seekable.txt');
        $mail->attach(new Stream("not seekable\n", false), 'once.txt');
        foreach ([0, 1] as $i) {
            $mail->send();
            $got = $server->mails()[$i];
            foreach (["path\n", "th\n", "memory\n", "pipe\n", "seekable\n", "not seekable\n"] as $text) {
                contains(base64_encode($text) . "\r\n", $got);
            }
            contains('text/x-other', $got);
            yes(strlen($got) > 4_000_000);
        }
        thrown(LogicException::class, fn () => clone $mail);
        $mail->send();
        $mail->clearMessage();
        $other = clone $mail;
        fclose($file);
        unlink($path);
    },

    'wrong sources of attachments' => function (): void {
        $server = new Server();
        $mail = mailer($server);
        $memory = fopen('php://memory', 'w+b');
        fwrite($memory, 'x');
        rewind($memory);
        thrown(ValueError::class, fn () => $mail->attach($memory));
        thrown(TypeError::class, fn () => $mail->attach(1));
        $mail->attach($memory, 'x.txt');
        fclose($memory);
        thrown(TypeError::class, fn () => $mail->send());
        foreach ([LengthException::class => fn (int $capacity): string => str_repeat('y', $capacity + 1), DivisionByZeroError::class => fn (int $capacity): int => intdiv(1, $capacity),
            TypeError::class => fn (): array => []] as $class => $read) {
            $mail->delAttachments();
            $mail->addAttachmentReader('y', $read);
            thrown($class, fn () => $mail->send());
        }
        same([], $server->mails());
    },

    'callbacks are called' => function (): void {
        $server = new Server('--mechanisms', 'XOAUTH2');
        $mail = mailer($server);
        [$lines, $progress, $refusals] = [[], [], []];
        $mail->setLogCallback(function (int $direction, string $line) use (&$lines): void {
            $lines[] = "$direction $line";
        });
        $mail->setProgressCallback(function (int $sent, int $total) use (&$progress): void {
            $progress = [$sent, $total];
        });
        $mail->setTokenCallback(function (bool $refused) use (&$refusals): string {
            $refusals[] = $refused;
            return implode('-', ['good', 'token']);
        });
        gc_collect_cycles();
        $mail->send();
        yes(in_array(Mailer::LOG_SERVER . ' 220 mail.test.example ESMTP ready', $lines, true));
        yes(!str_contains(implode("\n", $lines), 'good-token'));
        same($progress[0], $progress[1]);
        same([false], $refusals);
        $mail->setTokenCallback(fn (): ?string => null);
        same(Error::NO_TOKEN, thrown(Error::class, fn () => $mail->send())->number);
    },

    'a logger' => function (): void {
        $server = new Server();
        $mail = mailer($server);
        $logger = new Lines();
        $mail->setLogger($logger);
        $mail->send();
        yes(in_array('S: 220 mail.test.example ESMTP ready', $logger->lines, true));
        yes(!str_contains(implode("\n", $logger->lines), 's3cret'));
        $count = count($logger->lines);
        $mail->setLogger(null);
        $mail->send();
        same($count, count($logger->lines));
        thrown(TypeError::class, fn () => $mail->setLogger(new stdClass()));
    },

    'exceptions are thrown by the call' => function (): void {
        $server = new Server();
        $mail = mailer($server);
        foreach (['setLogCallback', 'setProgressCallback', 'setTokenCallback', 'setEventCallback'] as $set) {
            $mail->$set(fn () => throw new DomainException('mine'));
            same('mine', thrown(DomainException::class, fn () => $mail->send())->getMessage());
            $mail->$set(null);
        }
        $mail->setLogCallback(fn () => Fiber::suspend());
        thrown(LogicException::class, fn () => $mail->send());
        $fiber = new Fiber(function () use ($mail): void {
            thrown(LogicException::class, fn () => $mail->send());
            $mail->setLogCallback(null);
            Fiber::suspend();
            $mail->send();
        });
        $fiber->start();
        $fiber->resume();
        yes($fiber->isTerminated());
        $mail->send();
        same(2, count($server->mails()));
    },

    'an exception does not hide the outcome' => function (): void {
        $server = new Server();
        $mail = mailer($server);
        $content = false;
        $mail->setLogCallback(function (int $direction, string $line) use (&$content): void {
            $content = $content || str_starts_with($line, '354');
            if ($content && str_starts_with($line, '250')) {
                throw new DomainException('log disk full');
            }
        });
        $raw = "Subject: x\r\n\r\nx\r\n";
        foreach ([fn () => $mail->send(), fn () => $mail->sendRaw($raw, 'alice@test.example', 'bob@test.example'), fn () => $mail->sendBatch([mailer($server)])] as $i => $call) {
            $content = false;
            $error = thrown(Error::class, $call);
            same([Error::ACCEPTED, Error::CANCELED, false], [$error->outcome, $error->number, $error->safeToRetry]);
            same('log disk full', $error->getPrevious()->getMessage());
            same('A callback threw DomainException. Before that, the server had accepted the mail: do not send it again.', $error->getMessage());
            same($i + 1, count($server->mails()));
        }
        $content = true; // the callback throws before the mail is sent
        thrown(DomainException::class, fn () => $mail->send());
    },

    'calls in a callback' => function (): void {
        $server = new Server();
        [$mail, $other, $said] = [mailer($server), mailer($server), null];
        $mail->setLogCallback(function () use ($mail, $other, &$said): void {
            if ($said === null) {
                $said = thrown(Error::class, fn () => $mail->setSubject('x'))->number;
                thrown(LogicException::class, fn () => $mail->close());
                $other->send();
            }
        });
        $mail->send();
        same(Error::BUSY, $said);
        $mail->setLogCallback(null);
        $mail->setProgressCallback(fn () => $mail->cancel());
        same(Error::CANCELED, thrown(Error::class, fn () => $mail->send())->number);
        $mail->setProgressCallback(fn (): bool => true);
        same(Error::CANCELED, thrown(Error::class, fn () => $mail->send())->number);
        same(2, count($server->mails()));
        $mail->close();
    },

    'events' => function (): void {
        $server = new Server();
        $mail = mailer($server);
        $events = [];
        $mail->setEventCallback(function (Event $event) use (&$events): void {
            $events[] = $event;
        });
        $mail->send();
        same(Mailer::EVENT_CONNECTED, $events[0]->kind);
        [$sent] = array_values(array_filter($events, fn (Event $event): bool => $event->kind === Mailer::EVENT_SENT));
        same(['', 0, Mailer::ACCEPTED, 0, 250, 1, 1], [$sent->name, $sent->relay, $sent->outcome, $sent->error, $sent->replyCode, $sent->recipients, $sent->accepted]);
        yes($sent->octets > 100);
        yes($sent->total >= $sent->envelope + $sent->content + $sent->reply);
        contains('localhost:', $sent->server);
    },

    'many callbacks need no memory' => function (): void {
        $mail = new Mailer();
        $set = function () use ($mail): void {
            for ($i = 0; $i < 2000; $i++) {
                $mail->setLogCallback(fn () => null);
                $mail->addAttachmentReader('x', fn (): string => '');
                $mail->delAttachments();
            }
        };
        $set();
        $before = memory_get_usage();
        $set();
        yes(memory_get_usage() - $before < 10_000);
    },
]);
