<?php
// SPDX-License-Identifier: MIT
declare(strict_types=1);

// listener.php MILLISECONDS: a server for one connection, without extensions. It waits for a number of
// milliseconds before it replies to MAIL. It prints its port, "accepted" for each mail, and "closed" when the
// client has closed the connection.
$server = stream_socket_server('tcp://127.0.0.1:0');
echo substr(strrchr(stream_socket_get_name($server, false), ':'), 1), "\n";
$client = stream_socket_accept($server, 60);
$reply = fn (string $text) => @fwrite($client, $text . "\r\n");
$reply('220 test.example ESMTP');
$content = false;
stream_set_timeout($client, 60);
while (($line = fgets($client)) !== false) {
    $line = rtrim($line, "\r\n");
    if ($content) {
        if ($line === '.') {
            $content = false;
            $reply('250 accepted');
            echo "accepted\n";
        }
        continue;
    }
    if (str_starts_with($line, 'MAIL')) {
        usleep((int) $argv[1] * 1000);
    }
    $content = $line === 'DATA';
    $reply($content ? '354 go on' : '250 ok');
}
echo "closed\n";
