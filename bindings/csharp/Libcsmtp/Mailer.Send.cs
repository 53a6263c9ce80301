// SPDX-License-Identifier: MIT
using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;

namespace CSmtp
{
    public partial class Mailer
    {
        volatile Sending sending; // the send that SendAsync has started; null if none is in progress
        int sendsInThread;

        internal bool IsSending { get { return sending != null; } }

        /// <summary>Connects and, if 'authenticate' is true, logs in. If 'login' or 'password' is "", the value
        /// that was set before is used.</summary>
        public void ConnectRemoteServer(string server, ushort port, SecurityType securityType = SecurityType.DoNotSet, bool authenticate = true, string login = "", string password = "")
        {
            byte[] s = Text.Of(server, nameof(server)), l = Text.Of(login, nameof(login)), p = Text.Of(password, nameof(password));
            Do(h => Native.ConnectRemoteServer(h, s, port, (int)securityType, authenticate ? 1 : 0, l, p));
        }

        /// <summary>Sends the mail over the open session, or over a new one if none is open. Throws
        /// CSmtpException if the mail was not accepted.</summary>
        public SendResult Send()
        {
            return Send(this, h => Native.Send(h));
        }

        /// <summary>Sends a complete message (RFC 5322). If 'from' is null or "", the reverse-path is the
        /// address in the field Sender or From. If 'from' is "&lt;&gt;", the reverse-path is the null
        /// reverse-path. 'recipients' is a list of addresses, separated by commas; if it is null, the
        /// addresses in To, Cc and Bcc are used. The field Bcc is not sent.</summary>
        public SendResult SendRaw(byte[] data, string from = null, string recipients = null)
        {
            if (data == null) throw new ArgumentNullException(nameof(data));
            byte[] f = Text.OfOptional(from, nameof(from)), r = Text.OfOptional(recipients, nameof(recipients));
            return Send(this, h => Native.SendRaw(h, Pointer(data), (UIntPtr)data.LongLength, f, r));
        }

        /// <summary>Sends a complete message from a file, as SendRaw does.</summary>
        public SendResult SendRawFile(string path, string from = null, string recipients = null)
        {
            byte[] p = Text.Of(path, nameof(path)), f = Text.OfOptional(from, nameof(from)), r = Text.OfOptional(recipients, nameof(recipients));
            return Send(this, h => Native.SendRawFile(h, p, f, r));
        }

        // Makes a call that sends a mail, and returns the result of the mail. If no callback throws an
        // exception, a failed call throws a CSmtpException. If a callback throws an exception and the outcome
        // is NotSent, Send rethrows that exception. For any other outcome, Send throws a CSmtpException that
        // has the outcome, and the callback's exception as its InnerException.
        internal static SendResult Send(Mailer mail, Func<UIntPtr, int> call)
        {
            var frame = new Frame(mail);
            SendResult result = mail.Call(frame, h => Result(h, call(h)));
            return Judge(result, frame.Raised, frame.Rethrow);
        }

        internal static SendResult Judge(SendResult result, Exception raised, Action rethrow)
        {
            if (raised != null && result.Outcome == Outcome.NotSent) rethrow();
            if (raised != null) throw new CSmtpException(result, raised);
            if (result.Number != ErrorNumber.NoError) throw new CSmtpException(result);
            return result;
        }

