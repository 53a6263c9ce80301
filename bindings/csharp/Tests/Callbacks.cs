// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using CSmtp;
using CSmtp.Testing;

static partial class Tests
{
    sealed class OwnException : Exception
    {
        internal OwnException() : base("of the program") { }
    }

    /// <summary>Waits for a task that must fail, and returns its exception.</summary>
    static T Fails<T>(Task task) where T : Exception
    {
        return Check.Throws<T>(() => task.GetAwaiter().GetResult());
    }

    public static void AnExceptionOfACallbackIsThrownByTheCall()
    {
        using (var server = new TestServer())
        using (Mailer mail = NewMailer(server))
        {
            mail.SetLogCallback((direction, line) => { if (line.StartsWith("MAIL", StringComparison.Ordinal)) throw new OwnException(); });
            Check.Throws<OwnException>(() => mail.Send());
            Fails<OwnException>(mail.SendAsync());
            mail.SetLogCallback(null);
            mail.SetProgressCallback((sent, total) => { throw new OwnException(); });
            Check.Throws<OwnException>(() => mail.Send());
            mail.SetProgressCallback((sent, total) => true);
            Check.Equal(ErrorNumber.Canceled, Check.Throws<CSmtpException>(() => mail.Send()).Number);
            mail.SetProgressCallback((sent, total) => false);
            Check.Equal(Outcome.Accepted, mail.Send().Outcome);
            server.Clear();
            mail.SetProgressCallback(null);
            mail.SetAuthMechanism("XOAUTH2");
            mail.SetTokenCallback(refused => { throw new OwnException(); });
            Check.Throws<OwnException>(() => mail.Send());
            Check.Equal(0, server.Mails().Count);
            mail.SetSubject("the exceptions do not come back");
        }
    }

    public static void AnExceptionDoesNotHideThatAMailWasAccepted()
    {
        using (var server = new TestServer())
        using (Mailer mail = NewMailer(server))
        {
            mail.SetEventCallback(e => { if (e.Kind == EventKind.Sent) throw new OwnException(); });
            var error = Check.Throws<CSmtpException>(() => mail.Send());
            Check.Equal(Outcome.Accepted, error.Outcome);
            Check.That(error.InnerException is OwnException && !error.IsSafeToRetry, "the exception of the callback is lost");
            error = Fails<CSmtpException>(mail.SendAsync());
            Check.Equal(Outcome.Accepted, error.Outcome);
            Check.That(error.InnerException is OwnException, "the exception of the callback is lost");
            Check.Equal("a callback has thrown an exception, but the server has accepted the mail: do not send it again", error.Message);
            Check.Equal(2, server.Wait(2).Count);
        }
    }

    public static void AnExceptionSaysWhatHappenedToTheMail()
    {
        string[,] ends =
        {
            { "end of data: 550 5.7.1 No", "RejectedPermanent: a callback has thrown an exception, and the server has refused the mail" },
            { "end of data: 451 4.3.0 Later", "RejectedTemporary: a callback has thrown an exception, and the server has refused the mail for the time being" },
            { "end of data: close", "InDoubt: a callback has thrown an exception, but the server may have accepted the mail: do not send it again before you know" },
            { "RCPT#2: 550 5.1.1 No such user", "Partial: a callback has thrown an exception, but the server has accepted the mail for some recipients: do not send it to them again" },
        };
        for (int i = 0; i < ends.GetLength(0); i++)
        {
            using (var server = new TestServer("--fault", ends[i, 0]))
            using (Mailer mail = NewMailer(server))
            {
                mail.SetPartialDelivery(true);
                mail.AddRecipient("carol@test.example");
                mail.SetEventCallback(e => { if (e.Outcome != Outcome.NotSent) throw new OwnException(); });
                var error = Check.Throws<CSmtpException>(() => mail.Send());
                Check.Equal(ends[i, 1], error.Outcome + ": " + error.Message);
                Check.That(error.InnerException is OwnException, "the exception of the callback is lost");
            }
        }
    }

