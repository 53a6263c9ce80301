// SPDX-License-Identifier: MIT
using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Threading;
using CSmtp;
using CSmtp.Testing;

/// <summary>Plays every transcript in smtp/testdata and every built-in script of csmtp-testserver to a mailer,
/// and compares the results with those in the header of the transcript or script. The server sends each reply
/// as a whole, or in the delivery mode that the header names.</summary>
static class Transcripts
{
    static readonly string[] kinds = { "", "resolve", "dial", "timeout", "closed", "TLS", "refused", "protocol", "unsupported", "local", "canceled", "token" };
    static readonly string[] outcomes = { "NOT_SENT", "ACCEPTED", "PARTIAL", "REJECTED_TEMPORARY", "REJECTED_PERMANENT", "IN_DOUBT" };

    /// <summary>The header of a transcript: the lines "key: value" before the first blank line.</summary>
    sealed class Header
    {
        readonly List<KeyValuePair<string, string>> lines = new List<KeyValuePair<string, string>>();

        internal Header(string path)
        {
            foreach (string line in File.ReadLines(path))
            {
                if (line == "") break;
                int colon = line.IndexOf(':');
                if (colon >= 0 && line[0] != '#') lines.Add(new KeyValuePair<string, string>(line.Substring(0, colon), line.Substring(colon + 1).Trim(' ')));
            }
        }

        internal List<string> All(string key) { return lines.Where(l => l.Key == key).Select(l => l.Value).ToList(); }
        internal string Get(string key, string otherwise = "") { return All(key).DefaultIfEmpty(otherwise).First(); }
        internal bool Has(string key) { return All(key).Count > 0; }
        internal bool Yes(string key) { return Get(key) == "yes"; }
    }

    static void Settings(Mailer mail, Header h, string ca)
    {
        switch (h.Get("security"))
        {
            case "starttls": mail.SetSecurityType(SecurityType.UseTls); break;
            case "tls": mail.SetSecurityType(SecurityType.UseSsl); break;
            case "starttls-if-offered": mail.SetSecurityType(SecurityType.UseTlsIfOffered); break;
            default: mail.SetSecurityType(SecurityType.NoSecurity); break;
        }
        mail.SetCAFile(ca);
        mail.SetVerifyPeer(h.Get("verify") != "no");
        mail.SetLMTP(h.Yes("lmtp"));
        mail.SetPartialDelivery(h.Yes("partial"));
        if (h.Has("local-name")) mail.SetLocalHostName(h.Get("local-name"));
        if (h.Has("mechanism")) mail.SetAuthMechanism(h.Get("mechanism"));
        if (h.Yes("clear-login")) mail.SetClearLogin(true);
        mail.SetLoginRequired(h.Yes("login-required"));
        if (h.Has("token")) mail.SetAccessToken(h.Get("token"));
        if (h.Has("timeout"))
            for (TimeoutStep step = TimeoutStep.Connect; step <= TimeoutStep.Quit; step++) mail.SetTimeout(step, uint.Parse(h.Get("timeout"), CultureInfo.InvariantCulture));
    }

    static void Message(Mailer mail, Header h)
    {
        mail.SetSenderMail(h.Get("from", "sender@test.example"));
        mail.SetSubject(h.Get("subject", "A test"));
        foreach (string address in h.All("to")) mail.AddRecipient(address);
        foreach (string address in h.All("cc")) mail.AddCCRecipient(address);
        foreach (string address in h.All("bcc")) mail.AddBCCRecipient(address);
        if (!h.Has("to") && !h.Has("cc") && !h.Has("bcc")) mail.AddRecipient("rcpt@test.example");
        foreach (string line in h.Has("line") ? h.All("line") : new List<string> { "Hello." }) mail.AddMsgLine(line);
        if (h.Has("attachment-size"))
        {
            var data = new byte[int.Parse(h.Get("attachment-size"), CultureInfo.InvariantCulture)];
            for (int i = 0; i < data.Length; i++) data[i] = (byte)'x';
            mail.Attach(data, "data.bin");
        }
    }

