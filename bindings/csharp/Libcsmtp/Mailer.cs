// SPDX-License-Identifier: MIT
#define TRACE // without which the compiler leaves out the calls of TraceSource and Trace
using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;

namespace CSmtp
{
    /// <summary>Settings, a message, and a session while connected. Each method calls the C function of its name:
    /// SetSubject calls CSmtp_SetSubject. Texts are passed as UTF-8, which is the charset of a new mailer. A call that
    /// fails throws CSmtpException.</summary>
    public partial class Mailer : LibraryObject
    {
        const string Reader = "reader ";
        int readers;

        public Mailer() : base(() => Native.New())
        {
            SetCharSet("UTF-8");
        }

        Mailer(Func<UIntPtr> clone) : base(clone) { }

        /// <summary>Returns a copy with the same settings and message, without the session and the callbacks. A mailer
        /// with attachments that are read from a stream cannot be cloned.</summary>
        public Mailer Clone()
        {
            if (Handle.Kept<Callback>().Exists(c => c.Reads))
                throw new InvalidOperationException("the mailer has an attachment that is read from a stream: attach it to the clone instead");
            return Get(h => new Mailer(() => Native.Clone(h)));
        }

        // ---- The message

        /// <summary>Clears the message: what the functions with the mark [message] in csmtp_c.h have stored.</summary>
        public void ClearMessage()
        {
            Do(h => Native.ClearMessage(h));
            Handle.Forget(name => name.StartsWith(Reader, StringComparison.Ordinal));
        }

        public void DelAttachments()
        {
            Do(h => Native.DelAttachments(h));
            Handle.Forget(name => name.StartsWith(Reader, StringComparison.Ordinal));
        }

        /// <summary>Attaches a file. The default of name is that of the file, and contentType is derived from
        /// name.</summary>
        public void Attach(string path, string name = null, string contentType = null)
        {
            AddAttachmentAs(path, name ?? "", contentType ?? "");
        }

        /// <summary>Attaches octets, which are copied. contentType is derived from name by default.</summary>
        public void Attach(byte[] data, string name, string contentType = null)
        {
            AddAttachmentData(name, contentType, data);
        }

        /// <summary>Attaches what follows the position of a stream. A stream that can seek is read when the mail is
        /// sent, and must stay open until then; the content of another one is copied at once. contentType is derived
        /// from name by default.</summary>
        public void Attach(Stream stream, string name, string contentType = null)
        {
            if (stream == null) throw new ArgumentNullException(nameof(stream));
            var reading = new StreamReading.OfStream(stream);
            AddReader(name, contentType, reading.Size, reading);
        }

        /// <summary>Attaches the content of a stream that the function opens, when the mail is sent, and perhaps more
        /// than once. Each stream is disposed. size is -1 if it is not known.</summary>
        public void AddAttachmentReader(string name, string contentType, long size, Func<Stream> open)
        {
            if (open == null) throw new ArgumentNullException(nameof(open));
            AddReader(name, contentType, size, new StreamReading.OfFunction(open));
        }

        void AddReader(string name, string contentType, long size, StreamReading reading)
        {
            byte[] n = Text.Of(name, nameof(name)), type = Text.OfOptional(contentType, nameof(contentType));
            var callback = new Callback(this, reading);
            Set(Reader + ++readers, callback, h => Native.AddAttachmentReader(h, n, type, size, Callback.Read, callback.User));
        }

        public void AddAttachmentData(string name, string contentType, byte[] data)
        {
            if (data == null) throw new ArgumentNullException(nameof(data));
            byte[] n = Text.Of(name, nameof(name)), type = Text.OfOptional(contentType, nameof(contentType));
            Do(h => Native.AddAttachmentData(h, n, type, Pointer(data), (UIntPtr)data.LongLength));
        }

