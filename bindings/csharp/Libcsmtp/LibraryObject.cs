// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using System.Threading;
using System.Threading.Tasks;

namespace CSmtp
{
    /// <summary>The base class of Mailer and Pool. It owns a handle of the library.</summary>
    public abstract class LibraryObject : IDisposable
    {
        internal readonly OwnedHandle Handle;
        int calls; // the number of calls in progress
        int disposed; // 1 after Dispose; the handle is freed when no call is in progress any more

        internal LibraryObject(Func<UIntPtr> make)
        {
            Library.Load();
            UIntPtr handle = make();
            if (handle == UIntPtr.Zero) throw new CSmtpException(Result(handle, Native.GetLastError(handle)));
            Handle = new OwnedHandle(handle);
        }

        /// <summary>Ends the sessions with QUIT and frees the object. Calls that other threads are making
        /// on it are canceled. If a callback of the object calls Dispose, the object is freed when the callback,
        /// and the call during which it runs, have returned.</summary>
        public void Dispose()
        {
            if (Handle == null || Interlocked.Exchange(ref disposed, 1) != 0) return;
            bool busy = Volatile.Read(ref calls) > 0 && !Callback.IsRunning(Handle);
            UIntPtr handle = Handle.Value;
            Handle.Dispose();
            Disposed();
            if (!busy) return;
            Native.Cancel(handle); // before Dispose returns, so that a call that has begun sends nothing afterwards
            Task.Run(() => CancelRepeatedly(handle)); // the last call to return frees the handle
        }

        internal bool IsDisposed { get { return Volatile.Read(ref disposed) != 0; } }

        /// <summary>Called at the end of Dispose.</summary>
        internal virtual void Disposed() { }

        // Calls CSmtp_Cancel repeatedly, because it has no effect on a call that has not yet begun in the
        // library.
        void CancelRepeatedly(UIntPtr handle)
        {
            while (Volatile.Read(ref calls) > 0)
            {
                Native.Cancel(handle);
                Thread.Sleep(20);
            }
        }

        /// <summary>Cancels a call that another thread is making on this object, or the asynchronous send of a
        /// mailer. For a pool, cancels all its mails. A callback can call Cancel, too.</summary>
        public void Cancel()
        {
            Get(h => { Native.Cancel(h); return 0; });
        }

        /// <summary>Makes a call and returns its value. If a callback of the frame's object throws an
        /// exception during the call, the call is canceled, and the exception is stored in the
        /// frame.</summary>
        internal T Call<T>(Frame frame, Func<UIntPtr, T> call)
        {
            bool referenced = false;
            Interlocked.Increment(ref calls);
            try
            {
                if (IsDisposed) throw new ObjectDisposedException(GetType().Name);
                Handle.DangerousAddRef(ref referenced);
                frame.Enter();
                try
                {
                    return call(Handle.Value);
                }
                finally
                {
                    frame.Leave();
                }
            }
            finally
            {
                Interlocked.Decrement(ref calls);
                if (referenced) Handle.DangerousRelease();
                GC.KeepAlive(this);
            }
        }

        internal T Get<T>(Func<UIntPtr, T> call)
        {
            var frame = new Frame(this);
            T value = Call(frame, call);
            frame.Rethrow();
            return value;
        }

        /// <summary>Makes a call that returns an error number, and throws CSmtpException if it is not
        /// 0.</summary>
        internal void Do(Func<UIntPtr, int> call)
        {
            SendResult failed = Get(h =>
            {
                int number = call(h);
                return number == 0 ? null : Result(h, number);
            });
            if (failed != null) throw new CSmtpException(failed);
        }

        internal static SendResult Result(UIntPtr handle, int number)
        {
            return new SendResult(handle, number);
        }

        /// <summary>Sets a callback, or removes it if 'function' is null.</summary>
        internal void SetCallback(string name, object function, Func<UIntPtr, IntPtr, int> set)
        {
            Callback callback = function == null ? null : new Callback(this, function);
            Set(name, callback, h => set(h, callback == null ? IntPtr.Zero : callback.User));
        }

        /// <summary>Sets a callback, and keeps it alive as long as the library can call it.</summary>
        internal void Set(string name, Callback callback, Func<UIntPtr, int> set)
        {
            Do(set);
            Handle.Keep(name, callback);
            GC.KeepAlive(callback);
        }

