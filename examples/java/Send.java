// SPDX-License-Identifier: MIT
// Send SERVER PORT LOGIN PASSWORD CA-FILE: sends a mail over STARTTLS, then one that
// the server refuses. Uses JNA.
import com.sun.jna.Library;
import com.sun.jna.Native;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;

public class Send {
    /** The functions of csmtp_c.h that this program uses. A handle is as wide as a pointer. */
    public interface CSmtp extends Library {
        CSmtp LIB = Native.load("libcsmtp.so.1", CSmtp.class, Map.of(Library.OPTION_STRING_ENCODING, "UTF-8"));
        int USE_TLS = 1;

        long CSmtp_New();
        void CSmtp_Free(long mail);
        int CSmtp_SetSMTPServer(long mail, String server, short port, int authenticate);
        int CSmtp_SetSecurityType(long mail, int type);
        int CSmtp_SetCAFile(long mail, String path);
        int CSmtp_SetLogin(long mail, String login);
        int CSmtp_SetPassword(long mail, String password);
        int CSmtp_SetCharSet(long mail, String charset);
        int CSmtp_SetSenderName(long mail, String name);
        int CSmtp_SetSenderMail(long mail, String email);
        int CSmtp_AddRecipient(long mail, String email, String name);
        int CSmtp_AddCCRecipient(long mail, String email, String name);
        int CSmtp_DelRecipients(long mail);
        int CSmtp_DelCCRecipients(long mail);
        int CSmtp_SetSubject(long mail, String subject);
        int CSmtp_AddMsgLine(long mail, String line);
        int CSmtp_SetHTMLBody(long mail, String html);
        int CSmtp_AddAttachmentData(long mail, String name, String type, byte[] data, long size);
        int CSmtp_Send(long mail);
        String CSmtp_GetLastErrorText(long mail);
    }

    static final PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);

    static int send(long mail) {
        int error = CSmtp.LIB.CSmtp_Send(mail);
        if (error != 0) out.println(error + ": " + CSmtp.LIB.CSmtp_GetLastErrorText(mail));
        return error;
    }

    public static void main(String[] args) {
        CSmtp lib = CSmtp.LIB;
        long mail = lib.CSmtp_New();
        lib.CSmtp_SetSMTPServer(mail, args[0], (short) Integer.parseInt(args[1]), 1);
        lib.CSmtp_SetSecurityType(mail, CSmtp.USE_TLS);
        lib.CSmtp_SetCAFile(mail, args[4]);
        lib.CSmtp_SetLogin(mail, args[2]);
        lib.CSmtp_SetPassword(mail, args[3]);

        lib.CSmtp_SetCharSet(mail, "UTF-8");
        lib.CSmtp_SetSenderName(mail, "Zoë Ångström");
        lib.CSmtp_SetSenderMail(mail, "alice@test.example");
        lib.CSmtp_AddRecipient(mail, "bob@test.example", "Jürgen Groß");
        lib.CSmtp_AddCCRecipient(mail, "carol@test.example", "Łucja Żak");
        lib.CSmtp_SetSubject(mail, "The café's menu, déjà vu");
        lib.CSmtp_AddMsgLine(mail, "Two crêpes and a café au lait: 9 €.");
        lib.CSmtp_AddMsgLine(mail, "The menu is attached.");
        lib.CSmtp_SetHTMLBody(mail, "<p>Two crêpes and a café au lait: <b>9 €</b>.</p>");
        byte[] menu = "Crêpe: 3 €\nCafé au lait: 3 €\n".getBytes(StandardCharsets.UTF_8);
        lib.CSmtp_AddAttachmentData(mail, "menü.txt", "text/plain; charset=utf-8", menu, menu.length);
        int error = send(mail);

        if (error == 0) {
            lib.CSmtp_DelRecipients(mail);
            lib.CSmtp_DelCCRecipients(mail);
            lib.CSmtp_AddRecipient(mail, "refused@test.example", null);
            send(mail);
        }
        lib.CSmtp_Free(mail);
        System.exit(error == 0 ? 0 : 1);
    }
}
