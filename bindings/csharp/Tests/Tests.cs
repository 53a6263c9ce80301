// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Runtime.Serialization.Formatters.Binary;
using System.Text;
using System.Threading;
using CSmtp;
using CSmtp.Testing;

static partial class Tests
{
    static Mailer NewMailer(TestServer server)
    {
        var mail = new Mailer();
        mail.SetSMTPServer("localhost", server.Port);
        mail.SetSecurityType(SecurityType.UseTls);
        mail.SetCAFile(server.CaFile);
        mail.SetLogin(TestServer.User);
        mail.SetPassword(TestServer.Password);
        mail.SetSenderMail("alice@test.example");
        mail.AddRecipient("bob@test.example", "Jürgen Groß");
        mail.SetSubject("Größe 😀");
        mail.AddMsgLine("Grüße");
        return mail;
    }

    static string Text(byte[] octets) { return Encoding.UTF8.GetString(octets); }

    public static void AllTranscripts(string tree) { Transcripts.All(tree); }

    public static void AllFunctionsHaveAMethod(string tree)
    {
        var others = new Dictionary<string, string>
        {
            { "New", ".ctor" }, { "PoolNew", ".ctor" }, { "Free", "Dispose" }, { "GetVersion", "get_Version" }, { "GetErrorText", "ErrorText" },
            { "Poll", "SendAsync" }, { "Wait", "SendAsync" }
        };
        var flags = BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static;
        string[] mailer = typeof(Mailer).GetMembers(flags).Concat(typeof(Library).GetMembers(flags)).Select(m => m.Name).ToArray();
        string[] pool = typeof(Pool).GetMembers(flags).Select(m => m.Name).ToArray();
        int checkedNames = 0;
        foreach (string line in File.ReadAllLines(Path.Combine(tree, "packaging", "functions.txt")))
        {
            if (!line.StartsWith("CSmtp_", StringComparison.Ordinal)) continue;
            string name = line.Substring(6), member;
            bool ofPool = name.StartsWith("Pool", StringComparison.Ordinal);
            if (!others.TryGetValue(name, out member)) member = ofPool ? name.Substring(4) : name;
            Check.That((ofPool ? pool : mailer).Contains(member), "no member " + member + " for " + line);
            checkedNames++;
        }
        Check.That(checkedNames > 150, "only " + checkedNames + " functions were found");
    }

    public static void AMailAndItsResult()
    {
        using (var server = new TestServer())
        using (Mailer mail = NewMailer(server))
        {
            mail.AddCCRecipient("carol@test.example");
            SendResult result = mail.Send();
            ReceivedMail got = server.Wait().Single();
            Check.Equal("Größe 😀", got.Subject);
            Check.Equal("alice@test.example", got.Sender);
            Check.Equal(TestServer.User, got.Login);
            Check.That(got.Tls != "", "the mail came without TLS");
            Check.Equal("bob@test.example carol@test.example", string.Join(" ", got.Recipients));
            Check.That(got.Dialogue.Any(line => line.Contains("EHLO")), "the dialogue has no EHLO");
            Check.Equal(Outcome.Accepted, result.Outcome);
            Check.Equal(2, result.Recipients.Count);
            Check.That(result.Recipients.All(r => r.Accepted && r.Code == 250), "a recipient was not accepted");
            Check.That(result.QueueId != "" && result.MessageId != "" && result.ErrorText == "", "the result has no identifiers");
            Check.Equal("Größe 😀", mail.GetSubject());
            Check.Equal(null, mail.GetExtension("XUNKNOWN"));
            Check.Equal(null, mail.GetMsgLineText(9));
            Check.Equal(SecurityType.UseTls, mail.GetSecurityType());
        }
    }

    public static void ErrorsHaveAllDetails()
    {
        using (var server = new TestServer("--fault", "RCPT: 450 4.2.1 Later"))
        using (Mailer mail = NewMailer(server))
        {
            var error = Check.Throws<CSmtpException>(() => mail.Send());
            Check.Equal(ErrorNumber.CommandRcptTo, error.Number);
            Check.Equal(Phase.Rcpt, error.Phase);
            Check.Equal(ErrorKind.Refused, error.Kind);
            Check.Equal(450, error.ReplyCode);
            Check.Equal("4.2.1", error.EnhancedCode);
            Check.Equal("450 4.2.1 Later", error.ReplyText);
            Check.Equal(Outcome.RejectedTemporary, error.Outcome);
            Check.That(error.IsSafeToRetry && !error.IsLoginError, "the mail may be sent again");
            Check.Contains("450 4.2.1 Later", error.Message);
            var stream = new MemoryStream();
            var formatter = new BinaryFormatter();
            formatter.Serialize(stream, error);
            stream.Position = 0;
            var copy = (CSmtpException)formatter.Deserialize(stream);
            Check.Equal(error.Message, copy.Message);
            Check.Equal(error.Number, copy.Number);
            Check.Equal(1, copy.Result.Recipients.Count);
            mail.SetPassword("wrong password");
            error = Check.Throws<CSmtpException>(() => mail.Send());
            Check.That(error.IsLoginError, "the login failed");
            Check.That(!error.ToString().Contains("wrong password"), "the password is in " + error);
        }
    }

