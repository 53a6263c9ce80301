<?php
// SPDX-License-Identifier: MIT
// send.php SERVER PORT LOGIN PASSWORD CA-FILE: sends a mail over STARTTLS, then one that the
// server refuses. Uses the module in bindings/php.
declare(strict_types=1);

use Csmtp\Error;
use Csmtp\Mailer;

require __DIR__ . '/../../bindings/php/tests/autoload.php'; // vendor/autoload.php in a project

[, $server, $port, $login, $password, $caFile] = $argv;
$sent = false;
$mail = new Mailer();
try {
    $mail->setSMTPServer($server, (int) $port);
    $mail->setSecurityType(Mailer::USE_TLS);
    $mail->setCAFile($caFile);
    $mail->setLogin($login);
    $mail->setPassword($password);

    $mail->setSenderName('Zoë Ångström');
    $mail->setSenderMail('alice@test.example');
    $mail->addRecipient('bob@test.example', 'Jürgen Groß');
    $mail->addCCRecipient('carol@test.example', 'Łucja Żak');
    $mail->setSubject("The café's menu, déjà vu");
    $mail->addMsgLine('Two crêpes and a café au lait: 9 €.');
    $mail->addMsgLine('The menu is attached.');
    $mail->setHTMLBody('<p>Two crêpes and a café au lait: <b>9 €</b>.</p>');
    $mail->addAttachmentData('menü.txt', "Crêpe: 3 €\nCafé au lait: 3 €\n", 'text/plain; charset=utf-8');
    $mail->send();
    $sent = true;

    $mail->delRecipients();
    $mail->delCCRecipients();
    $mail->addRecipient('refused@test.example');
    $mail->send();
} catch (Error $e) {
    echo $e->number, ': ', $e->getMessage(), "\n";
}
exit($sent ? 0 : 1);
