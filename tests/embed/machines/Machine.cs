// SPDX-License-Identifier: MIT
// Machine PORT MODE: does the same as Machine.java, with Mono and NullReferenceException.
using System;
using System.Runtime.InteropServices;
using System.Text;
using System.Threading;

static class Machine
{
    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    delegate void Log(IntPtr user, int direction, IntPtr line);

    const string Library = "libcsmtp.so.1";
    [DllImport(Library)] static extern UIntPtr CSmtp_New();
    [DllImport(Library)] static extern void CSmtp_Free(UIntPtr mail);
    [DllImport(Library)] static extern int CSmtp_SetSMTPServer(UIntPtr mail, string server, ushort port, int authenticate);
    [DllImport(Library)] static extern int CSmtp_SetSenderMail(UIntPtr mail, string email);
    [DllImport(Library)] static extern int CSmtp_AddRecipient(UIntPtr mail, string email, string name);
    [DllImport(Library)] static extern int CSmtp_SetSubject(UIntPtr mail, string subject);
    [DllImport(Library)] static extern int CSmtp_SetLogCallback(UIntPtr mail, Log log, IntPtr user);
    [DllImport(Library)] static extern int CSmtp_Send(UIntPtr mail);
    [DllImport(Library)] static extern IntPtr CSmtp_GetLastErrorText(UIntPtr mail);

    const int Threads = 4, Mails = 10, Faults = 500;
    static int caught, failed;

    class Box { public int Value = 0; public Box Next = null; }

    static int Read(Box b) { return b.Next.Value; }

    static void Fault(int times)
    {
        var b = new Box();
        for (int i = 0; i < times; i++)
        {
            try { Interlocked.Add(ref failed, Read(b) + 1); }
            catch (NullReferenceException) { Interlocked.Increment(ref caught); }
        }
    }

    static void Good(UIntPtr mail, int error)
    {
        if (error != 0) throw new InvalidOperationException(error + ": " + Marshal.PtrToStringAnsi(CSmtp_GetLastErrorText(mail)));
    }

    static void Work(ushort port)
    {
        Log log = (user, direction, line) => Fault(5);
        for (int i = 0; i < Mails; i++)
        {
            UIntPtr mail = CSmtp_New();
            Good(mail, CSmtp_SetSMTPServer(mail, "127.0.0.1", port, 0));
            Good(mail, CSmtp_SetSenderMail(mail, "machine@test.example"));
            Good(mail, CSmtp_AddRecipient(mail, "alice@test.example", null));
            Good(mail, CSmtp_SetSubject(mail, "from a virtual machine"));
            if (i % 2 == 0) Good(mail, CSmtp_SetLogCallback(mail, log, IntPtr.Zero));
            Fault(Faults);
            Good(mail, CSmtp_Send(mail));
            Fault(Faults);
            CSmtp_Free(mail);
        }
        GC.KeepAlive(log);
    }

    static int Main(string[] args)
    {
        ushort port = ushort.Parse(args[0]);
        var threads = new Thread[Threads];
        Fault(Faults); // before the library is loaded
        for (int i = 0; i < Threads; i++)
        {
            threads[i] = new Thread(() =>
            {
                try { Work(port); }
                catch (Exception e) { Console.Error.WriteLine(e); Interlocked.Increment(ref failed); }
            });
            threads[i].Start();
        }
        foreach (var t in threads) t.Join();
        Console.WriteLine(caught + " exceptions");
        return failed == 0 && caught > Threads * Mails * 2 * Faults ? 0 : 1;
    }
}