    public static void SuccessAWrongPasswordAndALostConnection()
    {
        using (var server = new TestServer("--fault", "end of data#2: close"))
        using (Mailer mail = NewMailer(server))
        {
            mail.Send();
            Check.Equal("Größe 😀", server.Wait().Single().Subject);
            mail.SetPassword("wrong password");
            Check.That(Check.Throws<CSmtpException>(() => mail.Send()).IsLoginError, "the login was accepted");
            mail.SetPassword(TestServer.Password);
            Check.Equal(Outcome.InDoubt, Check.Throws<CSmtpException>(() => mail.Send()).Outcome);
        }
    }

    public static void InvalidTexts()
    {
        using (var mail = new Mailer())
        {
            foreach (string text in new[] { "hunter2\0x", "hunter2\ud83d" })
            {
                var error = Check.Throws<ArgumentException>(() => mail.SetPassword(text));
                Check.Equal("password", error.ParamName);
                Check.That(!error.ToString().Contains("hunter"), "the password is in " + error);
            }
            Check.Throws<ArgumentNullException>(() => mail.SetSubject(null));
            Check.Throws<ArgumentNullException>(() => mail.Attach((byte[])null, "a"));
            Check.Equal(ErrorNumber.BadArgument, Check.Throws<CSmtpException>(() => mail.SetTimeout((TimeoutStep)99, 1)).Number);
        }
    }

    public static void ADisposedMailer()
    {
        var mail = new Mailer();
        mail.Dispose();
        mail.Dispose();
        Check.Throws<ObjectDisposedException>(() => mail.SetSubject("a"));
        Check.Throws<ObjectDisposedException>(() => mail.GetSubject());
        Check.Throws<ObjectDisposedException>(() => mail.SendAsync().GetAwaiter().GetResult());
        Check.Throws<ObjectDisposedException>(() => mail.Clone());
    }

    public static void DisposeEndsACallOfAnotherThread()
    {
        using (var server = new TestServer("--fault", "DATA: stall"))
        {
            Mailer mail = NewMailer(server);
            var reached = new ManualResetEvent(false);
            mail.SetLogCallback((direction, line) => { if (direction == LogDirection.Client && line.StartsWith("DATA", StringComparison.Ordinal)) reached.Set(); });
            CSmtpException error = null;
            var thread = new Thread(() => error = Check.Throws<CSmtpException>(() => mail.Send()));
            thread.Start();
            Check.That(reached.WaitOne(60000), "DATA was not sent");
            mail.Dispose();
            Check.That(thread.Join(60000), "the call did not end");
            Check.Equal(ErrorNumber.Canceled, error.Number);
        }
    }

    public static void NoCallBeginsAfterDispose()
    {
        using (var server = new TestServer())
        using (var release = new ManualResetEvent(false))
        using (var reached = new ManualResetEvent(false))
        {
            Mailer mail = NewMailer(server);
            mail.SetLogCallback((direction, line) =>
            {
                reached.Set();
                release.WaitOne(10000);
            });
            var thread = new Thread(() => Check.Throws<CSmtpException>(() => mail.Send()));
            thread.Start();
            Check.That(reached.WaitOne(60000), "the callback was not called");
            mail.Dispose();
            Check.Throws<ObjectDisposedException>(() => mail.GetSubject());
            Check.Throws<ObjectDisposedException>(() => mail.SetSubject("a"));
            using (Mailer other = NewMailer(server)) Check.Throws<ObjectDisposedException>(() => other.SendBatch(new[] { mail }));
            release.Set();
            Check.That(thread.Join(60000), "the call did not end");
        }
    }

    sealed class OneWay : MemoryStream
    {
        internal OneWay(byte[] data) : base(data) { }
        public override bool CanSeek { get { return false; } }
    }

    sealed class Broken : MemoryStream
    {
        internal Broken() : base(new byte[10]) { }
        public override int Read(byte[] buffer, int offset, int count) { throw new IOException("the disk is broken"); }
    }