        /// <summary>Handles an exception that a callback has thrown, if there is no call in progress
        /// that can rethrow it.</summary>
        internal abstract void Receive(Exception exception);

        /// <summary>Makes a blocking call on a thread of .NET's thread pool. If the token is canceled,
        /// repeats CSmtp_Cancel on the given object until the call has ended.</summary>
        internal async Task<T> InThread<T>(LibraryObject canceled, Func<T> call, CancellationToken token)
        {
            token.ThrowIfCancellationRequested();
            Task<T> task = Task.Run(call, token);
            var signal = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
            using (token.Register(() => signal.TrySetResult(true)))
            {
                await Task.WhenAny(task, signal.Task).ConfigureAwait(false);
                while (!task.IsCompleted)
                {
                    if (!canceled.Handle.IsClosed) Native.Cancel(canceled.Handle.Value);
                    await Task.WhenAny(task, Task.Delay(20)).ConfigureAwait(false);
                }
            }
            try
            {
                return await task.ConfigureAwait(false);
            }
            catch (CSmtpException e) when (token.IsCancellationRequested && e.Number == ErrorNumber.Canceled && e.Outcome == Outcome.NotSent)
            {
                throw new OperationCanceledException(e.Message, e, token);
            }
        }
    }

    /// <summary>A handle of the library. The handle is freed once its object has been disposed or
    /// garbage-collected and no running call uses the handle.</summary>
    sealed class OwnedHandle : SafeHandle
    {
        readonly Dictionary<string, object> kept = new Dictionary<string, object>();
        internal readonly UIntPtr Value;

        internal OwnedHandle(UIntPtr value) : base(IntPtr.Zero, true)
        {
            Value = value;
            SetHandle(unchecked((IntPtr)(long)value.ToUInt64()));
        }

        public override bool IsInvalid { get { return Value == UIntPtr.Zero; } }

        /// <summary>Keeps an object alive until the handle is freed, because the library can use the object
        /// until then. Keep(name, null) forgets the object with this name.</summary>
        internal void Keep(string name, object what)
        {
            lock (kept)
            {
                if (what == null) kept.Remove(name);
                else kept[name] = what;
            }
        }

        internal bool Has(params string[] names)
        {
            lock (kept) return Array.Exists(names, kept.ContainsKey);
        }

        internal List<T> Kept<T>() where T : class
        {
            var found = new List<T>();
            lock (kept)
            {
                foreach (object what in kept.Values)
                    if (what is T) found.Add((T)what);
            }
            return found;
        }

        internal void Forget(Predicate<string> name)
        {
            lock (kept)
            {
                foreach (string key in new List<string>(kept.Keys))
                    if (name(key)) kept.Remove(key);
            }
        }

        protected override bool ReleaseHandle()
        {
            // In a callback of the handle, the library refuses to free the handle, so another thread frees it.
            if (Callback.IsRunning(this)) ThreadPool.QueueUserWorkItem(handle => ((OwnedHandle)handle).Free(), this);
            else Free();
            return true;
        }

        void Free()
        {
            Native.Free(Value);
            GC.KeepAlive(kept);
        }
    }

    /// <summary>A call in progress on a thread. A callback that throws an exception stores the exception
    /// here.</summary>
    sealed class Frame
    {
        [ThreadStatic] static Frame current;

        readonly LibraryObject subject; // exceptions of its callbacks are stored here; null: exceptions of all callbacks
        readonly LibraryObject cancel; // if a callback throws an exception, the call on this object is canceled
        Frame outer;
        internal Exception Raised;

        internal Frame(LibraryObject subject) : this(subject, subject) { }

        internal Frame(LibraryObject subject, LibraryObject cancel)
        {
            this.subject = subject;
            this.cancel = cancel;
        }

        internal static Frame Of(LibraryObject owner)
        {
            Frame frame = current;
            while (frame != null && frame.subject != null && frame.subject != owner) frame = frame.outer;
            return frame;
        }

        internal void Enter()
        {
            outer = current;
            current = this;
        }

        internal void Leave() { current = outer; }

        internal void Raise(Exception exception)
        {
            if (Raised == null) Raised = exception;
            Native.Cancel(cancel.Handle.Value);
        }

        internal void Rethrow()
        {
            if (Raised != null) ExceptionDispatchInfo.Capture(Raised).Throw();
        }
    }
}
