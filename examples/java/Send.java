// SPDX-License-Identifier: MIT
// Send SERVER PORT LOGIN PASSWORD CA-FILE: sends a mail over STARTTLS, then one that
// the server refuses. Uses the module in bindings/java.
import io.github.libcsmtp.CSmtpException;
import io.github.libcsmtp.Mailer;
import io.github.libcsmtp.Security;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

public class Send {
    static final PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);

    static boolean sent(Mailer mail) {
        try {
            mail.send();
            return true;
        } catch (CSmtpException e) {
            out.println(e.number() + ": " + e.getMessage());
            return false;
        }
    }

    public static void main(String[] args) {
        boolean sent;
        try (Mailer mail = new Mailer()) {
            mail.setSMTPServer(args[0], Integer.parseInt(args[1]));
            mail.setSecurityType(Security.USE_TLS);
            mail.setCAFile(args[4]);
            mail.setLogin(args[2]);
            mail.setPassword(args[3]);

            mail.setSenderName("Zoë Ångström");
            mail.setSenderMail("alice@test.example");
            mail.addRecipient("bob@test.example", "Jürgen Groß");
            mail.addCCRecipient("carol@test.example", "Łucja Żak");
            mail.setSubject("The café's menu, déjà vu");
            mail.addMsgLine("Two crêpes and a café au lait: 9 €.");
            mail.addMsgLine("The menu is attached.");
            mail.setHTMLBody("<p>Two crêpes and a café au lait: <b>9 €</b>.</p>");
            byte[] menu = "Crêpe: 3 €\nCafé au lait: 3 €\n".getBytes(StandardCharsets.UTF_8);
            mail.addAttachmentData("menü.txt", "text/plain; charset=utf-8", menu);
            sent = sent(mail);

            if (sent) {
                mail.delRecipients();
                mail.delCCRecipients();
                mail.addRecipient("refused@test.example");
                sent(mail);
            }
        }
        System.exit(sent ? 0 : 1);
    }
}