    static string Attached(ReceivedMail mail)
    {
        return Text(mail.Raw).Replace("\r\n", "");
    }

    public static void AttachmentsFromEverything()
    {
        string file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, "of a file");
            using (var server = new TestServer())
            using (Mailer mail = NewMailer(server))
            {
                var big = new byte[3 << 20];
                new Random(1).NextBytes(big);
                var seekable = new MemoryStream(Encoding.ASCII.GetBytes("xxof a stream"));
                seekable.Position = 2;
                int opened = 0;
                mail.Attach(file, "größe.txt");
                mail.Attach(Encoding.ASCII.GetBytes("of octets"), "octets.bin");
                mail.Attach(new byte[0], "empty.bin");
                mail.Attach(seekable, "stream.bin");
                mail.Attach(seekable, "again.bin");
                mail.Attach(new OneWay(Encoding.ASCII.GetBytes("of a pipe")), "pipe.bin");
                mail.Attach(new OneWay(big), "big.bin");
                mail.AddAttachmentReader("opened.bin", null, -1, () => { opened++; return new MemoryStream(Encoding.ASCII.GetBytes("of a function")); });
                mail.AddInlineImageData("image", "image.png", null, new byte[] { 1, 2, 3 });
                for (int i = 1; i <= 2; i++)
                {
                    mail.Send();
                    string got = Attached(server.Wait(i)[i - 1]);
                    foreach (string content in new[] { "of a file", "of octets", "of a stream", "of a pipe", "of a function" })
                        Check.Contains(Convert.ToBase64String(Encoding.ASCII.GetBytes(content)), got);
                    Check.Contains(Convert.ToBase64String(big), got);
                    Check.That(opened >= i, "the stream was not opened again");
                }
                Check.Throws<InvalidOperationException>(() => mail.Clone());
                mail.DelAttachments();
                using (Mailer clone = mail.Clone())
                {
                    clone.Send();
                    Check.That(!Attached(server.Wait(3)[2]).Contains("stream.bin"), "the attachments are still there");
                }
            }
        }
        finally
        {
            File.Delete(file);
        }
    }

    public static void OneStreamForTwoMailers()
    {
        var data = new byte[5 << 20];
        new Random(2).NextBytes(data);
        using (var stream = new MemoryStream(data))
        using (var server = new TestServer())
        using (Mailer first = NewMailer(server))
        using (Mailer second = NewMailer(server))
        {
            first.Attach(stream, "data.bin");
            second.Attach(stream, "data.bin");
            System.Threading.Tasks.Task.WaitAll(first.SendAsync(), second.SendAsync());
            foreach (ReceivedMail mail in server.Wait(2)) Check.Contains(Convert.ToBase64String(data), Attached(mail));
        }
    }

    public static void ABrokenStream()
    {
        using (var server = new TestServer())
        using (Mailer mail = NewMailer(server))
        {
            mail.Attach(new Broken(), "a.bin");
            Check.Contains("the disk is broken", Check.Throws<IOException>(() => mail.Send()).Message);
            Check.Equal(Outcome.NotSent, mail.GetOutcome());
            Check.Contains("the disk is broken", Check.Throws<IOException>(() => mail.RenderMessage()).Message);
            Check.Equal(0, server.Mails().Count);
            mail.ClearMessage();
            mail.AddRecipient("bob@test.example");
            mail.Send();
        }
    }

    public static void RawMessagesAndFiles()
    {
        string file = Path.GetTempFileName();
        try
        {
            using (var server = new TestServer())
            using (Mailer mail = NewMailer(server))
            {
                var date = new DateTimeOffset(2024, 2, 29, 12, 30, 0, TimeSpan.Zero);
                mail.SetDate(date);
                Check.Contains("29 Feb 2024", Text(mail.RenderMessage()));
                mail.SaveMessage(file);
                mail.SendRaw(mail.RenderMessage());
                mail.SendRawFile(file);
                mail.SendRawFile(file, "<>", "eve@test.example,frank@test.example");
                IReadOnlyList<ReceivedMail> got = server.Wait(3);
                Check.Equal("bob@test.example", got[0].Recipients.Single());
                Check.Equal("bob@test.example", got[1].Recipients.Single());
                Check.Equal("", got[2].Sender);
                Check.Equal(2, got[2].Recipients.Count);
                Check.That(File.ReadAllBytes(file).SequenceEqual(got[1].Raw), "another message was sent");
                Check.Equal(ErrorNumber.UndefRecipients, Check.Throws<CSmtpException>(() => mail.SendRaw(Encoding.ASCII.GetBytes("From: a@test.example\r\n\r\n"))).Number);
            }
        }
        finally
        {
            File.Delete(file);
        }
    }

    public static void ABatch()
    {
        using (var server = new TestServer("--fault", "RCPT#2: 550 5.1.1 Unknown"))
        using (Mailer session = NewMailer(server))
        using (Mailer first = session.Clone())
        using (Mailer second = session.Clone())
        using (Mailer third = session.Clone())
        {
            IReadOnlyList<SendResult> results = session.SendBatch(new[] { first, second, third });
            Check.Equal("Accepted RejectedPermanent Accepted", string.Join(" ", results.Select(r => r.Outcome)));
            Check.Equal(550, results[1].ReplyCode);
            Check.Equal(2, server.Wait(2).Count);
            Check.Equal(ErrorNumber.BadArgument, Check.Throws<CSmtpException>(() => session.SendBatch(new[] { first, first })).Number);
            Check.Equal(0, session.SendBatch(new Mailer[0]).Count);
            Check.Equal("Accepted", string.Join(" ", session.SendBatchAsync(new[] { first }).Result.Select(r => r.Outcome)));
            third.Attach(new Broken(), "a.bin");
            Check.Throws<AggregateException>(() => session.SendBatch(new[] { first, third }));
        }
    }

    sealed class Listener : TraceListener
    {
        internal readonly List<string> Lines = new List<string>();
        public override void Write(string message) { }
        public override void WriteLine(string message) { lock (Lines) Lines.Add(message); }
        internal bool Holds(string text) { lock (Lines) return Lines.Any(line => line.Contains(text)); }
    }

    public static void TheDialogueGoesToATraceSource()
    {
        var listener = new Listener();
        var source = new TraceSource("CSmtp", SourceLevels.All);
        source.Listeners.Clear();
        source.Listeners.Add(listener);
        using (var server = new TestServer())
        using (Mailer mail = NewMailer(server))
        {
            mail.SetTraceSource(source);
            mail.Send();
            int lines = listener.Lines.Count;
            Check.That(listener.Lines.Any(l => l.StartsWith("C: EHLO", StringComparison.Ordinal)), "no EHLO was logged");
            Check.That(listener.Lines.Any(l => l.StartsWith("S: 220", StringComparison.Ordinal)), "no greeting was logged");
            Check.That(!listener.Lines.Any(l => l.Contains(TestServer.Password)), "the password was logged");
            mail.SetTraceSource(null);
            mail.Send();
            Check.Equal(lines, listener.Lines.Count);
        }
    }

    public static void AllEventsOfAMail()
    {
        using (var server = new TestServer())
        using (Mailer mail = NewMailer(server))
        {
            var events = new List<Event>();
            mail.SetEventCallback(events.Add);
            mail.Send();
            Check.Equal("Connected Tls Login Ready Disconnected Sent", string.Join(" ", events.Select(e => e.Kind)));
            Event sent = events.Last();
            Check.Equal(Outcome.Accepted, sent.Outcome);
            Check.Equal(1u, sent.Accepted);
            Check.That(sent.Octets > 100 && sent.ReplyCode == 250 && sent.Server.EndsWith(":" + server.Port, StringComparison.Ordinal), "the event lacks numbers");
            Check.That(events.All(e => e.Kind != EventKind.Tls || e.Tls > TimeSpan.Zero), "the handshake has no duration");
        }
    }

    public static void ScriptsAndTheirErrors()
    {
        using (var server = new TestServer())
        using (var mail = new Mailer())
        {
            server.Play("S: 220 test ESMTP\nC: EHLO *\nS: 250 test\nC: QUIT\nS: 221 Bye\n");
            Check.Throws<TimeoutException>(() => server.Played(0.1));
            mail.ConnectRemoteServer("localhost", server.Port, SecurityType.NoSecurity, false);
            mail.DisconnectRemoteServer();
            server.Played();
            server.Play("S: 220 test ESMTP\nC: HELO *\nS: 250 test\n");
            Check.Throws<CSmtpException>(() => mail.ConnectRemoteServer("localhost", server.Port, SecurityType.NoSecurity, false));
            Check.Throws<ScriptException>(() => server.Played());
            server.EndScript();
            Check.Equal("no script is set", Check.Throws<ScriptException>(() => server.Played()).Message);
            server.Clear();
            Check.Equal(0, server.Mails().Count);
            Check.Throws<TestServerException>(() => server.Play("no-such-script"));
        }
        Check.Contains("unknown", Check.Throws<TestServerException>(() => new TestServer("--no-such-option")).Message);
    }
}
