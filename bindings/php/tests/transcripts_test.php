<?php
// SPDX-License-Identifier: MIT
declare(strict_types=1);

// Plays every transcript in smtp/testdata and every built-in script of csmtp-testserver to the module, and
// compares the results with those in the header of the transcript or script. The server sends each reply as a
// whole, or in the delivery mode that the header names.
use Csmtp\Error;
use Csmtp\Library;
use Csmtp\Mailer;

require __DIR__ . '/helper.php';

const SMTP = __DIR__ . '/../../../smtp';
const PROCESSES = 8;

/** The header of a transcript: the lines "key: value" before the first blank line. */
final class Header
{
    private array $lines = [];

    public function __construct(string $path)
    {
        foreach (file($path, FILE_IGNORE_NEW_LINES) as $line) {
            if ($line === '') {
                break;
            }
            if ($line[0] !== '#' && str_contains($line, ':')) {
                [$key, $value] = explode(':', $line, 2);
                $this->lines[$key][] = trim($value, ' ');
            }
        }
    }

    public function get(string $key, string $otherwise = ''): string
    {
        return $this->lines[$key][0] ?? $otherwise;
    }

    /** @return list<string> */
    public function all(string $key): array
    {
        return $this->lines[$key] ?? [];
    }
}

function settings(Mailer $mail, Header $head, string $ca): void
{
    $security = ['starttls' => Mailer::USE_TLS, 'tls' => Mailer::USE_SSL, 'starttls-if-offered' => Mailer::USE_TLS_IF_OFFERED];
    $mail->setSecurityType($security[$head->get('security')] ?? Mailer::NO_SECURITY);
    $mail->setCAFile($ca);
    $mail->setVerifyPeer($head->get('verify') !== 'no');
    $mail->setLMTP($head->get('lmtp') === 'yes');
    $mail->setPartialDelivery($head->get('partial') === 'yes');
    $mail->setLoginRequired($head->get('login-required') === 'yes');
    foreach (['local-name' => 'setLocalHostName', 'mechanism' => 'setAuthMechanism', 'token' => 'setAccessToken'] as $key => $set) {
        if ($head->all($key) !== []) {
            $mail->$set($head->get($key));
        }
    }
    if ($head->get('clear-login') === 'yes') {
        $mail->setClearLogin();
    }
    for ($step = Mailer::TIMEOUT_CONNECT; $head->all('timeout') !== [] && $step <= Mailer::TIMEOUT_QUIT; $step++) {
        $mail->setTimeout($step, (int) $head->get('timeout'));
    }
}

function compose(Mailer $mail, Header $head): void
{
    $mail->setSenderMail($head->get('from', 'sender@test.example'));
    $mail->setSubject($head->get('subject', 'A test'));
    foreach (['to' => 'addRecipient', 'cc' => 'addCCRecipient', 'bcc' => 'addBCCRecipient'] as $key => $add) {
        array_map(fn (string $address) => $mail->$add($address), $head->all($key));
    }
    if ([...$head->all('to'), ...$head->all('cc'), ...$head->all('bcc')] === []) {
        $mail->addRecipient('rcpt@test.example');
    }
    foreach ($head->all('line') ?: ['Hello.'] as $line) {
        $mail->addMsgLine($line);
    }
    if ($head->all('attachment-size') !== []) {
        $mail->addAttachmentData('data.bin', str_repeat('x', (int) $head->get('attachment-size')));
    }
}

