<?php
// SPDX-License-Identifier: MIT
declare(strict_types=1);

// The tests need two environment variables: CSMTP_TESTSERVER is the path of csmtp-testserver, and
// CSMTP_LIBRARY is the path of the library. To test an installed package, set CSMTP_AUTOLOAD to the path of
// its autoloader.
require getenv('CSMTP_AUTOLOAD') ?: __DIR__ . '/autoload.php';

error_reporting(E_ALL);
set_error_handler(static function (int $level, string $text, string $file, int $line): bool {
    if (error_reporting() & $level) {
        throw new ErrorException($text, 0, $level, $file, $line);
    }
    return false;
});

/** A running csmtp-testserver. */
final class Server
{
    public readonly int $port;
    public readonly string $ca;
    private readonly string $folder;
    private readonly string $api;
    /** @var resource */
    private $process;
    private array $pipes = [];

    public function __construct(string ...$options)
    {
        $this->folder = sys_get_temp_dir() . '/csmtp-php-' . bin2hex(random_bytes(8));
        mkdir($this->folder, 0o700);
        $output = ['file', $this->folder . '/output.txt', 'w'];
        $command = [getenv('CSMTP_TESTSERVER'), '--dir', $this->folder, '--for', '10m', '--stdin', ...$options];
        $this->process = proc_open($command, [['pipe', 'r'], $output, ['redirect', 1]], $this->pipes);
        for ($i = 0; !is_file($this->folder . '/ready'); $i++) {
            if ($i > 3000 || !proc_get_status($this->process)['running']) {
                throw new RuntimeException('the server did not start: ' . file_get_contents($this->folder . '/output.txt'));
            }
            usleep(10_000);
        }
        $ready = [];
        foreach (file($this->folder . '/ready', FILE_IGNORE_NEW_LINES) as $line) {
            [$key, $ready[$key]] = explode('=', $line, 2);
        }
        $this->port = (int) $ready['port'];
        $this->ca = $ready['ca'];
        $this->api = $ready['http'] . 'api/';
    }

    public function __destruct()
    {
        $this->close();
    }

    /** @return list<string> the mails received so far */
    public function mails(): array
    {
        $names = glob($this->folder . '/mail/*.eml');
        natsort($names);
        return array_map(file_get_contents(...), array_values($names));
    }

    public function play(string $name): void
    {
        $this->request('PUT', 'script', json_encode(['name' => $name, 'delivery' => '']));
    }

    /** Waits until the script has been played to its end. Returns what went wrong, or "". */
    public function played(): string
    {
        $said = json_decode($this->request('GET', 'script?wait=10'), true);
        return $said['state'] === 'played' ? '' : ($said['error'] ?? $said['state']);
    }

    /** Waits until the server ends by itself. Returns what went wrong, or "". */
    public function finish(): string
    {
        for ($i = 0; $i < 6000; $i++) {
            $status = proc_get_status($this->process);
            if (!$status['running']) {
                return $status['exitcode'] === 0 ? '' : file_get_contents($this->folder . '/output.txt');
            }
            usleep(5_000);
        }
        return 'the server did not end';
    }

    public function close(): void
    {
        if ($this->pipes === []) {
            return;
        }
        fclose($this->pipes[0]);
        $this->pipes = [];
        proc_terminate($this->process);
        proc_close($this->process);
        $files = new RecursiveIteratorIterator(new RecursiveDirectoryIterator($this->folder, FilesystemIterator::SKIP_DOTS), RecursiveIteratorIterator::CHILD_FIRST);
        foreach ($files as $file) {
            $file->isDir() ? rmdir($file->getPathname()) : unlink($file->getPathname());
        }
        rmdir($this->folder);
    }

    private function request(string $method, string $path, string $body = ''): string
    {
        $context = stream_context_create(['http' => ['method' => $method, 'content' => $body, 'header' => 'Content-Type: application/json', 'ignore_errors' => true, 'timeout' => 60]]);
        return file_get_contents($this->api . $path, false, $context);
    }
}