        /// <summary>Sends the given mails over the session of this mailer. This mailer itself must not be one
        /// of the mails. Returns the result of each mail. Throws CSmtpException only if nothing was sent
        /// because the library refused the whole call. If a callback throws an exception, the batch is
        /// canceled, and SendBatch throws an AggregateException that contains the callback's exception.
        /// GetOutcome of each mail then says whether the mail was delivered.</summary>
        public IReadOnlyList<SendResult> SendBatch(IReadOnlyList<Mailer> mails)
        {
            if (mails == null) throw new ArgumentNullException(nameof(mails));
            var handles = new UIntPtr[mails.Count];
            for (int i = 0; i < handles.Length; i++)
            {
                if (mails[i] == null) throw new ArgumentException("a mail is null", nameof(mails));
                if (mails[i].IsDisposed) throw new ObjectDisposedException(nameof(Mailer));
                handles[i] = mails[i].Handle.Value;
            }
            var numbers = new int[handles.Length];
            for (int i = 0; i < numbers.Length; i++) numbers[i] = -1;
            var results = new SendResult[handles.Length];
            var frame = new Frame(null, this);
            SendResult failed = Call(frame, h =>
            {
                int number = Native.SendBatch(h, handles, (UIntPtr)(uint)handles.Length, numbers);
                if (number != 0 && Array.TrueForAll(numbers, n => n == -1 || n == number) && !Began(number)) return Result(h, number);
                for (int i = 0; i < results.Length; i++) results[i] = Result(handles[i], numbers[i]);
                return null;
            });
            GC.KeepAlive(mails);
            if (frame.Raised != null) throw new AggregateException(frame.Raised);
            if (failed != null) throw new CSmtpException(failed);
            return results;
        }

        static bool Began(int number)
        {
            return number != (int)ErrorNumber.BadHandle && number != (int)ErrorNumber.BadArgument && number != (int)ErrorNumber.Busy && number != (int)ErrorNumber.Forked;
        }

        /// <summary>Sends the mail on a thread of the library; with Mono, on a thread of .NET's thread pool.
        /// Callbacks run on such threads, too. The task completes when a server has accepted the mail. If the
        /// mail is not accepted, the task fails with CSmtpException. If the token is canceled, the send is
        /// canceled; if nothing can have been delivered, the task is then canceled, too. If a callback throws an
        /// exception, the send is canceled.</summary>
        public Task<SendResult> SendAsync(CancellationToken token = default(CancellationToken))
        {
            if (token.IsCancellationRequested) return Task.FromCanceled<SendResult>(token);
            if (Library.OnlyOwnThreads) return SendInThread(token);
            var started = new Sending(this, token);
            Sending before = sending;
            if (before == null) sending = started;
            try
            {
                Do(h => started.Start(h));
            }
            catch (Exception e)
            {
                if (sending == started) sending = before;
                return Task.FromException<SendResult>(e);
            }
            sending = started;
            started.Follow();
            return started.Task;
        }

        async Task<SendResult> SendInThread(CancellationToken token)
        {
            if (Interlocked.Exchange(ref sendsInThread, 1) != 0) throw new CSmtpException(Result(UIntPtr.Zero, (int)ErrorNumber.Busy));
            try
            {
                return await InThread(this, Send, token).ConfigureAwait(false);
            }
            finally
            {
                Volatile.Write(ref sendsInThread, 0);
            }
        }

        internal void Ended(Sending which)
        {
            if (sending == which) sending = null;
        }

        /// <summary>Does the same as ConnectRemoteServer, on a thread of .NET's thread pool.</summary>
        public Task ConnectRemoteServerAsync(string server, ushort port, SecurityType securityType = SecurityType.DoNotSet, bool authenticate = true, string login = "", string password = "", CancellationToken token = default(CancellationToken))
        {
            return InThread(this, () => { ConnectRemoteServer(server, port, securityType, authenticate, login, password); return 0; }, token);
        }

        public Task DisconnectRemoteServerAsync(CancellationToken token = default(CancellationToken))
        {
            return InThread(this, () => { DisconnectRemoteServer(); return 0; }, token);
        }

        public Task KeepAliveAsync(CancellationToken token = default(CancellationToken))
        {
            return InThread(this, () => { KeepAlive(); return 0; }, token);
        }

        public Task CheckTokenAsync(CancellationToken token = default(CancellationToken))
        {
            return InThread(this, () => { CheckToken(); return 0; }, token);
        }

