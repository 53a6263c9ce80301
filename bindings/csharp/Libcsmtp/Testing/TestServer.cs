// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Net.Sockets;
using System.Text;
using System.Threading;

namespace CSmtp.Testing
{
    /// <summary>Thrown if the server did not start or refused a request.</summary>
    public class TestServerException : Exception
    {
        internal TestServerException(string message, Exception inner = null) : base(message, inner) { }
    }

    /// <summary>Thrown by Played if the client did not follow the script, or if no script is set.</summary>
    public class ScriptException : Exception
    {
        internal ScriptException(string message) : base(message) { }
    }

    /// <summary>A mail that the server has received.</summary>
    public sealed class ReceivedMail
    {
        readonly TestServer server;

        internal ReceivedMail(TestServer server, Dictionary<string, object> said)
        {
            this.server = server;
            Number = (int)(double)said["number"];
            Session = (int)(double)said["session"];
            Sender = (string)said["from"];
            Subject = (string)said["subject"];
            Login = (string)said["login"];
            Tls = (string)said["tls"];
            var recipients = new List<string>();
            foreach (object recipient in (List<object>)said["recipients"]) recipients.Add((string)((Dictionary<string, object>)recipient)["address"]);
            Recipients = recipients.AsReadOnly();
        }

        public int Number { get; }
        public int Session { get; }
        /// <summary>The reverse-path.</summary>
        public string Sender { get; }
        public IReadOnlyList<string> Recipients { get; }
        /// <summary>The subject, decoded.</summary>
        public string Subject { get; }
        public string Login { get; }
        /// <summary>The version of TLS. "" without TLS.</summary>
        public string Tls { get; }
        /// <summary>The content, octet for octet.</summary>
        public byte[] Raw { get { return server.Request("GET", "mails/" + Number + ".eml", null, 30); } }

        /// <summary>The lines of the session in which the mail was received, with secrets masked.</summary>
        public IReadOnlyList<string> Dialogue
        {
            get
            {
                var lines = new List<string>();
                foreach (object line in (List<object>)server.Ask("GET", "sessions/" + Session, null, 30)["dialogue"]) lines.Add((string)line);
                return lines.AsReadOnly();
            }
        }
    }

    /// <summary>Runs csmtp-testserver, a mail server for tests, until this object is disposed, but for at most
    /// one hour: see docs/testing.md. The arguments of the constructor are command-line options of
    /// csmtp-testserver: new TestServer("--certificate", "expired"). csmtp-testserver is the file that the
    /// environment variable CSMTP_TESTSERVER names, or else the file in the package, or else the one in
    /// PATH.</summary>
    public sealed class TestServer : IDisposable
    {
        /// <summary>The login and the password that the server accepts, unless the option --user is
        /// given.</summary>
        public const string User = "alice@test.example", Password = "s3cret pass";
        /// <summary>The access token that the server accepts.</summary>
        public const string Token = "good-token";

        readonly string folder = Path.Combine(Path.GetTempPath(), "csmtp-testserver-" + Guid.NewGuid().ToString("N"));
        readonly StringBuilder output = new StringBuilder();
        readonly Process process;

        public TestServer(params string[] options)
        {
            var arguments = new List<string> { "--dir", folder, "--for", "1h", "--stdin" };
            arguments.AddRange(options);
            Directory.CreateDirectory(folder);
            process = new Process
            {
                StartInfo = new ProcessStartInfo(Program(), string.Join(" ", arguments.ConvertAll(Quoted)))
                {
                    UseShellExecute = false, CreateNoWindow = true, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true
                }
            };
            process.OutputDataReceived += Said;
            process.ErrorDataReceived += Said;
            try
            {
                process.Start();
            }
            catch (System.ComponentModel.Win32Exception e)
            {
                Directory.Delete(folder, true);
                throw new TestServerException("csmtp-testserver cannot be started: " + e.Message + ". Install it, or set CSMTP_TESTSERVER to its path", e);
            }
            process.BeginOutputReadLine();
            process.BeginErrorReadLine();
            Dictionary<string, string> said = Ready();
            Host = said["host"];
            Port = ushort.Parse(said["port"], CultureInfo.InvariantCulture);
            TlsPort = ushort.Parse(said["tls_port"], CultureInfo.InvariantCulture);
            CaFile = said["ca"];
            Url = said["http"];
        }