/** A server in another process that waits for some time before it replies to MAIL: see listener.php. */
final class Listener
{
    public readonly int $port;
    /** @var resource */
    private $process;
    /** @var array<int, resource> */
    private array $pipes = [];

    public function __construct(int $milliseconds)
    {
        $this->process = proc_open([PHP_BINARY, __DIR__ . '/listener.php', (string) $milliseconds], [1 => ['pipe', 'w']], $this->pipes);
        $this->port = (int) fgets($this->pipes[1]);
    }

    public function __destruct()
    {
        proc_terminate($this->process);
        proc_close($this->process);
    }

    /** Returns the next line that the server prints. */
    public function next(): string
    {
        return rtrim((string) fgets($this->pipes[1]));
    }

    public function mailer(): Csmtp\Mailer
    {
        $mail = new Csmtp\Mailer();
        $mail->setSMTPServer('localhost', $this->port, false);
        $mail->setSecurityType(Csmtp\Mailer::NO_SECURITY);
        $mail->setSenderMail('alice@test.example');
        $mail->addRecipient('bob@test.example');
        return $mail;
    }
}

function mailer(Server $server): Csmtp\Mailer
{
    $mail = new Csmtp\Mailer();
    $mail->setSMTPServer('localhost', $server->port);
    $mail->setSecurityType(Csmtp\Mailer::USE_TLS);
    $mail->setCAFile($server->ca);
    $mail->setLogin('alice@test.example');
    $mail->setPassword('s3cret pass');
    $mail->setSenderMail('alice@test.example');
    $mail->addRecipient('bob@test.example', 'Jürgen');
    $mail->setSubject('Größe');
    $mail->addMsgLine('Grüße');
    return $mail;
}

/** @return array{int, string} the exit status and the output of a PHP program */
function program(string $code, array $environment = []): array
{
    $prefix = 'require ' . var_export(getenv('CSMTP_AUTOLOAD') ?: __DIR__ . '/autoload.php', true) . ';';
    $process = proc_open([PHP_BINARY, '-d', 'display_errors=1', '-r', $prefix . $code], [1 => ['pipe', 'w'], 2 => ['redirect', 1]], $pipes, null, $environment + getenv());
    $output = stream_get_contents($pipes[1]);
    return [proc_close($process), $output];
}

/** Returns PHP code that makes a mailer for a server. The function program() can run the code. */
function plain(Listener $listener): string
{
    return '$mail = new Csmtp\Mailer(); $mail->setSMTPServer("localhost", ' . $listener->port . ', false); $mail->setSecurityType(Csmtp\Mailer::NO_SECURITY);'
        . '$mail->setSenderMail("a@b.example"); $mail->addRecipient("b@c.example");';
}

/** Checks that two values are the same. */
function same(mixed $expected, mixed $got): void
{
    if ($expected !== $got) {
        throw new AssertionError('expected ' . var_export($expected, true) . ', but got ' . var_export($got, true));
    }
}

function yes(bool $holds): void
{
    same(true, $holds);
}

/** Checks that a text contains another. */
function contains(string $part, string $text): void
{
    if (!str_contains($text, $part)) {
        throw new AssertionError(var_export($part, true) . ' is not in ' . var_export($text, true));
    }
}

/**
 * Checks that a call throws an exception of a class, and returns it.
 *
 * @template T of Throwable
 *
 * @param class-string<T> $class
 *
 * @return T
 */
function thrown(string $class, Closure $call): Throwable
{
    try {
        $call();
    } catch (Throwable $error) {
        if ($error::class === $class) {
            return $error;
        }
        throw $error;
    }
    throw new AssertionError("no $class was thrown");
}

/**
 * Runs tests, prints the failures, and ends the program.
 *
 * @param array<string, Closure(): void> $tests
 */
function run(array $tests): never
{
    $failed = 0;
    foreach ($tests as $name => $test) {
        try {
            $test();
        } catch (Throwable $error) {
            $failed++;
            echo "FAILED: $name: ", $error::class, ': ', $error->getMessage(), "\n", $error->getTraceAsString(), "\n";
        }
    }
    echo count($tests), " tests, $failed failed\n";
    exit($failed === 0 ? 0 : 1);
}