        /// <summary>Adds an image that the HTML body shows with &lt;img src="cid:CONTENT_ID"&gt; (RFC 2392).</summary>
        public void AddInlineImageData(string contentId, string name, string contentType, byte[] data)
        {
            if (data == null) throw new ArgumentNullException(nameof(data));
            byte[] id = Text.Of(contentId, nameof(contentId)), n = Text.Of(name, nameof(name)), type = Text.OfOptional(contentType, nameof(contentType));
            Do(h => Native.AddInlineImageData(h, id, n, type, Pointer(data), (UIntPtr)data.LongLength));
        }

        // An empty array is not passed as NULL on all runtimes, and not as a pointer on all others.
        static byte[] Pointer(byte[] data) { return data.Length > 0 ? data : new byte[1]; }

        public void SetDate(DateTimeOffset date) { SetDate(date.ToUnixTimeSeconds()); }

        public void SetHoldUntil(DateTimeOffset time) { SetHoldUntil(time.ToUnixTimeSeconds()); }

        /// <summary>Returns the octets that Send would send, before dot-stuffing.</summary>
        public byte[] RenderMessage()
        {
            byte[] octets = null;
            Do(h =>
            {
                IntPtr data;
                UIntPtr size;
                int number = Native.RenderMessage(h, out data, out size);
                if (number == 0) octets = Text.Octets(data, checked((int)size.ToUInt64()));
                return number;
            });
            return octets;
        }

        // ---- Callbacks

        /// <summary>Sets the function that is asked for an access token at each login. Its argument is true if the
        /// server has refused the last token. It returns null if there is none. null removes it.</summary>
        public void SetTokenCallback(Func<bool, string> function)
        {
            SetCallback("token", function, (h, user) => Native.SetTokenCallback(h, user == IntPtr.Zero ? null : Callback.Token, user));
        }

        /// <summary>Sets the function that is told how many octets of the message have been sent, and how many there are
        /// (-1 if that is not known). If it returns false, the send is canceled. null removes it.</summary>
        public void SetProgressCallback(Func<long, long, bool> function)
        {
            SetCallback("progress", function, (h, user) => Native.SetProgressCallback(h, user == IntPtr.Zero ? null : Callback.Progress, user));
        }

        /// <summary>Sets the function that receives each line of the dialogue, with secrets masked. null removes
        /// it.</summary>
        public void SetLogCallback(Action<LogDirection, string> function)
        {
            SetCallback("log", function, (h, user) => Native.SetLogCallback(h, user == IntPtr.Zero ? null : Callback.Log, user));
        }

        /// <summary>Logs the dialogue with a TraceSource, with secrets masked: "C: " begins what was sent, and "S: " the
        /// lines of the server. The id of each line is its LogDirection. null ends this. The last call of
        /// SetTraceSource or SetLogCallback applies.</summary>
        public void SetTraceSource(TraceSource source) { SetTraceSource(source, TraceEventType.Verbose); }

        /// <summary>Does the same with another type of event than Verbose.</summary>
        public void SetTraceSource(TraceSource source, TraceEventType type)
        {
            if (source == null)
            {
                SetLogCallback(null);
                return;
            }
            SetLogCallback((direction, line) =>
            {
                string mark = direction == LogDirection.Client ? "C: " : direction == LogDirection.Server ? "S: " : "";
                source.TraceEvent(type, (int)direction, "{0}", mark + line);
            });
        }

        /// <summary>Sets the function that is told about connections and mails, for statistics: see docs/events.md. null
        /// removes it.</summary>
        public void SetEventCallback(Action<Event> function)
        {
            SetCallback("event", function, (h, user) => Native.SetEventCallback(h, user == IntPtr.Zero ? null : Callback.Event, user));
        }

        internal override void Receive(Exception exception)
        {
            Sending now = sending;
            if (now != null) now.Raise(exception);
            // No call can throw it.
            else Trace.TraceError("CSmtp: a callback has thrown an exception: " + exception);
        }

        internal IReadOnlyList<Callback> Callbacks { get { return Handle.Kept<Callback>(); } }
    }
}
