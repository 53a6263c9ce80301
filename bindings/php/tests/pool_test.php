<?php
// SPDX-License-Identifier: MIT
declare(strict_types=1);

use Csmtp\Call;
use Csmtp\Error;
use Csmtp\Event;
use Csmtp\Pool;
use Csmtp\PoolMail;

require __DIR__ . '/helper.php';

run([
    'mails go to the relay that works' => function (): void {
        [$bad, $good, $pool] = [new Server('--fault', 'MAIL: 451 4.3.0 Not now'), new Server(), new Pool()];
        [$failing, $mail] = [mailer($bad), mailer($good)];
        same(0, $pool->addRelay($failing, 'bad'));
        $failing->close();
        same(1, $pool->addRelay($mail));
        [$begun, $ended, $results] = [[], [], []];
        $pool->setJournal(
            function (string $id, int $relay, string $messageId) use (&$begun): void {
                $begun[$id] = $messageId;
            },
            function (string $id, int $relay, int $outcome, string $queueId, string $reply) use (&$ended): bool {
                $ended[] = [$relay, $outcome];
                return true;
            },
        );
        $pool->setReconcile(fn (string $id, int $relay, string $messageId): int => Pool::UNKNOWN);
        for ($i = 0; $i < 20; $i++) {
            yes($pool->submit($mail, function (PoolMail $result) use (&$results): void {
                $results[] = $result;
            }, "mail $i"));
        }
        yes($pool->wait());
        same(array_fill(0, 20, Pool::ACCEPTED), array_map(fn (PoolMail $result): int => $result->outcome, $results));
        yes($results[0]->queueId !== '' && $results[0]->text === '' && str_starts_with($results[0]->reply, '250'));
        same(20, count($begun));
        same(20, count(array_keys($ended, [1, Pool::ACCEPTED], true)));
        same(20, $pool->getCount(1, Pool::POOL_SENT));
        contains('Not now', $pool->getRelayError(0));
        same('bad', $pool->getRelayName(0));
        same(0, $pool->getQueued());
        $pool->send($mail);
        same(Pool::ACCEPTED, $mail->getOutcome());
        same(Error::BAD_ARGUMENT, thrown(Error::class, fn () => $pool->setWeight(2, 1))->number);
    },

    'errors' => function (): void {
        [$server, $pool] = [new Server('--fault', 'RCPT: 550 5.1.1 No such user'), new Pool()];
        $mail = mailer($server);
        $pool->addRelay($mail);
        same('550 5.1.1 No such user', thrown(Error::class, fn () => $pool->send($mail))->reply);
        $result = null;
        $pool->submit($mail, function (PoolMail $ended) use (&$result): void {
            $result = $ended;
        });
        yes($pool->drain());
        same([Error::COMMAND_RCPT_TO, Pool::REJECTED_PERMANENT, false], [$result->error, $result->outcome, $result->safeToRetry]);
        contains('No such user', $result->text);
        same(Error::CANCELED, thrown(Error::class, fn () => $pool->submit($mail))->number);
        thrown(LogicException::class, fn () => clone $pool);
        $pool->getQueued();
    },

    'exceptions of callbacks' => function (): void {
        [$server, $pool] = [new Server(), new Pool()];
        [$mail, $good] = [mailer($server), mailer($server)];
        $pool->addRelay($mail);
        $pool->submit($mail, fn () => throw new DomainException('mine'));
        same('mine', thrown(DomainException::class, fn () => $pool->wait())->getMessage());
        yes($pool->wait());

        // If an attachment of one mail cannot be read, the other mails are sent nevertheless.
        $mail->addAttachmentReader('x.txt', fn () => throw new DomainException('reader'));
        $outcomes = [];
        for ($i = 0; $i < 5; $i++) {
            $pool->submit($good, function (PoolMail $result) use (&$outcomes): void {
                $outcomes[] = $result->outcome;
            });
        }
        same('reader', thrown(DomainException::class, fn () => $pool->submit($mail))->getMessage());
        same('reader', thrown(DomainException::class, fn () => $pool->send($mail))->getMessage());
        yes($pool->wait());
        same(array_fill(0, 5, Pool::ACCEPTED), $outcomes);
    },

    'an exception of one callback does not affect other mails' => function (): void {
        [$listener, $log] = [new Listener(300), tempnam(sys_get_temp_dir(), 'log')];
        $before = ini_set('error_log', $log);
        $outcomes = [];
        $send = function () use ($listener, &$outcomes): void {
            $pool = new Pool();
            $pool->addRelay($listener->mailer());
            $pool->setSessions(0, 1);
            for ($i = 0; $i < 4; $i++) {
                $pool->submit($listener->mailer(), function (PoolMail $result) use (&$outcomes): void {
                    $outcomes[] = $result->outcome;
                    throw new DomainException('disk full');
                });
            }
            $pool->drain();
        };
        same('disk full', thrown(DomainException::class, $send)->getMessage());
        same(array_fill(0, 4, Pool::ACCEPTED), $outcomes);

        // No call can throw these exceptions, so they are logged.
        same(-1, Call::guarded(-1, false, fn () => throw new DomainException('outside of a call')));
        preg_match_all('/csmtp: a callback has thrown DomainException in .*:\d+: (.*)/', file_get_contents($log), $logged);
        same(['disk full', 'disk full', 'disk full', 'outside of a call'], $logged[1]);
        ini_set('error_log', (string) $before);
        unlink($log);
    },

    'an exception is thrown when the time is over' => function (): void {
        [$server, $pool] = [new Server('--fault', 'MAIL#2: stall'), new Pool()];
        $pool->addRelay(mailer($server));
        $pool->setSessions(0, 1);
        foreach (['first', 'second'] as $name) {
            $pool->submit(mailer($server), fn () => throw new DomainException($name));
        }
        $wait = function () use ($pool): void {
            for ($i = 0; $i < 600; $i++) {
                same(false, $pool->wait(100));
            }
        };
        same('first', thrown(DomainException::class, $wait)->getMessage());
        $pool->cancel();
        same('second', thrown(DomainException::class, fn () => $pool->wait())->getMessage());
        yes($pool->wait());
    },

    'a callback of another mail does not hide the outcome of send' => function (): void {
        [$server, $pool] = [new Server(), new Pool()];
        $mail = mailer($server);
        $pool->addRelay($mail);
        $pool->submit($mail, fn () => throw new DomainException('another'));
        while (count($server->mails()) < 1) {
            usleep(10_000);
        }
        $pool->send($mail);
        same(2, count($server->mails()));
        thrown(DomainException::class, fn () => $pool->wait());
    },

    'relays with callbacks are refused' => function (): void {
        [$server, $pool] = [new Server(), new Pool()];
        $relay = mailer($server);
        $relay->setTokenCallback(fn (): string => 'good-token');
        contains('setOAuth2', thrown(LogicException::class, fn () => $pool->addRelay($relay))->getMessage());
        $relay->setTokenCallback(null);
        $relay->setLogCallback(fn () => null);
        thrown(LogicException::class, fn () => $pool->addRelay($relay));
        $relay->setLogCallback(null);
        same(0, $pool->addRelay($relay));
    },

    'events' => function (): void {
        [$server, $pool] = [new Server(), new Pool()];
        $mail = mailer($server);
        $pool->addRelay($mail, 'first');
        $sent = 0;
        $pool->setEventCallback(function (Event $event) use (&$sent): void {
            same('first', $event->name);
            $sent += $event->kind === Pool::EVENT_SENT ? 1 : 0;
        });
        for ($i = 0; $i < 10; $i++) {
            $pool->submit($mail);
        }
        yes($pool->drain());
        $pool->close();
        same(10, $sent);
    },

    'a full queue' => function (): void {
        [$listener, $pool, $mail] = [stream_socket_server('tcp://127.0.0.1:0'), new Pool(), new Csmtp\Mailer()];
        $mail->setSMTPServer('localhost', (int) substr(strrchr(stream_socket_get_name($listener, false), ':'), 1), false);
        $mail->setSenderMail('alice@test.example');
        $mail->addRecipient('bob@test.example');
        $pool->addRelay($mail);
        $pool->setQueue(1);
        [$accepted, $errors] = [0, []];
        $done = function (PoolMail $result) use (&$errors): void {
            $errors[] = $result->error;
        };
        while ($pool->submit($mail, $done, null, 20)) {
            $accepted++;
        }
        yes($accepted >= 1);
        same(false, $pool->wait(10));
        same([], $errors);
        $pool->cancel();
        yes($pool->wait());
        same(array_fill(0, $accepted, Error::CANCELED), $errors);
    },

    'close in a callback' => function (): void {
        [$server, $pool] = [new Server(), new Pool()];
        $mail = mailer($server);
        $pool->addRelay($mail);
        $pool->submit($mail, fn () => $pool->close());
        thrown(LogicException::class, fn () => $pool->wait());
        yes($pool->drain());
    },
]);