        public string Host { get; }
        public ushort Port { get; }
        /// <summary>The port for implicit TLS.</summary>
        public ushort TlsPort { get; }
        /// <summary>The path of the certificate of the CA that issued the server's certificate.</summary>
        public string CaFile { get; }
        /// <summary>The URL of the page that shows the received mails.</summary>
        public string Url { get; }
        /// <summary>What csmtp-testserver has printed so far.</summary>
        public string Output { get { lock (output) return output.ToString(); } }

        static string Program()
        {
            string chosen = Environment.GetEnvironmentVariable("CSMTP_TESTSERVER");
            if (!string.IsNullOrEmpty(chosen)) return chosen;
            string name = "csmtp-testserver" + (Path.DirectorySeparatorChar == '\\' ? ".exe" : "");
            string found = Library.Program(name);
            if (found == null) return name;
            Library.MakeExecutable(found);
            return found;
        }

        // Quotes an argument of the command line. On Windows, csmtp-testserver splits the command line; on
        // other systems, .NET does.
        static string Quoted(string argument)
        {
            bool windows = Path.DirectorySeparatorChar == '\\';
            var b = new StringBuilder("\"");
            int backslashes = 0;
            foreach (char c in argument)
            {
                if (c == '"') b.Append('\\', windows ? backslashes + 1 : 1);
                else if (c == '\\' && !windows) b.Append('\\');
                backslashes = c == '\\' ? backslashes + 1 : 0;
                b.Append(c);
            }
            if (windows) b.Append('\\', backslashes);
            return b.Append('"').ToString();
        }

        void Said(object sender, DataReceivedEventArgs line)
        {
            lock (output)
            {
                if (line.Data != null) output.Append(line.Data).Append('\n');
            }
        }

        Dictionary<string, string> Ready()
        {
            string file = Path.Combine(folder, "ready");
            Stopwatch waited = Stopwatch.StartNew();
            while (!File.Exists(file))
            {
                if (process.HasExited || waited.Elapsed > TimeSpan.FromSeconds(30))
                {
                    End();
                    throw new TestServerException("csmtp-testserver did not start: " + Output.Trim());
                }
                Thread.Sleep(5);
            }
            var said = new Dictionary<string, string>();
            foreach (string line in File.ReadAllLines(file))
            {
                int sign = line.IndexOf('=');
                if (sign > 0) said[line.Substring(0, sign)] = line.Substring(sign + 1);
            }
            return said;
        }

        // Sends an HTTP request over a TCP connection. HttpWebRequest is not used, because it is obsolete in
        // .NET, and the package must depend on no other HTTP client. With HTTP/1.0, the response ends when
        // the server closes the connection.
        internal byte[] Request(string method, string path, string body, double seconds)
        {
            var url = new Uri(Url);
            byte[] content = Encoding.UTF8.GetBytes(body ?? "");
            byte[] head = Encoding.ASCII.GetBytes(method + " " + url.AbsolutePath + "api/" + path + " HTTP/1.0\r\nHost: " + url.Authority +
                "\r\nContent-Type: application/json\r\nContent-Length: " + content.Length + "\r\n\r\n");
            byte[] response;
            try
            {
                using (var client = new TcpClient(url.Host, url.Port))
                using (NetworkStream stream = client.GetStream())
                using (var all = new MemoryStream())
                {
                    client.ReceiveTimeout = client.SendTimeout = (int)((seconds + 30) * 1000);
                    stream.Write(head, 0, head.Length);
                    stream.Write(content, 0, content.Length);
                    stream.CopyTo(all);
                    response = all.ToArray();
                }
            }
            catch (Exception e) when (e is IOException || e is SocketException)
            {
                throw new TestServerException("csmtp-testserver: " + e.Message, e);
            }
            string latin1 = Encoding.GetEncoding("iso-8859-1").GetString(response);
            int end = latin1.IndexOf("\r\n\r\n", StringComparison.Ordinal), status;
            if (end < 0 || !int.TryParse(latin1.Substring(9, 3), NumberStyles.None, CultureInfo.InvariantCulture, out status))
                throw new TestServerException("csmtp-testserver: the response is not HTTP");
            var octets = new byte[response.Length - end - 4];
            Array.Copy(response, end + 4, octets, 0, octets.Length);
            if (status == 408) throw new TimeoutException(Error(Encoding.UTF8.GetString(octets)));
            if (status >= 400) throw new TestServerException(Error(Encoding.UTF8.GetString(octets)));
            return octets;
        }