    public static void DisposeInACallback()
    {
        using (var server = new TestServer())
        {
            Mailer mail = NewMailer(server);
            mail.SetLogCallback((direction, line) => mail.Dispose());
            mail.Send();
            Check.Throws<ObjectDisposedException>(() => mail.Send());
            Mailer second = NewMailer(server);
            second.SetLogCallback((direction, line) => { if (line.StartsWith("DATA", StringComparison.Ordinal)) second.Dispose(); });
            Task<SendResult> sending = second.SendAsync();
            try
            {
                sending.Wait();
            }
            catch (AggregateException e)
            {
                Check.Equal(ErrorNumber.Canceled, ((CSmtpException)e.InnerException).Number);
            }
            var pool = new Pool();
            pool.AddRelay(NewMailer(server));
            pool.SetEventCallback(e => pool.Dispose());
            using (Mailer third = NewMailer(server)) pool.TrySubmit(third, null);
            var waited = System.Diagnostics.Stopwatch.StartNew();
            while (!IsClosed(pool) && waited.Elapsed < TimeSpan.FromSeconds(60)) Thread.Sleep(5);
            Check.Throws<ObjectDisposedException>(() => pool.Wait());
        }
    }

    // When Dispose has returned, a call that another thread has begun sends nothing any more.
    public static void DisposeOnAnotherThread()
    {
        using (var server = new TestServer())
        using (var begun = new AutoResetEvent(false))
        using (var disposed = new AutoResetEvent(false))
        {
            for (int i = 0; i < 20; i++)
            {
                Mailer mail = NewMailer(server);
                mail.SetLogCallback((direction, line) =>
                {
                    if (!line.StartsWith("MAIL", StringComparison.Ordinal)) return;
                    begun.Set();
                    disposed.WaitOne();
                });
                Exception thrown = null;
                var thread = new Thread(() =>
                {
                    try { mail.Send(); }
                    catch (Exception e) { thrown = e; }
                });
                thread.Start();
                Check.That(begun.WaitOne(TimeSpan.FromSeconds(60)), "the server was not reached");
                mail.Dispose();
                disposed.Set();
                thread.Join();
                var canceled = thrown as CSmtpException;
                Check.That(canceled != null, "the mail was sent after Dispose: " + thrown);
                Check.Equal(ErrorNumber.Canceled, canceled.Number);
                Check.Equal(Outcome.NotSent, canceled.Outcome);
            }
            Check.Equal(0, server.Mails().Count);
        }
    }

    static bool IsClosed(Pool pool)
    {
        try
        {
            pool.GetQueued();
            return false;
        }
        catch (ObjectDisposedException)
        {
            return true;
        }
    }

    public static void TokensOfManyMailers()
    {
        using (var server = new TestServer())
        {
            var mails = new List<Mailer>();
            int asked = 0;
            for (int i = 0; i < 20; i++)
            {
                Mailer mail = NewMailer(server);
                mail.SetAuthMechanism("XOAUTH2");
                string token = i % 2 == 0 ? TestServer.Token : "wrong-token-" + i;
                mail.SetTokenCallback(refused => { Interlocked.Increment(ref asked); return token; });
                mails.Add(mail);
            }
            Task<SendResult>[] tasks = mails.Select(m => m.SendAsync()).ToArray();
            for (int i = 0; i < tasks.Length; i++)
            {
                if (i % 2 == 0) Check.Equal(Outcome.Accepted, tasks[i].Result.Outcome);
                else Check.That(Fails<CSmtpException>(tasks[i]).IsLoginError, "the wrong token was accepted");
            }
            Check.That(asked >= 20, "too few tokens were asked for");
            Mailer last = NewMailer(server);
            last.SetAuthMechanism("XOAUTH2");
            last.SetTokenCallback(refused => null);
            Check.Equal(ErrorNumber.NoToken, Check.Throws<CSmtpException>(() => last.Send()).Number);
            foreach (Mailer mail in mails) mail.Dispose();
        }
    }

