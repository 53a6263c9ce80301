// SPDX-License-Identifier: MIT
using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using System.Threading;

namespace CSmtp
{
    /// <summary>A callback of the program. The library calls one of the static functions below with the number
    /// of the callback. The static function looks up the callback and calls it. The static functions are never
    /// freed.</summary>
    sealed class Callback
    {
        static readonly ConcurrentDictionary<int, WeakReference<Callback>> all = new ConcurrentDictionary<int, WeakReference<Callback>>();
        static int last;
        [ThreadStatic] static List<OwnedHandle> running;

        readonly int number;
        readonly LibraryObject owner;
        readonly object function;
        readonly List<WeakReference<Pool>> pools = new List<WeakReference<Pool>>(); // the pools that use this callback

        internal Callback(LibraryObject owner, object function)
        {
            this.owner = owner;
            this.function = function;
            var self = new WeakReference<Callback>(this);
            do number = Interlocked.Increment(ref last);
            while (number == 0 || !all.TryAdd(number, self));
        }

        ~Callback()
        {
            WeakReference<Callback> found;
            all.TryRemove(number, out found);
        }

        /// <summary>The number of the callback, which the library passes to the static function as the
        /// argument 'user'.</summary>
        internal IntPtr User { get { return (IntPtr)number; } }

        internal bool Reads { get { return function is StreamReading; } }

        internal void AddPool(Pool pool)
        {
            lock (pools) pools.Add(new WeakReference<Pool>(pool));
        }

        /// <summary>Reports whether a callback of a handle is running on this thread.</summary>
        internal static bool IsRunning(OwnedHandle handle)
        {
            return running != null && running.Contains(handle);
        }

        /// <summary>Calls a function as a callback of a handle, and returns its result. If the function
        /// throws an exception, Guard passes the exception to 'raised', and returns the value of
        /// 'failed'.</summary>
        internal static T Guard<T>(OwnedHandle handle, T failed, Func<T> call, Action<Exception> raised)
        {
            if (running == null) running = new List<OwnedHandle>();
            running.Add(handle);
            try
            {
                return call();
            }
            catch (Exception e)
            {
                if (e is ThreadAbortException) Thread.ResetAbort();
                raised(e);
                return failed;
            }
            finally
            {
                running.RemoveAt(running.Count - 1);
            }
        }

        static T Run<F, T>(IntPtr user, T failed, Func<F, T> call) where F : class
        {
            WeakReference<Callback> found;
            Callback callback;
            if (!all.TryGetValue(user.ToInt32(), out found) || !found.TryGetTarget(out callback)) return failed;
            return Guard(callback.owner.Handle, failed, () => call((F)callback.function), callback.Failed);
        }

        void Failed(Exception exception)
        {
            Frame frame = Frame.Of(owner);
            if (frame != null && !(owner is Pool))
            {
                frame.Raise(exception);
                return;
            }
            bool received = false;
            lock (pools)
            {
                foreach (WeakReference<Pool> weak in pools)
                {
                    Pool pool;
                    if (!weak.TryGetTarget(out pool)) continue;
                    pool.Receive(exception);
                    received = true;
                }
            }
            if (!received || ((owner as Mailer)?.IsSending ?? false)) owner.Receive(exception);
        }

        internal static readonly Native.LogFunction Log = (user, direction, line) =>
            Run<Action<LogDirection, string>, int>(user, 0, f => { f((LogDirection)direction, Text.From(line)); return 0; });

        internal static readonly Native.EventFunction Event = (IntPtr user, ref NativeEvent e) =>
        {
            var told = new Event(ref e);
            Run<Action<Event>, int>(user, 0, f => { f(told); return 0; });
        };

        internal static readonly Native.ProgressFunction Progress = (user, sent, total) =>
            Run<Func<long, long, bool>, int>(user, 1, f => f(sent, total) ? 1 : 0);

        internal static readonly Native.TokenFunction Token = (user, refused) =>
            Run<Func<bool, string>, IntPtr>(user, IntPtr.Zero, f => TokenMemory.Hold(f(refused != 0)));

        internal static readonly Native.ReadFunction Read = (user, buffer, capacity) =>
            Run<StreamReading, long>(user, -1, r => r.Read(buffer, capacity.ToUInt64()));

        internal static readonly Native.SendingFunction Sending = (user, id, relay, messageId) =>
            Run<Journal, int>(user, 1, j => j.Begin(Text.From(id), relay, Text.From(messageId)) ? 0 : 1);

        internal static readonly Native.EndedFunction Ended = (user, id, relay, outcome, queueId, reply) =>
            Run<Journal, int>(user, 1, j => j.End(new JournalEnd(Text.From(id), relay, (Outcome)outcome, Text.From(queueId), Text.From(reply))) ? 0 : 1);

        internal static readonly Native.ReconcileFunction Reconcile = (user, id, relay, messageId) =>
            (int)Run<Func<string, uint, string, Reconciliation>, Reconciliation>(user, Reconciliation.Unknown, f => f(Text.From(id), relay, Text.From(messageId)));
    }

    /// <summary>The memory of a token that a callback has returned. The library copies the token as soon as
    /// the callback has returned. The memory stays valid until the next token callback on the same
    /// thread.</summary>
    sealed class TokenMemory
    {
        [ThreadStatic] static TokenMemory held;

        IntPtr memory;
        int length;

        internal static IntPtr Hold(string token)
        {
            if (held == null) held = new TokenMemory();
            held.Free();
            if (token == null) return IntPtr.Zero;
            byte[] octets = Text.Of(token, nameof(token));
            held.memory = Marshal.AllocHGlobal(octets.Length);
            held.length = octets.Length;
            Marshal.Copy(octets, 0, held.memory, octets.Length);
            Array.Clear(octets, 0, octets.Length);
            return held.memory;
        }

        void Free()
        {
            if (memory == IntPtr.Zero) return;
            Marshal.Copy(new byte[length], 0, memory, length);
            Marshal.FreeHGlobal(memory);
            memory = IntPtr.Zero;
        }

        ~TokenMemory() { Free(); }
    }
}
