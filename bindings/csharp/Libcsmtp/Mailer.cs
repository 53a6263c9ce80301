// SPDX-License-Identifier: MIT
#define TRACE // otherwise, the compiler would omit the calls to TraceSource and Trace
using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;

namespace CSmtp
{
    /// <summary>A Mailer has settings, a message and, while it is connected, a session. Each method calls the
    /// C function with the same name: SetSubject calls CSmtp_SetSubject. Texts are passed as UTF-8, which is
    /// the charset of a new mailer. A call that fails throws CSmtpException.</summary>
    public partial class Mailer : LibraryObject
    {
        const string Reader = "reader ";
        int readers;

        public Mailer() : base(() => Native.New())
        {
            SetCharSet("UTF-8");
        }

        Mailer(Func<UIntPtr> clone) : base(clone) { }

        /// <summary>Returns a mailer with the same settings and message, but without the session and the
        /// callbacks. A mailer with attachments that are read from a stream cannot be cloned.</summary>
        public Mailer Clone()
        {
            if (Handle.Kept<Callback>().Exists(c => c.Reads))
                throw new InvalidOperationException("the mailer has an attachment that is read from a stream: attach it to the clone instead");
            return Get(h => new Mailer(() => Native.Clone(h)));
        }

        // ---- The message

        /// <summary>Clears everything that csmtp_c.h marks [message]: recipients, bodies, attachments, header
        /// fields and Message-ID, but not the subject, the sender or the settings.</summary>
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

        /// <summary>Attaches a file. The default of 'name' is the name of the file. By default, 'contentType'
        /// is derived from 'name'.</summary>
        public void Attach(string path, string name = null, string contentType = null)
        {
            AddAttachmentAs(path, name ?? "", contentType ?? "");
        }

        /// <summary>Attaches a copy of octets. By default, 'contentType' is derived from 'name'.</summary>
        public void Attach(byte[] data, string name, string contentType = null)
        {
            AddAttachmentData(name, contentType, data);
        }

        /// <summary>Attaches the content of a stream from its current position. A stream that can seek is
        /// read when the mail is sent, and must stay open until then. The content of a stream that cannot
        /// seek is copied at once. By default, 'contentType' is derived from 'name'.</summary>
        public void Attach(Stream stream, string name, string contentType = null)
        {
            if (stream == null) throw new ArgumentNullException(nameof(stream));
            var reading = new StreamReading.OfStream(stream);
            AddReader(name, contentType, reading.Size, reading);
        }

        /// <summary>Attaches the content of a stream that the function 'open' returns. The function is called
        /// when the mail is sent, and again if the content must be read again. Each stream is disposed when
        /// it has been read. 'size' is the number of octets, or -1 if it is not known.</summary>
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

        // Returns 'data', or an array of one octet if 'data' is empty: some runtimes would pass an empty
        // array as NULL, and others as a pointer.
        static byte[] Pointer(byte[] data) { return data.Length > 0 ? data : new byte[1]; }

        public void SetDate(DateTimeOffset date) { SetDate(date.ToUnixTimeSeconds()); }

        public void SetHoldUntil(DateTimeOffset time) { SetHoldUntil(time.ToUnixTimeSeconds()); }

        /// <summary>Returns the octets of the message that Send would send, before dot-stuffing.</summary>
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

        /// <summary>Sets the function that provides an access token at each login. The argument of the
        /// function is true if the server refused the previous token. The function returns null if there is no
        /// token. If the argument of SetTokenCallback is null, the function is removed.</summary>
        public void SetTokenCallback(Func<bool, string> function)
        {
            SetCallback("token", function, (h, user) => Native.SetTokenCallback(h, user == IntPtr.Zero ? null : Callback.Token, user));
        }

        /// <summary>Sets the function that is called with the progress of a send. The arguments of the
        /// function are the number of octets of the message that have been sent, and the total number, which
        /// is -1 if it is not known. If the function returns true, the send is canceled. null removes the
        /// function.</summary>
        public void SetProgressCallback(Func<long, long, bool> function)
        {
            SetCallback("progress", function, (h, user) => Native.SetProgressCallback(h, user == IntPtr.Zero ? null : Callback.Progress, user));
        }

        /// <summary>Sets the function that receives each line of the dialogue, with secrets masked. null
        /// removes the function.</summary>
        public void SetLogCallback(Action<LogDirection, string> function)
        {
            SetCallback("log", function, (h, user) => Native.SetLogCallback(h, user == IntPtr.Zero ? null : Callback.Log, user));
        }

        /// <summary>Logs the dialogue with a TraceSource, with secrets masked. Lines that were sent begin with
        /// "C: ", and lines of the server with "S: ". The event id of each line is its LogDirection. null
        /// stops the logging. SetTraceSource and SetLogCallback replace each other: only the one that was
        /// called last has an effect.</summary>
        public void SetTraceSource(TraceSource source) { SetTraceSource(source, TraceEventType.Verbose); }

        /// <summary>Does the same as SetTraceSource(source), but with the given type of event instead of
        /// Verbose.</summary>
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

        /// <summary>Sets the function that is called with each event of connections and mails, for example to
        /// collect statistics: see docs/events.md. null removes the function.</summary>
        public void SetEventCallback(Action<Event> function)
        {
            SetCallback("event", function, (h, user) => Native.SetEventCallback(h, user == IntPtr.Zero ? null : Callback.Event, user));
        }

        internal override void Receive(Exception exception)
        {
            Sending now = sending;
            if (now != null) now.Raise(exception);
            // The exception cannot be thrown, because no call is in progress.
            else Trace.TraceError("CSmtp: a callback has thrown an exception: " + exception);
        }

        internal IReadOnlyList<Callback> Callbacks { get { return Handle.Kept<Callback>(); } }
    }
}
