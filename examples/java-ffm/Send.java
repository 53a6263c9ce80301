// SPDX-License-Identifier: MIT
// Send SERVER PORT LOGIN PASSWORD CA-FILE: sends a mail over STARTTLS, then one that
// the server refuses. Uses the Foreign Function and Memory API of Java 22.
import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.io.PrintStream;
import java.lang.foreign.*;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

public class Send {
    static final Arena arena = Arena.ofAuto();
    static final SymbolLookup library = SymbolLookup.libraryLookup("libcsmtp.so.1", arena);
    static final PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    static final int USE_TLS = 1;

    /** Calls CSmtp_name. The types of the arguments determine the C types, and null is passed as NULL. */
    static Object call(String name, MemoryLayout result, Object... args) throws Throwable {
        List<MemoryLayout> types = new ArrayList<>();
        List<Object> values = new ArrayList<>();
        for (Object a : args) {
            types.add(a instanceof Integer ? JAVA_INT : a instanceof Short ? JAVA_SHORT : a instanceof Long ? JAVA_LONG : ADDRESS);
            values.add(a == null ? MemorySegment.NULL
                : a instanceof String s ? arena.allocateFrom(s)
                : a instanceof byte[] b ? arena.allocateFrom(ValueLayout.JAVA_BYTE, b) : a);
        }
        FunctionDescriptor type = result == null
            ? FunctionDescriptor.ofVoid(types.toArray(MemoryLayout[]::new))
            : FunctionDescriptor.of(result, types.toArray(MemoryLayout[]::new));
        return Linker.nativeLinker().downcallHandle(library.find("CSmtp_" + name).orElseThrow(), type).invokeWithArguments(values);
    }

    static int send(long mail) throws Throwable {
        int error = (int) call("Send", JAVA_INT, mail);
        if (error != 0) {
            MemorySegment text = (MemorySegment) call("GetLastErrorText", ADDRESS, mail);
            out.println(error + ": " + text.reinterpret(Long.MAX_VALUE).getString(0));
        }
        return error;
    }

    public static void main(String[] args) throws Throwable {
        long mail = (long) call("New", JAVA_LONG);
        call("SetSMTPServer", JAVA_INT, mail, args[0], (short) Integer.parseInt(args[1]), 1);
        call("SetSecurityType", JAVA_INT, mail, USE_TLS);
        call("SetCAFile", JAVA_INT, mail, args[4]);
        call("SetLogin", JAVA_INT, mail, args[2]);
        call("SetPassword", JAVA_INT, mail, args[3]);

        call("SetCharSet", JAVA_INT, mail, "UTF-8");
        call("SetSenderName", JAVA_INT, mail, "Zoë Ångström");
        call("SetSenderMail", JAVA_INT, mail, "alice@test.example");
        call("AddRecipient", JAVA_INT, mail, "bob@test.example", "Jürgen Groß");
        call("AddCCRecipient", JAVA_INT, mail, "carol@test.example", "Łucja Żak");
        call("SetSubject", JAVA_INT, mail, "The café's menu, déjà vu");
        call("AddMsgLine", JAVA_INT, mail, "Two crêpes and a café au lait: 9 €.");
        call("AddMsgLine", JAVA_INT, mail, "The menu is attached.");
        call("SetHTMLBody", JAVA_INT, mail, "<p>Two crêpes and a café au lait: <b>9 €</b>.</p>");
        byte[] menu = "Crêpe: 3 €\nCafé au lait: 3 €\n".getBytes(StandardCharsets.UTF_8);
        call("AddAttachmentData", JAVA_INT, mail, "menü.txt", "text/plain; charset=utf-8", menu, (long) menu.length);
        int error = send(mail);

        if (error == 0) {
            call("DelRecipients", JAVA_INT, mail);
            call("DelCCRecipients", JAVA_INT, mail);
            call("AddRecipient", JAVA_INT, mail, "refused@test.example", null);
            send(mail);
        }
        call("Free", null, mail);
        System.exit(error == 0 ? 0 : 1);
    }
}
