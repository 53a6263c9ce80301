// SPDX-License-Identifier: MIT
#define TRACE // otherwise, the compiler would omit the calls to Trace
using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Diagnostics;
using System.Threading;
using System.Threading.Tasks;

namespace CSmtp
{
    /// <summary>How an attempt to send a mail ended. The pool passes this object to the function 'end' of the
    /// journal.</summary>
    public sealed class JournalEnd
    {
        internal JournalEnd(string id, uint relay, Outcome outcome, string queueId, string reply)
        {
            Id = id;
            Relay = relay;
            Outcome = outcome;
            QueueId = queueId;
            Reply = reply;
        }

        /// <summary>The id that was passed to Submit, or else the Message-ID.</summary>
        public string Id { get; }
        public uint Relay { get; }
        public Outcome Outcome { get; }
        public string QueueId { get; }
        public string Reply { get; }
    }

    /// <summary>A mail in the queue of a pool.</summary>
    public sealed class PoolMail
    {
        internal PoolMail(Task<SendResult> completion)
        {
            Completion = completion;
        }

        /// <summary>A task that completes when a server has accepted the mail. If the mail is not
        /// accepted, the task fails with CSmtpException. The task is canceled if the token of Submit was
        /// canceled and nothing can have been delivered.</summary>
        public Task<SendResult> Completion { get; }
    }

    sealed class Journal
    {
        internal Func<string, uint, string, bool> Begin;
        internal Func<JournalEnd, bool> End;
    }

    /// <summary>Sends many mails over several relays: see docs/pool.md. Several threads can use a pool at the
    /// same time. SetCallbacksInWait determines where callbacks run. If a callback throws an exception, the
    /// other mails are sent nevertheless, and the next Wait or Drain, after it has waited, throws an
    /// AggregateException that contains the exception. A journal function that throws counts as one that
    /// returns false; a reconcile function that throws counts as one that returns Unknown.</summary>
    public partial class Pool : LibraryObject
    {
        /// <summary>Passed as a number of milliseconds, this value means that there is no limit.</summary>
        public const uint Forever = uint.MaxValue;

        readonly List<Exception> raised = new List<Exception>();
        readonly object adding = new object();
        uint relays;
        int pending; // the number of submitted mails whose outcome is not yet known
        Thread pump; // with Mono, runs the callbacks
        volatile bool callbacksInWait;

        public Pool() : base(() => Native.PoolNew())
        {
            if (Library.OnlyOwnThreads) Do(h => Native.PoolSetCallbacksInWait(h, 1));
        }

        /// <summary>Sets where callbacks run, except the log and token callbacks of relays. With true, they run
        /// inside Wait, Drain, Send and Dispose, and inside Submit while it waits; the program must then call
        /// Wait often. With false (the default), they run on threads of the library; with Mono, they run on a
        /// thread that the pool starts. Throws CSmtpException (Busy) if the pool has mails.</summary>
        public void SetCallbacksInWait(bool inWait)
        {
            Do(h => Native.PoolSetCallbacksInWait(h, inWait || Library.OnlyOwnThreads ? 1 : 0));
            callbacksInWait = inWait;
        }

        /// <summary>Adds a relay with the settings of a mailer, and returns the number of the relay. The pool
        /// calls the current log and token callbacks of the mailer on threads of the library, even if the
        /// mailer is changed or disposed afterwards. With Mono, AddRelay throws PlatformNotSupportedException
        /// if the mailer has such a callback.</summary>
        public uint AddRelay(Mailer relay, string name = null)
        {
            if (relay == null) throw new ArgumentNullException(nameof(relay));
            byte[] n = Text.OfOptional(name, nameof(name));
            IReadOnlyList<Callback> callbacks = relay.Callbacks;
            if (Library.OnlyOwnThreads && relay.Handle.Has("log", "token"))
                throw new PlatformNotSupportedException("with Mono, a relay cannot have a log or token callback, which would run on threads of the library: use SetLogFile, or the OAuth 2.0 functions of Mailer");
            foreach (Callback callback in callbacks) callback.AddPool(this);
            lock (adding)
            {
                Do(h => relay.Get(r => Native.PoolAddRelay(h, r, n)));
                Handle.Keep("relay " + relays, callbacks);
                return relays++;
            }
        }

        /// <summary>Sets the journal, two functions that record each attempt to send a mail. The function
        /// 'begin' is called as begin(id, relay, messageId) before the first octet of a mail is sent to a
        /// relay; if it returns false, the mail is not sent. The function 'end' is called once at the end of
        /// each attempt for which 'begin' returned true; it returns false if it could not record the end.
        /// Either of them can be null.</summary>
        public void SetJournal(Func<string, uint, string, bool> begin, Func<JournalEnd, bool> end)
        {
            SetCallback("journal", begin == null && end == null ? null : new Journal { Begin = begin, End = end },
                (h, user) => Native.PoolSetJournal(h, begin == null ? null : Callback.Sending, end == null ? null : Callback.Ended, user));
        }

