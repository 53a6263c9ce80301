// SPDX-License-Identifier: MIT
// Send SERVER PORT LOGIN PASSWORD CA-FILE: sends a mail over STARTTLS, then one that
// the server refuses.
using System;
using System.Text;
using CSmtp;

static class Send
{
    /// Sends the mail. On failure, prints the error, which contains the server's reply.
    static bool SendAndReport(Mailer mail)
    {
        try
        {
            mail.Send();
            return true;
        }
        catch (CSmtpException e)
        {
            Console.WriteLine((int)e.Number + ": " + e.Message);
            return false;
        }
    }

    static int Main(string[] args)
    {
        using (var mail = new Mailer())
        {
            mail.SetSMTPServer(args[0], ushort.Parse(args[1]));
            mail.SetSecurityType(SecurityType.UseTls);
            mail.SetCAFile(args[4]);
            mail.SetLogin(args[2]);
            mail.SetPassword(args[3]);

            mail.SetSenderName("Zoë Ångström");
            mail.SetSenderMail("alice@test.example");
            mail.AddRecipient("bob@test.example", "Jürgen Groß");
            mail.AddCCRecipient("carol@test.example", "Łucja Żak");
            mail.SetSubject("The café's menu, déjà vu");
            mail.AddMsgLine("Two crêpes and a café au lait: 9 €.");
            mail.AddMsgLine("The menu is attached.");
            mail.SetHTMLBody("<p>Two crêpes and a café au lait: <b>9 €</b>.</p>");
            mail.Attach(Encoding.UTF8.GetBytes("Crêpe: 3 €\nCafé au lait: 3 €\n"), "menü.txt", "text/plain; charset=utf-8");
            if (!SendAndReport(mail)) return 1;

            mail.DelRecipients();
            mail.DelCCRecipients();
            mail.AddRecipient("refused@test.example");
            SendAndReport(mail);
        }
        return 0;
    }
}
