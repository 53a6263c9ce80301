<?php
// SPDX-License-Identifier: MIT
// php -d ffi.enable=1 send.php SERVER PORT LOGIN PASSWORD CA-FILE: sends a mail over
// STARTTLS, then one that the server refuses.
declare(strict_types=1);

final class CSmtp
{
    public const USE_TLS = 1;
    private const HEADER = <<<'C'
        uintptr_t CSmtp_New(void);
        void CSmtp_Free(uintptr_t h);
        int CSmtp_SetSMTPServer(uintptr_t h, const char *server, unsigned short port, int authenticate);
        int CSmtp_SetSecurityType(uintptr_t h, int type);
        int CSmtp_SetCAFile(uintptr_t h, const char *path);
        int CSmtp_SetLogin(uintptr_t h, const char *login);
        int CSmtp_SetPassword(uintptr_t h, const char *password);
        int CSmtp_SetCharSet(uintptr_t h, const char *charset);
        int CSmtp_SetSenderName(uintptr_t h, const char *name);
        int CSmtp_SetSenderMail(uintptr_t h, const char *email);
        int CSmtp_AddRecipient(uintptr_t h, const char *email, const char *name);
        int CSmtp_AddCCRecipient(uintptr_t h, const char *email, const char *name);
        int CSmtp_DelRecipients(uintptr_t h);
        int CSmtp_DelCCRecipients(uintptr_t h);
        int CSmtp_SetSubject(uintptr_t h, const char *subject);
        int CSmtp_AddMsgLine(uintptr_t h, const char *line);
        int CSmtp_SetHTMLBody(uintptr_t h, const char *html);
        int CSmtp_AddAttachmentData(uintptr_t h, const char *name, const char *type, const char *data, size_t size);
        int CSmtp_Send(uintptr_t h);
        const char *CSmtp_GetLastErrorText(uintptr_t h);
        C;
    private FFI $library;
    private int $handle;

    public function __construct()
    {
        $this->library = FFI::cdef(self::HEADER, 'libcsmtp.so.1');
        $this->handle = $this->library->CSmtp_New();
    }

    public function __destruct()
    {
        $this->library->CSmtp_Free($this->handle);
    }

    /** Calls CSmtp_name. If the result is not 0, throws an error that holds the server's reply. */
    public function __call(string $name, array $arguments): void
    {
        $number = $this->library->{"CSmtp_$name"}($this->handle, ...$arguments);
        if ($number !== 0) {
            throw new RuntimeException($this->library->CSmtp_GetLastErrorText($this->handle), $number);
        }
    }
}

[, $server, $port, $login, $password, $caFile] = $argv;
$mail = new CSmtp();
$sent = false;
try {
    $mail->SetSMTPServer($server, (int) $port, 1);
    $mail->SetSecurityType(CSmtp::USE_TLS);
    $mail->SetCAFile($caFile);
    $mail->SetLogin($login);
    $mail->SetPassword($password);

    $mail->SetCharSet('UTF-8');
    $mail->SetSenderName('Zoë Ångström');
    $mail->SetSenderMail('alice@test.example');
    $mail->AddRecipient('bob@test.example', 'Jürgen Groß');
    $mail->AddCCRecipient('carol@test.example', 'Łucja Żak');
    $mail->SetSubject("The café's menu, déjà vu");
    $mail->AddMsgLine('Two crêpes and a café au lait: 9 €.');
    $mail->AddMsgLine('The menu is attached.');
    $mail->SetHTMLBody('<p>Two crêpes and a café au lait: <b>9 €</b>.</p>');
    $menu = "Crêpe: 3 €\nCafé au lait: 3 €\n";
    $mail->AddAttachmentData('menü.txt', 'text/plain; charset=utf-8', $menu, strlen($menu));
    $mail->Send();
    $sent = true;

    $mail->DelRecipients();
    $mail->DelCCRecipients();
    $mail->AddRecipient('refused@test.example', null);
    $mail->Send();
} catch (RuntimeException $e) {
    echo $e->getCode(), ': ', $e->getMessage(), "\n";
}
exit($sent ? 0 : 1);