        /// <summary>Sets the function that finds out whether a mail in doubt was delivered. It is called as
        /// function(id, relay, messageId). null removes the function.</summary>
        public void SetReconcile(Func<string, uint, string, Reconciliation> function)
        {
            SetCallback("reconcile", function, (h, user) => Native.PoolSetReconcile(h, user == IntPtr.Zero ? null : Callback.Reconcile, user));
        }

        /// <summary>Sets the function that is called with each event of the connections and mails of all
        /// relays, for example to collect statistics: see docs/events.md. null removes the function.</summary>
        public void SetEventCallback(Action<Event> function)
        {
            SetCallback("event", function, (h, user) => Native.SetEventCallback(h, user == IntPtr.Zero ? null : Callback.Event, user));
        }

        /// <summary>Sends a mail and waits for the outcome. Throws CSmtpException if the mail was not
        /// accepted. Send does not throw the exceptions of the pool's callbacks; Wait and Drain do.</summary>
        public SendResult Send(Mailer mail)
        {
            if (mail == null) throw new ArgumentNullException(nameof(mail));
            return Mailer.Send(mail, m => Get(h =>
            {
                int number = Native.PoolSend(h, m);
                if (number != 0 && Native.GetLastError(m) != number) throw new CSmtpException(Result(h, number));
                return number;
            }));
        }

        /// <summary>Sends a copy of a mail as Submit does. While the queue is full, a thread of .NET's thread
        /// pool waits. The task completes when a server has accepted the mail. If the mail is not accepted,
        /// the task fails with CSmtpException. The mail must not be changed before the task has ended.</summary>
        public async Task<SendResult> SendAsync(Mailer mail, string id = null, CancellationToken token = default(CancellationToken))
        {
            PoolMail submitted = await Task.Run(() => Submit(mail, id, token), token).ConfigureAwait(false);
            return await submitted.Completion.ConfigureAwait(false);
        }

