<?php
// SPDX-License-Identifier: MIT
declare(strict_types=1);

// Tests what happens at the end of a program.
require __DIR__ . '/helper.php';

run([
    'a mailer is kept while it sends' => function (): void {
        $listener = new Listener(300);
        (fn () => $listener->mailer()->sendAsync())();
        gc_collect_cycles();
        same('accepted', $listener->next());

        $listener = new Listener(300);
        [$status, $said] = program(plain($listener) . '$mail->sendAsync(); unset($mail); echo "end\n";');
        same("0 end\n", "$status $said");
        same('accepted', $listener->next());

        [$status, $said] = program(plain(new Listener(60_000)) . '$mail->sendAsync(); $mail->close(); echo "end\n";');
        same("0 end\n", "$status $said");
    },

    'a program that ends with a fatal error' => function (): void {
        foreach (['', '$held = [$mail];', '$mail->setLogCallback(fn () => $mail);'] as $code) {
            $listener = new Listener(0);
            [$status, $said] = program('ini_set("memory_limit", "32M"); ' . plain($listener) . $code . '$mail->connectRemoteServer("localhost", ' . $listener->port . ', 0, false);'
                . 'register_shutdown_function(function () use ($mail) { register_shutdown_function(function () { echo "closed: ", CLOSED(), "\n"; }); });'
                . 'function CLOSED() { try { $GLOBALS["mail"]->getSubject(); return "no"; } catch (LogicException) { return "yes"; } } str_repeat("x", 1 << 28);');
            contains('Allowed memory size', $said);
            contains('closed: yes', $said);
            same(255, $status);
        }
    },

    'a forked child that ends with a fatal error' => function (): void {
        $listener = new Listener(0);
        [$status, $said] = program('ini_set("memory_limit", "32M"); ' . plain($listener) . '$mail->connectRemoteServer("localhost", ' . $listener->port . ', 0, false);'
            . '$pool = new Csmtp\Pool(); $mail->setEventCallback(function () { echo "event\n"; });'
            . 'if (($child = pcntl_fork()) === 0) { str_repeat("x", 1 << 28); } pcntl_waitpid($child, $status);'
            . 'echo pcntl_wexitstatus($status), " "; $mail->setEventCallback(null); $mail->send(); $pool->close(); echo "sent\n";');
        contains('Allowed memory size', $said);
        yes(str_ends_with($said, "255 sent\n"));
        yes(!str_contains($said, 'event'));
        same([0, 'accepted', 'closed'], [$status, $listener->next(), $listener->next()]);
    },

    'after a fatal error, an exception of a callback does not keep other handles open' => function (): void {
        $listeners = [new Listener(0), new Listener(0)];
        $code = 'ini_set("memory_limit", "32M"); $mails = [];';
        foreach ($listeners as $listener) {
            $code .= plain($listener) . '$mail->setEventCallback(fn ($event) => $event->kind === Csmtp\Mailer::EVENT_DISCONNECTED && throw new RuntimeException("at the end"));'
                . '$mail->connectRemoteServer("localhost", ' . $listener->port . ', 0, false); $mails[] = $mail;';
        }
        [$status, $said] = program($code . 'register_shutdown_function(fn () => register_shutdown_function(function () { echo "end\n"; })); str_repeat("x", 1 << 28);');
        same(255, $status);
        same(2, preg_match_all('/^csmtp: a callback has thrown RuntimeException in .*: at the end$/m', $said));
        contains("end\n", $said);
    },

    'a program that ends' => function (): void {
        $server = new Server();
        $code = '$mail = new Csmtp\Mailer(); $mail->setSMTPServer("localhost", ' . $server->port . ', false); $mail->setSenderMail("a@b.example"); $mail->addRecipient("b@c.example");'
            . '$mail->setEventCallback(function ($event) use ($mail) { echo "event\n"; }); $mail->connectRemoteServer("localhost", ' . $server->port . ', 0, false); echo "end\n";';
        [$status, $said] = program($code);
        same("0 event\nevent\nend\nevent\n", "$status $said");
    },
]);