    /// <summary>Connects and sends as the header says, and returns the results.</summary>
    static Dictionary<string, string> Follow(Mailer mail, Header h, ushort port)
    {
        var said = new Dictionary<string, string> { { "expect", "ok" }, { "text", "" } };
        int accepted = 0;
        try
        {
            bool login = (h.Has("login") || h.Has("token")) && h.Get("authenticate") != "no";
            mail.ConnectRemoteServer("localhost", port, SecurityType.DoNotSet, login, h.Get("login"), h.Get("password"));
            if (h.Get("action") != "connect")
                for (int left = int.Parse(h.Get("mails", "1"), CultureInfo.InvariantCulture); left > 0; left--)
                {
                    mail.Send();
                    accepted++;
                }
            mail.DisconnectRemoteServer();
        }
        catch (CSmtpException e)
        {
            said["expect"] = ((int)e.Number).ToString(CultureInfo.InvariantCulture);
            said["text"] = e.Message;
            said["reply-code"] = e.ReplyCode.ToString(CultureInfo.InvariantCulture);
            said["enhanced-code"] = e.EnhancedCode;
            said["kind"] = kinds[(int)e.Kind];
            if (e.Message != mail.GetLastErrorText() || !e.Message.StartsWith(Library.ErrorText(e.Number), StringComparison.Ordinal)) said["wrong"] = "not the text of the library: " + e.Message;
            if (e.Phase != mail.GetPhase() || e.Kind != mail.GetErrorKind() || e.IsLoginError != mail.IsLoginError() || e.Outcome != mail.GetOutcome()) said["wrong"] = "the exception differs from the mailer: " + e;
        }
        said["accepted"] = accepted.ToString(CultureInfo.InvariantCulture);
        said["outcome"] = outcomes[(int)mail.GetOutcome()];
        said["safe-to-retry"] = mail.IsSafeToRetry() ? "yes" : "no";
        return said;
    }

    /// <summary>Plays a transcript or, if 'ready' is true, a built-in script. Returns how the results differ
    /// from those in the header of the transcript or script.</summary>
    static IEnumerable<string> Play(string path, bool ready)
    {
        var h = new Header(path);
        var wrong = new List<string>();
        string[] options = ready ? new string[0] : new[] { "--script", path, "--delivery", h.Get("delivery", "whole"), "--once" };
        Dictionary<string, string> said;
        using (var server = new TestServer(options))
        {
            if (ready) server.Play(Path.GetFileNameWithoutExtension(path));
            using (var mail = new Mailer())
            {
                Settings(mail, h, server.CaFile);
                Message(mail, h);
                said = Follow(mail, h, server.Port);
            }
            try
            {
                if (ready) server.Played();
                else if (server.Finish() != 0) wrong.Add(server.Output);
            }
            catch (ScriptException e)
            {
                wrong.Add(e.Message);
            }
        }
        foreach (string key in new[] { "expect", "expect-outcome", "expect-safe-to-retry", "expect-accepted", "expect-reply-code", "expect-enhanced-code", "expect-kind" })
        {
            string got;
            said.TryGetValue(key.StartsWith("expect-", StringComparison.Ordinal) ? key.Substring(7) : key, out got);
            if (h.Has(key) && h.Get(key) != got) wrong.Add(key + ": " + h.Get(key) + ", but got " + got);
        }
        if (said.ContainsKey("wrong")) wrong.Add(said["wrong"]);
        wrong.AddRange(h.All("expect-text").Concat(h.All("expect-recipient")).Where(t => !said["text"].Contains(t)).Select(t => t + " is not in " + said["text"]));
        wrong.AddRange(new[] { h.Get("password"), h.Get("token") }.Where(s => s.Length > 3 && said.Values.Any(v => v.Contains(s))).Select(s => "a secret is in " + said["text"]));
        return wrong.Select(w => Path.GetFileName(path) + ": " + w);
    }

    internal static void All(string tree)
    {
        string[] transcripts = Directory.GetFiles(Path.Combine(tree, "smtp", "testdata"), "*.txt");
        string[] scripts = Directory.GetFiles(Path.Combine(tree, "smtp", "smtptest", "scripts"), "*.txt");
        Check.That(transcripts.Length > 100 && scripts.Length >= 10, "transcripts are missing");
        var left = new ConcurrentQueue<string>(transcripts.Concat(scripts));
        var wrong = new ConcurrentQueue<string>();
        var threads = new List<Thread>();
        for (int i = 0; i < 8; i++)
        {
            var thread = new Thread(() =>
            {
                string path;
                while (left.TryDequeue(out path))
                {
                    try
                    {
                        foreach (string line in Play(path, scripts.Contains(path))) wrong.Enqueue(line);
                    }
                    catch (Exception e)
                    {
                        wrong.Enqueue(Path.GetFileName(path) + ": " + e);
                    }
                }
            });
            thread.Start();
            threads.Add(thread);
        }
        foreach (Thread thread in threads) thread.Join();
        Check.That(wrong.IsEmpty, string.Join("\n", wrong));
    }
}