        /// <summary>Puts a copy of a mail in the queue, and waits while the queue is full. The mail can be
        /// changed afterwards. The property Completion of the result is a task for the outcome. If the token
        /// is canceled, the mail is canceled. 'id' identifies the mail in the journal; by default, it is the
        /// Message-ID.</summary>
        public PoolMail Submit(Mailer mail, string id = null, CancellationToken token = default(CancellationToken))
        {
            token.ThrowIfCancellationRequested();
            var source = new TaskCompletionSource<SendResult>(TaskCreationOptions.RunContinuationsAsynchronously);
            UIntPtr copied = UIntPtr.Zero;
            while (!Submit(mail, id, 100, result => End(source, result, token), out copied)) token.ThrowIfCancellationRequested();
            if (token.CanBeCanceled)
            {
                CancellationTokenRegistration registration = token.Register(() => Native.Cancel(copied));
                source.Task.ContinueWith(t => registration.Dispose(), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            }
            return new PoolMail(source.Task);
        }

        static void End(TaskCompletionSource<SendResult> source, SendResult result, CancellationToken token)
        {
            if (result.Number == ErrorNumber.NoError) source.TrySetResult(result);
            else if (result.Number == ErrorNumber.Canceled && result.Outcome == Outcome.NotSent && token.IsCancellationRequested) source.TrySetCanceled(token);
            else source.TrySetException(new CSmtpException(result));
        }

        /// <summary>Puts a copy of a mail in the queue. When the outcome of the mail is known, the function
        /// 'done' is called with the result; 'done' can be null. If the queue is full, TrySubmit waits for at
        /// most the given time, and returns false if the queue is still full.</summary>
        public bool TrySubmit(Mailer mail, Action<SendResult> done, string id = null, uint milliseconds = 0)
        {
            UIntPtr copied;
            return Submit(mail, id, milliseconds, done, out copied);
        }

        bool Submit(Mailer mail, string id, uint milliseconds, Action<SendResult> done, out UIntPtr copied)
        {
            if (mail == null) throw new ArgumentNullException(nameof(mail));
            byte[] i = Text.OfOptional(id, nameof(id));
            var frame = new Frame(mail);
            var copy = UIntPtr.Zero;
            SendResult failed = mail.Call(frame, m => Get(h =>
            {
                int number = Submitted.Start(this, done, user => Native.PoolSubmit(h, m, i, milliseconds, Submitted.Done, user, out copy));
                return number == 0 ? null : Result(h, number);
            }));
            copied = copy;
            if (failed == null) return true;
            frame.Rethrow(); // if an attachment's stream has thrown an exception
            if (failed.Number == ErrorNumber.Busy) return false;
            throw new CSmtpException(failed);
        }

        /// <summary>Waits until no mails are pending and their callbacks have returned, but at most for the
        /// given time. Returns false if some mails are still pending. If callbacks have thrown exceptions
        /// since the last Wait or Drain, throws an AggregateException after waiting.</summary>
        public bool Wait(uint milliseconds = Forever)
        {
            return Waited(Native.PoolWait.Invoke, milliseconds);
        }

        /// <summary>Makes the pool refuse further mails, and waits as Wait does.</summary>
        public bool Drain(uint milliseconds = Forever)
        {
            return Waited(Native.PoolDrain.Invoke, milliseconds);
        }

        bool Waited(Func<UIntPtr, uint, int> wait, uint milliseconds)
        {
            bool ended = Ended(wait, milliseconds);
            ThrowRaised();
            return ended;
        }

        // Waits for at most the given time. Reports whether no mails are pending any more.
        bool Ended(Func<UIntPtr, uint, int> wait, uint milliseconds)
        {
            Stopwatch waited = Stopwatch.StartNew();
            SendResult failed;
            do
            {
                long left = milliseconds == Forever ? uint.MaxValue : Math.Max(milliseconds - waited.ElapsedMilliseconds, 0);
                // With Mono, wait in short intervals, because Mono's garbage collector cannot run during a call
                // to the library.
                uint piece = Library.OnlyOwnThreads ? (uint)Math.Min(left, 20) : (uint)left;
                failed = Get(h =>
                {
                    int number = wait(h, piece);
                    return number == 0 ? null : Result(h, number);
                });
            } while (failed != null && failed.Number == ErrorNumber.Busy && (milliseconds == Forever || waited.ElapsedMilliseconds < milliseconds));
            if (failed != null && failed.Number != ErrorNumber.Busy) throw new CSmtpException(failed);
            return failed == null;
        }

        Exception[] TakeRaised()
        {
            lock (raised)
            {
                Exception[] taken = raised.ToArray();
                raised.Clear();
                return taken;
            }
        }

        void ThrowRaised()
        {
            Exception[] found = TakeRaised();
            if (found.Length > 0) throw new AggregateException("callbacks of the pool have thrown exceptions", found);
        }

        /// <summary>Waits until no mails are pending. If callbacks have thrown exceptions, the task then fails
        /// with an AggregateException.</summary>
        public Task WaitAsync(CancellationToken token = default(CancellationToken)) { return Repeat(Native.PoolWait.Invoke, token); }

        /// <summary>Makes the pool refuse further mails, and waits as WaitAsync does.</summary>
        public Task DrainAsync(CancellationToken token = default(CancellationToken)) { return Repeat(Native.PoolDrain.Invoke, token); }

        Task Repeat(Func<UIntPtr, uint, int> wait, CancellationToken token)
        {
            return Task.Run(() =>
            {
                while (!Ended(wait, 100)) token.ThrowIfCancellationRequested();
                ThrowRaised();
            }, token);
        }

        internal void Began()
        {
            lock (raised)
            {
                pending++;
                if (!Library.OnlyOwnThreads || callbacksInWait || pump != null) return;
                pump = new Thread(Pump) { IsBackground = true, Name = "callbacks of a pool" };
                pump.Start();
            }
        }

        internal void HasEnded()
        {
            lock (raised) pending--;
        }

        void Pump()
        {
            while (true)
            {
                lock (raised)
                {
                    if (pending == 0 || IsDisposed)
                    {
                        pump = null;
                        return;
                    }
                }
                try
                {
                    Get(h => Native.PoolWait(h, 10));
                }
                catch (ObjectDisposedException)
                {
                    // The next check of IsDisposed ends the loop.
                }
                Thread.Sleep(1); // here, Mono can suspend the thread; in PoolWait, it cannot
            }
        }

        internal override void Receive(Exception exception)
        {
            lock (raised) raised.Add(exception);
            if (IsDisposed) Disposed();
        }

        internal override void Disposed()
        {
            foreach (Exception exception in TakeRaised()) Trace.TraceError("CSmtp: a callback of a pool has thrown an exception: " + exception);
        }
    }

    /// <summary>A mail in the queue of a pool. This object keeps the pool alive until the outcome of the mail
    /// is known.</summary>
    sealed class Submitted
    {
        static readonly ConcurrentDictionary<int, Submitted> all = new ConcurrentDictionary<int, Submitted>();
        internal static readonly Native.DoneFunction Done = OnDone;
        static int last;

        readonly Pool pool;
        readonly Action<SendResult> done;

        Submitted(Pool pool, Action<SendResult> done)
        {
            this.pool = pool;
            this.done = done;
        }

        internal static int Start(Pool pool, Action<SendResult> done, Func<IntPtr, int> submit)
        {
            var submitted = new Submitted(pool, done);
            int key;
            do key = Interlocked.Increment(ref last);
            while (!all.TryAdd(key, submitted));
            pool.Began();
            int number = submit((IntPtr)key);
            if (number != 0)
            {
                pool.HasEnded();
                all.TryRemove(key, out submitted);
            }
            return number;
        }

        static void OnDone(IntPtr user, UIntPtr handle, int number)
        {
            Submitted submitted;
            if (!all.TryRemove(user.ToInt32(), out submitted)) return;
            submitted.pool.HasEnded();
            if (submitted.done == null) return;
            Callback.Guard(submitted.pool.Handle, 0, () =>
            {
                submitted.done(LibraryObject.Result(handle, number));
                return 0;
            }, submitted.pool.Receive);
        }
    }
}
