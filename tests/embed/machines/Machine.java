// SPDX-License-Identifier: MIT
// Machine PORT MODE: four threads send, and cause NullPointerExceptions before and after
// each Send, and in a callback during the Send. The virtual machine creates these
// exceptions when it receives SIGSEGV. The library's handler must pass SIGSEGV on to the
// virtual machine.
import com.sun.jna.Callback;
import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

public class Machine {
    public interface Log extends Callback {
        void line(Pointer user, int direction, String text);
    }

    public interface CSmtp extends Library {
        CSmtp LIB = Native.load(System.getenv("CSMTP_LIBRARY"), CSmtp.class, Map.of());

        long CSmtp_New();
        void CSmtp_Free(long mail);
        int CSmtp_SetSMTPServer(long mail, String server, short port, int authenticate);
        int CSmtp_SetSenderMail(long mail, String email);
        int CSmtp_AddRecipient(long mail, String email, String name);
        int CSmtp_SetSubject(long mail, String subject);
        int CSmtp_SetLogCallback(long mail, Log log, Pointer user);
        int CSmtp_Send(long mail);
        String CSmtp_GetLastErrorText(long mail);
    }

    static final int THREADS = 4, MAILS = 10, FAULTS = 2000;
    static final AtomicInteger caught = new AtomicInteger(), failed = new AtomicInteger();

    static class Box { int value; Box next; }

    /** The compiled code contains no explicit null check, because the virtual machine handles
     * the fault. */
    static int read(Box b) { return b.next.value; }

    static void fault(int times) {
        Box b = new Box();
        for (int i = 0; i < times; i++) {
            try {
                failed.addAndGet(read(b) + 1);
            } catch (NullPointerException e) {
                caught.incrementAndGet();
            }
        }
    }

    static void good(long mail, int error) {
        if (error != 0) throw new IllegalStateException(error + ": " + CSmtp.LIB.CSmtp_GetLastErrorText(mail));
    }

    static void work(short port) {
        CSmtp lib = CSmtp.LIB;
        Log log = (user, direction, text) -> fault(20);
        for (int i = 0; i < MAILS; i++) {
            long mail = lib.CSmtp_New();
            good(mail, lib.CSmtp_SetSMTPServer(mail, "127.0.0.1", port, 0));
            good(mail, lib.CSmtp_SetSenderMail(mail, "machine@test.example"));
            good(mail, lib.CSmtp_AddRecipient(mail, "alice@test.example", null));
            good(mail, lib.CSmtp_SetSubject(mail, "from a virtual machine"));
            if (i % 2 == 0) good(mail, lib.CSmtp_SetLogCallback(mail, log, null));
            fault(FAULTS);
            good(mail, lib.CSmtp_Send(mail));
            fault(FAULTS);
            lib.CSmtp_Free(mail);
        }
    }

    public static void main(String[] args) throws InterruptedException {
        short port = (short) Integer.parseInt(args[0]);
        Thread[] threads = new Thread[THREADS];
        fault(FAULTS); // before the library is loaded
        for (int i = 0; i < THREADS; i++) {
            threads[i] = new Thread(() -> {
                try {
                    work(port);
                } catch (RuntimeException e) {
                    System.err.println(e);
                    failed.incrementAndGet();
                }
            });
            threads[i].start();
        }
        for (Thread t : threads) t.join();
        System.out.println(caught.get() + " exceptions");
        System.exit(failed.get() == 0 && caught.get() > THREADS * MAILS * 2 * FAULTS ? 0 : 1);
    }
}