/** Connects and sends as the header says, and returns the results. */
function follow(Mailer $mail, Header $head, int $port): array
{
    $kinds = ['', 'resolve', 'dial', 'timeout', 'closed', 'TLS', 'refused', 'protocol', 'unsupported', 'local', 'canceled', 'token'];
    $outcomes = ['NOT_SENT', 'ACCEPTED', 'PARTIAL', 'REJECTED_TEMPORARY', 'REJECTED_PERMANENT', 'IN_DOUBT'];
    $said = ['expect' => 'ok', 'text' => ''];
    $accepted = 0;
    $login = [...$head->all('login'), ...$head->all('token')] !== [] && $head->get('authenticate') !== 'no';
    try {
        $mail->connectRemoteServer('localhost', $port, Mailer::DO_NOT_SET, $login, $head->get('login'), $head->get('password'));
        for ($i = 0; $head->get('action') !== 'connect' && $i < (int) $head->get('mails', '1'); $i++) {
            $mail->send();
            $accepted++;
        }
        $mail->disconnectRemoteServer();
    } catch (Error $error) {
        $same = [$error->getMessage(), $error->number, $error->phase, $error->kind, $error->loginError, $error->outcome, $error->replyCode, $error->safeToRetry]
            === [$mail->getLastErrorText(), $mail->getLastError(), $mail->getPhase(), $mail->getErrorKind(), $mail->isLoginError(), $mail->getOutcome(), $mail->getLastReplyCode(), $mail->isSafeToRetry()];
        $same = $same && str_starts_with($error->getMessage(), Library::errorText($error->number));
        $said = ['expect' => (string) $error->number, 'text' => $error->getMessage(), 'reply-code' => (string) $error->replyCode, 'enhanced-code' => $error->enhancedCode,
            'kind' => $same ? $kinds[$error->kind] : 'not what the mailer says'];
    }
    return $said + ['accepted' => (string) $accepted, 'outcome' => $outcomes[$mail->getOutcome()], 'safe-to-retry' => $mail->isSafeToRetry() ? 'yes' : 'no'];
}

/** Plays a transcript or a built-in script. Returns how the results differ from the header. */
function play(string $path): array
{
    $head = new Header($path);
    $ready = basename(dirname($path)) === 'scripts';
    $server = new Server(...($ready ? [] : ['--script', $path, '--delivery', $head->get('delivery', 'whole'), '--once']));
    if ($ready) {
        $server->play(basename($path, '.txt'));
    }
    $mail = new Mailer();
    settings($mail, $head, $server->ca);
    compose($mail, $head);
    $said = follow($mail, $head, $server->port);
    $mail->close();
    $wrong = array_filter([$ready ? $server->played() : $server->finish()]);
    foreach (['expect', 'expect-outcome', 'expect-safe-to-retry', 'expect-accepted', 'expect-reply-code', 'expect-enhanced-code', 'expect-kind'] as $key) {
        $got = $said[preg_replace('/^expect-/', '', $key)] ?? '';
        if ($head->all($key) !== [] && $head->get($key) !== $got) {
            $wrong[] = "$key: {$head->get($key)}, but got $got";
        }
    }
    foreach ([...$head->all('expect-text'), ...$head->all('expect-recipient')] as $text) {
        if (!str_contains($said['text'], $text)) {
            $wrong[] = "$text is not in {$said['text']}";
        }
    }
    foreach ([$head->get('password'), $head->get('token')] as $secret) {
        if (strlen($secret) > 3 && str_contains(implode("\n", $said), $secret)) {
            $wrong[] = 'a secret is in ' . implode("\n", $said);
        }
    }
    return array_map(fn (string $text): string => basename($path) . ": $text", $wrong);
}

$transcripts = glob(SMTP . '/testdata/*.txt');
$scripts = glob(SMTP . '/smtptest/scripts/*.txt');
run(['all transcripts' => function () use ($transcripts, $scripts): void {
    yes(count($transcripts) > 100 && count($scripts) >= 10);
    $children = [];
    for ($n = 0; $n < PROCESSES; $n++) {
        $file = tempnam(sys_get_temp_dir(), 'csmtp');
        $child = pcntl_fork();
        if ($child === 0) {
            foreach ([...$transcripts, ...$scripts] as $i => $path) {
                if ($i % PROCESSES === $n) {
                    file_put_contents($file, implode("\n", play($path)), FILE_APPEND);
                }
            }
            exit(0);
        }
        $children[$child] = $file;
    }
    $wrong = '';
    foreach ($children as $child => $file) {
        pcntl_waitpid($child, $status);
        $wrong .= file_get_contents($file) . ($status === 0 ? '' : "a process ended with the status $status");
        unlink($file);
    }
    same('', $wrong);
}]);