    public static void CallbacksOutliveTheCollector()
    {
        using (var server = new TestServer())
        using (Mailer mail = NewMailer(server))
        {
            int lines = 0;
            mail.SetLogCallback((direction, line) => { lines++; GC.Collect(); GC.WaitForPendingFinalizers(); });
            mail.Attach(new MemoryStream(new byte[1 << 18]), "a.bin");
            GC.Collect();
            GC.WaitForPendingFinalizers();
            mail.Send();
            mail.SendAsync().Wait();
            Check.That(lines > 20, "the log has " + lines + " lines");
        }
    }

    public static void AMailerWithCallbacksIsCollected()
    {
        var weak = new List<WeakReference>();
        var thread = new Thread(() =>
        {
            for (int i = 0; i < 100; i++)
            {
                var mail = new Mailer();
                mail.SetLogCallback((direction, line) => mail.Cancel());
                weak.Add(new WeakReference(mail));
            }
        });
        thread.Start();
        thread.Join();
        for (int i = 0; i < 20 && weak.Any(w => w.IsAlive); i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
        // Some mailers can remain, because Mono's garbage collector also treats values on the stack as
        // references.
        Check.That(weak.Count(w => w.IsAlive) < 10, weak.Count(w => w.IsAlive) + " mailers are still alive");
    }

    public static void SendingAsynchronously()
    {
        using (var server = new TestServer())
        {
            var mails = new List<Mailer>();
            for (int i = 0; i < 50; i++) mails.Add(NewMailer(server));
            int lines = 0;
            foreach (Mailer mail in mails) mail.SetLogCallback((direction, line) => Interlocked.Increment(ref lines));
            Task.WaitAll(mails.Select(async m =>
            {
                await m.SendAsync();
                SendResult second = await m.SendAsync();
                Check.Equal(Outcome.Accepted, second.Outcome);
            }).ToArray());
            Check.Equal(100, server.Wait(100).Count);
            Check.That(lines > 500, "the log has " + lines + " lines");
            Mailer one = mails[0];
            one.DisconnectRemoteServerAsync().Wait();
            one.ConnectRemoteServerAsync("localhost", server.Port, SecurityType.UseTls, true, TestServer.User, TestServer.Password).Wait();
            one.KeepAliveAsync().Wait();
            Check.Equal(Outcome.Accepted, one.SendRawAsync(one.RenderMessage()).Result.Outcome);
            foreach (Mailer mail in mails) mail.Dispose();
        }
    }

    public static void CancelingAnAsynchronousSend()
    {
        using (var server = new TestServer("--fault", "DATA: stall"))
        using (Mailer mail = NewMailer(server))
        {
            Check.Throws<OperationCanceledException>(() => mail.SendAsync(new CancellationToken(true)).GetAwaiter().GetResult());
            using (var source = new CancellationTokenSource())
            {
                Task<SendResult> sending = mail.SendAsync(source.Token);
                Task<SendResult> second = mail.SendAsync(); // the call throws nothing, but the task fails
                Check.Equal(ErrorNumber.Busy, Fails<CSmtpException>(second).Number);
                source.CancelAfter(200);
                Fails<OperationCanceledException>(sending);
                Check.That(sending.IsCanceled, "the task is not canceled");
            }
            using (var source = new CancellationTokenSource(200))
                Fails<OperationCanceledException>(mail.SendRawAsync(mail.RenderMessage(), null, null, source.Token));
        }
        using (var server = new TestServer("--fault", "end of data: stall"))
        using (Mailer mail = NewMailer(server))
        using (var source = new CancellationTokenSource())
        {
            mail.SetProgressCallback((sent, total) => { if (sent == total) source.CancelAfter(500); return false; });
            var error = Fails<CSmtpException>(mail.SendAsync(source.Token));
            Check.Equal(ErrorNumber.Canceled, error.Number);
            Check.Equal(Outcome.InDoubt, error.Outcome);
        }
    }
}