        static string Error(string text)
        {
            try
            {
                var said = Json.Parse(text) as Dictionary<string, object>;
                object found;
                if (said != null && said.TryGetValue("error", out found)) return (string)found;
                if (said != null && said.ContainsKey("name")) return "the script " + said["name"] + " is still " + said["state"];
            }
            catch (FormatException)
            {
                // If the text is not JSON, return it as it is.
            }
            return text.Trim();
        }

        internal Dictionary<string, object> Ask(string method, string path, string body, double seconds)
        {
            string text = Encoding.UTF8.GetString(Request(method, path, body, seconds));
            return text == "" ? null : (Dictionary<string, object>)Json.Parse(text);
        }

        static string Seconds(double seconds) { return seconds.ToString(CultureInfo.InvariantCulture); }

        IReadOnlyList<ReceivedMail> Mails(string query, double seconds)
        {
            var mails = new List<ReceivedMail>();
            foreach (object said in (List<object>)Ask("GET", "mails" + query, null, seconds)["mails"]) mails.Add(new ReceivedMail(this, (Dictionary<string, object>)said));
            return mails.AsReadOnly();
        }

        /// <summary>Returns the mails received so far, oldest first.</summary>
        public IReadOnlyList<ReceivedMail> Mails() { return Mails("", 30); }

        /// <summary>Waits until 'count' mails have been received since the start or the last Clear, and
        /// returns all mails received since then. Throws TimeoutException if there are fewer after the given
        /// number of seconds.</summary>
        public IReadOnlyList<ReceivedMail> Wait(int count = 1, double seconds = 10)
        {
            return Mails("?wait=" + count + "&timeout=" + Seconds(seconds), seconds);
        }

        /// <summary>Deletes all mails and sessions from the server.</summary>
        public void Clear() { Request("DELETE", "mails", null, 30); }

        /// <summary>Makes the server answer the next clients as a script says. 'script' is the name of a
        /// built-in script, or the text of a script. 'delivery' says in what pieces the server writes its
        /// replies: "whole", "line" or "byte"; if it is "", the script determines this.</summary>
        public void Play(string script, string delivery = "")
        {
            string key = script.IndexOf('\n') >= 0 ? "text" : "name";
            Request("PUT", "script", "{\"delivery\":" + Json.Quote(delivery) + ",\"" + key + "\":" + Json.Quote(script) + "}", 30);
        }

        /// <summary>Ends the script: the server answers as usual again.</summary>
        public void EndScript() { Request("DELETE", "script", null, 30); }

        /// <summary>Waits until the script has been played to its end. Throws ScriptException if the client
        /// did not follow the script or if no script is set, and TimeoutException if the script has not ended
        /// after the given number of seconds.</summary>
        public void Played(double seconds = 10)
        {
            Dictionary<string, object> said = Ask("GET", "script?wait=" + Seconds(seconds), null, seconds);
            if ((string)said["state"] == "played") return;
            if ((string)said["state"] == "none") throw new ScriptException("no script is set");
            object error;
            said.TryGetValue("error", out error);
            throw new ScriptException(string.IsNullOrEmpty((string)error) ? "the state of the script is " + said["state"] : (string)error);
        }

        /// <summary>Waits until the server ends by itself, as with the option --once, and returns its exit
        /// status. Throws TimeoutException if the server has not ended after the given number of
        /// seconds.</summary>
        public int Finish(double seconds = 30)
        {
            if (!process.WaitForExit((int)(seconds * 1000))) throw new TimeoutException("csmtp-testserver is still running");
            process.WaitForExit(); // until all output has been read
            return process.ExitCode;
        }

        /// <summary>Stops the server.</summary>
        public void Dispose()
        {
            End();
            process.Dispose();
        }

        void End()
        {
            try
            {
                process.StandardInput.Close(); // this makes the server end
                if (!process.WaitForExit(10000)) process.Kill();
                process.WaitForExit();
            }
            catch (InvalidOperationException)
            {
                // the object was already disposed
            }
            if (Directory.Exists(folder)) Directory.Delete(folder, true);
        }
    }
}