        public Task<SendResult> SendRawAsync(byte[] data, string from = null, string recipients = null, CancellationToken token = default(CancellationToken))
        {
            return InThread(this, () => SendRaw(data, from, recipients), token);
        }

        public Task<SendResult> SendRawFileAsync(string path, string from = null, string recipients = null, CancellationToken token = default(CancellationToken))
        {
            return InThread(this, () => SendRawFile(path, from, recipients), token);
        }

        /// <summary>Does the same as SendBatch, on a thread of .NET's thread pool. If the token is canceled
        /// during the batch, the results still say which mails were sent.</summary>
        public Task<IReadOnlyList<SendResult>> SendBatchAsync(IReadOnlyList<Mailer> mails, CancellationToken token = default(CancellationToken))
        {
            return InThread(this, () => SendBatch(mails), token);
        }
    }

    /// <summary>A send that SendAsync has started. It keeps the mailer alive until the send has
    /// ended.</summary>
    sealed class Sending
    {
        static readonly ConcurrentDictionary<int, Sending> all = new ConcurrentDictionary<int, Sending>();
        static readonly Native.DoneFunction done = OnDone;
        static int last;

        readonly TaskCompletionSource<SendResult> source = new TaskCompletionSource<SendResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        readonly Mailer mailer;
        readonly CancellationToken token;
        readonly object ending = new object();
        CancellationTokenRegistration registration;
        bool ended;
        Exception raised;

        internal Sending(Mailer mailer, CancellationToken token)
        {
            this.mailer = mailer;
            this.token = token;
        }

        internal Task<SendResult> Task { get { return source.Task; } }

        internal int Start(UIntPtr handle)
        {
            int key;
            do key = Interlocked.Increment(ref last);
            while (!all.TryAdd(key, this));
            int number = Native.SendAsync(handle, done, (IntPtr)key);
            if (number != 0)
            {
                Sending removed;
                all.TryRemove(key, out removed);
            }
            return number;
        }

        /// <summary>Cancels the send when the token is canceled.</summary>
        internal void Follow()
        {
            if (!token.CanBeCanceled) return;
            CancellationTokenRegistration made = token.Register(() => Native.Cancel(mailer.Handle.Value));
            lock (ending)
            {
                if (!ended)
                {
                    registration = made;
                    return;
                }
            }
            made.Dispose();
        }

        internal void Raise(Exception exception)
        {
            Interlocked.CompareExchange(ref raised, exception, null);
            Native.Cancel(mailer.Handle.Value);
        }

        static void OnDone(IntPtr user, UIntPtr handle, int number)
        {
            Sending sending;
            if (!all.TryRemove(user.ToInt32(), out sending)) return;
            Callback.Guard(sending.mailer.Handle, 0, () =>
            {
                SendResult result = LibraryObject.Result(handle, number);
                ThreadPool.QueueUserWorkItem(state => sending.End(handle, result));
                return 0;
            }, e => sending.source.TrySetException(e));
        }

        void End(UIntPtr handle, SendResult result)
        {
            // The library refuses further calls until the done callback has returned, so wait for that.
            while (Native.Wait(handle, 1000) == (int)ErrorNumber.Busy) Thread.Sleep(1);
            mailer.Ended(this);
            CancellationTokenRegistration made;
            lock (ending)
            {
                ended = true;
                made = registration;
            }
            made.Dispose();
            bool canceled = result.Number == ErrorNumber.Canceled && token.IsCancellationRequested && result.Outcome == Outcome.NotSent && raised == null;
            if (canceled)
            {
                source.TrySetCanceled(token);
                return;
            }
            try
            {
                source.TrySetResult(Mailer.Judge(result, raised, () => System.Runtime.ExceptionServices.ExceptionDispatchInfo.Capture(raised).Throw()));
            }
            catch (Exception e)
            {
                source.TrySetException(e);
            }
        }
    }
}
