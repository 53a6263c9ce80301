// SPDX-License-Identifier: MIT
// Send SERVER PORT LOGIN PASSWORD CA-FILE: sends a mail over STARTTLS, then one that
// the server refuses. Strings are passed as UTF-8 octets, for every version of .NET.
using System;
using System.Runtime.InteropServices;
using System.Text;

static class CSmtp
{
    const string Library = "libcsmtp.so.1";
    public const int UseTls = 1;

    [DllImport(Library, EntryPoint = "CSmtp_New")] public static extern UIntPtr New();
    [DllImport(Library, EntryPoint = "CSmtp_Free")] public static extern void Free(UIntPtr mail);
    [DllImport(Library, EntryPoint = "CSmtp_SetSMTPServer")] public static extern int SetSMTPServer(UIntPtr mail, byte[] server, ushort port, int authenticate);
    [DllImport(Library, EntryPoint = "CSmtp_SetSecurityType")] public static extern int SetSecurityType(UIntPtr mail, int type);
    [DllImport(Library, EntryPoint = "CSmtp_SetCAFile")] public static extern int SetCAFile(UIntPtr mail, byte[] path);
    [DllImport(Library, EntryPoint = "CSmtp_SetLogin")] public static extern int SetLogin(UIntPtr mail, byte[] login);
    [DllImport(Library, EntryPoint = "CSmtp_SetPassword")] public static extern int SetPassword(UIntPtr mail, byte[] password);
    [DllImport(Library, EntryPoint = "CSmtp_SetCharSet")] public static extern int SetCharSet(UIntPtr mail, byte[] charset);
    [DllImport(Library, EntryPoint = "CSmtp_SetSenderName")] public static extern int SetSenderName(UIntPtr mail, byte[] name);
    [DllImport(Library, EntryPoint = "CSmtp_SetSenderMail")] public static extern int SetSenderMail(UIntPtr mail, byte[] email);
    [DllImport(Library, EntryPoint = "CSmtp_AddRecipient")] public static extern int AddRecipient(UIntPtr mail, byte[] email, byte[] name);
    [DllImport(Library, EntryPoint = "CSmtp_AddCCRecipient")] public static extern int AddCCRecipient(UIntPtr mail, byte[] email, byte[] name);
    [DllImport(Library, EntryPoint = "CSmtp_DelRecipients")] public static extern int DelRecipients(UIntPtr mail);
    [DllImport(Library, EntryPoint = "CSmtp_DelCCRecipients")] public static extern int DelCCRecipients(UIntPtr mail);
    [DllImport(Library, EntryPoint = "CSmtp_SetSubject")] public static extern int SetSubject(UIntPtr mail, byte[] subject);
    [DllImport(Library, EntryPoint = "CSmtp_AddMsgLine")] public static extern int AddMsgLine(UIntPtr mail, byte[] line);
    [DllImport(Library, EntryPoint = "CSmtp_SetHTMLBody")] public static extern int SetHTMLBody(UIntPtr mail, byte[] html);
    [DllImport(Library, EntryPoint = "CSmtp_AddAttachmentData")] public static extern int AddAttachmentData(UIntPtr mail, byte[] name, byte[] type, byte[] data, UIntPtr size);
    [DllImport(Library, EntryPoint = "CSmtp_Send")] static extern int SendNow(UIntPtr mail);
    [DllImport(Library, EntryPoint = "CSmtp_GetLastErrorText")] static extern IntPtr GetLastErrorText(UIntPtr mail);

    public static byte[] C(string text) { return Encoding.UTF8.GetBytes(text + "\0"); }

    /// Sends the mail. On failure, prints the error, which contains the server's reply.
    public static int Send(UIntPtr mail)
    {
        int error = SendNow(mail);
        if (error == 0) return 0;
        IntPtr text = GetLastErrorText(mail);
        int length = 0;
        while (Marshal.ReadByte(text, length) != 0) length++;
        var octets = new byte[length];
        Marshal.Copy(text, octets, 0, length);
        Console.WriteLine(error + ": " + Encoding.UTF8.GetString(octets));
        return error;
    }

    static int Main(string[] args)
    {
        UIntPtr mail = New();
        SetSMTPServer(mail, C(args[0]), ushort.Parse(args[1]), 1);
        SetSecurityType(mail, UseTls);
        SetCAFile(mail, C(args[4]));
        SetLogin(mail, C(args[2]));
        SetPassword(mail, C(args[3]));

        SetCharSet(mail, C("UTF-8"));
        SetSenderName(mail, C("Zoë Ångström"));
        SetSenderMail(mail, C("alice@test.example"));
        AddRecipient(mail, C("bob@test.example"), C("Jürgen Groß"));
        AddCCRecipient(mail, C("carol@test.example"), C("Łucja Żak"));
        SetSubject(mail, C("The café's menu, déjà vu"));
        AddMsgLine(mail, C("Two crêpes and a café au lait: 9 €."));
        AddMsgLine(mail, C("The menu is attached."));
        SetHTMLBody(mail, C("<p>Two crêpes and a café au lait: <b>9 €</b>.</p>"));
        byte[] menu = Encoding.UTF8.GetBytes("Crêpe: 3 €\nCafé au lait: 3 €\n");
        AddAttachmentData(mail, C("menü.txt"), C("text/plain; charset=utf-8"), menu, (UIntPtr)menu.Length);
        int error = Send(mail);

        if (error == 0)
        {
            DelRecipients(mail);
            DelCCRecipients(mail);
            AddRecipient(mail, C("refused@test.example"), null);
            Send(mail);
        }
        Free(mail);
        return error == 0 ? 0 : 1;
    }
}
