<?php
// SPDX-License-Identifier: MIT
declare(strict_types=1);

// Runs the code blocks of docs/php.md.
use Csmtp\Error;

require __DIR__ . '/helper.php';

$folder = sys_get_temp_dir() . '/csmtp-php-' . bin2hex(random_bytes(8));
mkdir($folder, 0o700);
preg_match_all('/^```php\n(.*?)^```$/ms', file_get_contents(__DIR__ . '/../../../docs/php.md'), $found);
foreach ($found[1] as $i => $block) {
    file_put_contents("$folder/$i.php", $block);
    require "$folder/$i.php";
    unlink("$folder/$i.php");
}
chdir($folder);
$files = ['report.pdf', 'figures.csv', 'film.mp4'];
array_map(fn (string $name) => file_put_contents($name, $name), $files);
register_shutdown_function(function () use ($folder, $files): void {
    array_map(unlink(...), $files);
    chdir('/');
    rmdir($folder);
});

/** A logger that keeps the lines of a dialogue. */
final class Logger
{
    public string $lines = '';

    public function debug(string $message): void
    {
        $this->lines .= "$message\n";
    }
}

run([
    'the page has no other blocks' => function () use ($found): void {
        preg_match_all('/^function (\w+)/m', implode("\n", $found[1]), $names);
        same(['deliver', 'attachAll', 'watch', 'showProgress', 'sendAll', 'sendMany'], $names[1]);
    },

    'the blocks' => function (): void {
        $server = new Server();
        [$mail, $logger] = [mailer($server), new Logger()];
        attachAll($mail, 'photo');
        watch($mail, $logger);
        ob_start();
        showProgress($mail);
        same(false, deliver($mail));
        yes(preg_match('/\d+ of \d+ octets/', ob_get_clean()) === 1);
        contains('C: EHLO', $logger->lines);
        foreach (['report.pdf', 'figures of May.csv', 'photo.jpeg', 'film.mp4'] as $name) {
            contains($name, $server->mails()[0]);
        }
        sendAll([mailer($server), mailer($server)]);
        sendMany(mailer($server), [mailer($server), mailer($server)]);
        same(5, count($server->mails()));
    },

    'the block about errors' => function (): void {
        ini_set('error_log', '/dev/null');
        foreach (['451 4.3.0 Not now' => true, '550 5.1.1 No such user' => false] as $reply => $again) {
            $server = new Server('--fault', "RCPT#1: $reply");
            $mail = mailer($server);
            same($again, deliver($mail));
            same(false, deliver($mail));
        }
        $mail->setPassword('wrong');
        yes(thrown(Error::class, fn () => deliver($mail))->loginError);
    },
]);
