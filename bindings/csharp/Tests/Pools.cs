// SPDX-License-Identifier: MIT
using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Threading;
using System.Threading.Tasks;
using CSmtp;
using CSmtp.Testing;

static partial class Tests
{
    public static void APoolOfTwoRelays()
    {
        using (var first = new TestServer())
        using (var second = new TestServer())
        using (var pool = new Pool())
        using (Mailer mail = NewMailer(first))
        {
            using (Mailer relay = NewMailer(first)) Check.Equal(0u, pool.AddRelay(relay, "first"));
            using (Mailer relay = NewMailer(second)) Check.Equal(1u, pool.AddRelay(relay, "second"));
            pool.SetWeight(1, 2);
            pool.SetQueue(5);
            var begun = new ConcurrentBag<string>();
            var ended = new ConcurrentBag<JournalEnd>();
            var events = new ConcurrentBag<EventKind>();
            pool.SetJournal((id, relay, messageId) => { begun.Add(id); return true; }, end => { ended.Add(end); return true; });
            pool.SetEventCallback(e => events.Add(e.Kind));
            var tasks = new List<Task<SendResult>>();
            for (int i = 0; i < 30; i++) tasks.Add(pool.Submit(mail, "mail " + i).Completion);
            Task.WaitAll(tasks.ToArray());
            Check.That(tasks.All(t => t.Result.Outcome == Outcome.Accepted && t.Result.QueueId != ""), "a mail was not accepted");
            Check.Equal(Outcome.Accepted, pool.Send(mail).Outcome);
            Check.Equal(Outcome.Accepted, pool.SendAsync(mail).Result.Outcome);
            Check.That(pool.Wait(60000), "mails remain");
            Check.Equal(32, begun.Count);
            Check.Equal(32, ended.Count(e => e.Outcome == Outcome.Accepted && e.Reply.StartsWith("250", StringComparison.Ordinal)));
            Check.That(begun.Contains("mail 7"), "the journal has no mail 7");
            Check.Equal(32, events.Count(e => e == EventKind.Sent));
            Check.Equal(32u, pool.GetCount(0, RelayNumber.Sent) + pool.GetCount(1, RelayNumber.Sent));
            Check.That(pool.GetCount(1, RelayNumber.Sent) > pool.GetCount(0, RelayNumber.Sent), "the weights have no effect");
            Check.Equal("second", pool.GetRelayName(1));
            pool.DrainAsync().Wait();
            Check.Equal(ErrorNumber.Canceled, Check.Throws<CSmtpException>(() => pool.Submit(mail)).Number);
        }
    }

    public static void ABrokenStreamDoesNotCancelThePool()
    {
        using (var server = new TestServer("--fault", "latency 20ms"))
        using (var pool = new Pool())
        using (Mailer good = NewMailer(server))
        using (Mailer bad = NewMailer(server))
        {
            pool.AddRelay(good);
            bad.Attach(new Broken(), "a.bin");
            var tasks = new List<Task<SendResult>>();
            for (int i = 0; i < 10; i++)
            {
                tasks.Add(pool.Submit(good).Completion);
                Check.Throws<IOException>(() => pool.Submit(bad));
                Check.Throws<IOException>(() => pool.Send(bad));
            }
            Task.WaitAll(tasks.ToArray());
            Check.That(tasks.All(t => t.Result.Outcome == Outcome.Accepted), "a mail was canceled");
            Check.That(pool.Wait(), "mails remain");
        }
    }

    public static void ExceptionsOfCallbacksOfAPool()
    {
        foreach (bool inWait in new[] { false, true })
        {
            using (var server = new TestServer())
            using (var pool = new Pool())
            using (Mailer mail = NewMailer(server))
            {
                using (Mailer relay = NewMailer(server))
                {
                    relay.SetLogCallback((direction, line) => { if (line.StartsWith("RCPT", StringComparison.Ordinal)) throw new OwnException(); });
                    if (Type.GetType("Mono.Runtime") == null)
                    {
                        pool.AddRelay(relay);
                        relay.SetLogCallback(null); // the pool continues to use the callback
                    }
                    else
                    {
                        Check.Throws<PlatformNotSupportedException>(() => pool.AddRelay(relay));
                        relay.SetLogCallback(null);
                        pool.AddRelay(relay);
                    }
                }
                GC.Collect();
                GC.WaitForPendingFinalizers();
                pool.SetCallbacksInWait(inWait);
                SendResult result = null;
                Check.That(pool.TrySubmit(mail, r => { result = r; throw new OwnException(); }), "the mail was not put in the queue");
                var error = Check.Throws<AggregateException>(() => { while (!pool.Wait(100)) { } });
                Check.That(error.InnerExceptions.All(e => e is OwnException), "other exceptions: " + error);
                try
                {
                    while (!pool.Wait(100)) { }
                }
                catch (AggregateException)
                {
                    // If the first loop has not thrown the exception of the done callback, this loop
                    // throws it.
                }
                Check.Equal(Outcome.Accepted, result.Outcome);
                Check.Equal(Outcome.Accepted, pool.Send(mail).Outcome);
            }
        }
    }

    public static void AnExceptionOfACallbackCancelsNoOtherMail()
    {
        var ends = new Dictionary<string, Action<Pool>>
        {
            { "Wait", pool => pool.Wait() }, { "Drain", pool => pool.Drain(60000) },
            { "WaitAsync", pool => pool.WaitAsync().GetAwaiter().GetResult() }, { "DrainAsync", pool => pool.DrainAsync().GetAwaiter().GetResult() }
        };
        foreach (bool inWait in new[] { false, true })
        {
            foreach (KeyValuePair<string, Action<Pool>> end in ends)
            {
                using (var server = new TestServer("--fault", "latency 20ms"))
                using (Mailer mail = NewMailer(server))
                {
                    var results = new ConcurrentDictionary<int, SendResult>();
                    var error = Check.Throws<AggregateException>(() =>
                    {
                        using (var pool = new Pool())
                        {
                            pool.AddRelay(mail);
                            pool.SetSessions(0, 1);
                            pool.SetCallbacksInWait(inWait);
                            for (int i = 0; i < 6; i++)
                            {
                                int number = i;
                                pool.TrySubmit(mail, r => { results[number] = r; if (number < 2) throw new OwnException(); });
                            }
                            end.Value(pool);
                        }
                    });
                    Check.Equal(2, error.InnerExceptions.Count(e => e is OwnException));
                    Check.Equal(6, results.Count(r => r.Value.Outcome == Outcome.Accepted));
                    Check.Equal(6, server.Wait(6).Count);
                }
            }
        }
    }

    public static void WaitThrowsWhenTheTimeIsOver()
    {
        using (var server = new TestServer("--fault", "DATA#2: stall"))
        using (var pool = new Pool())
        using (Mailer mail = NewMailer(server))
        {
            pool.AddRelay(mail);
            pool.SetSessions(0, 1);
            for (int i = 0; i < 2; i++) pool.TrySubmit(mail, r => { throw new OwnException(); });
            var error = Check.Throws<AggregateException>(() => { while (!pool.Wait(100)) { } });
            Check.Equal(1, error.InnerExceptions.Count);
            Check.That(!pool.Wait(1), "no mails remain");
        }
    }

    public static void DisposeTracesTheExceptionsOfAPool()
    {
        var listener = new Listener();
        System.Diagnostics.Trace.Listeners.Add(listener);
        try
        {
            using (var server = new TestServer("--fault", "DATA: stall"))
            using (Mailer mail = NewMailer(server))
            using (var pool = new Pool())
            {
                pool.AddRelay(mail);
                pool.TrySubmit(mail, r => { throw new OwnException(); });
            }
            var waited = System.Diagnostics.Stopwatch.StartNew();
            while (!listener.Holds("OwnException") && waited.Elapsed < TimeSpan.FromSeconds(60)) Thread.Sleep(5);
            Check.That(listener.Holds("OwnException"), "the exception is lost");
        }
        finally
        {
            System.Diagnostics.Trace.Listeners.Remove(listener);
        }
    }

    public static void TasksFailIfAMailWasRefused()
    {
        using (var server = new TestServer("--fault", "RCPT: 550 5.1.1 Unknown"))
        using (var pool = new Pool())
        using (Mailer mail = NewMailer(server))
        {
            pool.AddRelay(mail);
            foreach (Task<SendResult> task in new[] { pool.Submit(mail).Completion, pool.SendAsync(mail) })
            {
                var error = Fails<CSmtpException>(task);
                Check.Equal(550, error.ReplyCode);
                Check.Equal(Outcome.RejectedPermanent, error.Outcome);
            }
            Fails<ArgumentNullException>(pool.SendAsync(null));
            Check.Throws<ArgumentNullException>(() => pool.Submit(null));
            pool.Dispose();
            Fails<ObjectDisposedException>(pool.SendAsync(mail));
        }
    }

    public static void MethodsThatReturnATaskEndInAsync()
    {
        int found = 0;
        foreach (Type type in new[] { typeof(Mailer), typeof(Pool), typeof(TestServer), typeof(Library) })
        {
            foreach (MethodInfo method in type.GetMethods().Where(m => !m.IsSpecialName))
            {
                bool returnsTask = typeof(Task).IsAssignableFrom(method.ReturnType);
                Check.Equal(method.Name + " " + returnsTask, method.Name + " " + method.Name.EndsWith("Async", StringComparison.Ordinal));
                if (returnsTask) found++;
            }
        }
        Check.That(found > 8, "only " + found + " methods were found");
    }

    public static void NumbersOfRelaysThatThreadsAdd()
    {
        using (var pool = new Pool())
        using (var start = new Barrier(8))
        {
            var wrong = new ConcurrentBag<string>();
            Thread[] threads = Enumerable.Range(0, 8).Select(thread => new Thread(() =>
            {
                using (var relay = new Mailer())
                {
                    start.SignalAndWait();
                    for (int i = 0; i < 200; i++)
                    {
                        string name = thread + " " + i;
                        uint number = pool.AddRelay(relay, name);
                        if (pool.GetRelayName(number) != name) wrong.Add(name);
                    }
                }
            })).ToArray();
            foreach (Thread thread in threads) thread.Start();
            foreach (Thread thread in threads) thread.Join();
            Check.That(wrong.IsEmpty, wrong.Count + " relays have the number of another relay");
        }
    }

    public static void AJournalThatRefuses()
    {
        using (var server = new TestServer())
        using (var pool = new Pool())
        using (Mailer mail = NewMailer(server))
        {
            pool.AddRelay(mail);
            pool.SetJournal((id, relay, messageId) => { throw new OwnException(); }, null);
            var error = Fails<CSmtpException>(pool.Submit(mail).Completion);
            Check.Equal(ErrorNumber.Canceled, error.Number);
            Check.Equal(Outcome.NotSent, error.Outcome);
            Check.Throws<AggregateException>(() => { while (!pool.Wait(100)) { } });
            pool.SetJournal(null, end => false);
            error = Fails<CSmtpException>(pool.Submit(mail).Completion);
            Check.Equal(ErrorNumber.Canceled, error.Number);
            Check.Equal(Outcome.Accepted, error.Outcome);
            Check.That(pool.Wait(), "mails remain");
        }
    }

    public static void ReconcilingAMailInDoubt()
    {
        foreach (var answer in new[] { Reconciliation.Delivered, Reconciliation.Unknown, Reconciliation.NotDelivered })
        {
            using (var server = new TestServer("--fault", "end of data#1: close"))
            using (var pool = new Pool())
            using (Mailer mail = NewMailer(server))
            {
                pool.AddRelay(mail);
                string asked = null;
                pool.SetReconcile((id, relay, messageId) => { asked = id; return answer; });
                pool.SetPause(10, 100);
                pool.SetPatience(60000);
                Task<SendResult> sending = pool.Submit(mail, "the mail").Completion;
                if (answer == Reconciliation.Unknown) Check.Equal(Outcome.InDoubt, Fails<CSmtpException>(sending).Outcome);
                else Check.Equal(Outcome.Accepted, sending.Result.Outcome);
                Check.Equal("the mail", asked);
                Check.That(pool.Wait(), "mails remain");
            }
        }
    }

    public static void CancelingAMailOfAPool()
    {
        using (var server = new TestServer("--fault", "DATA: stall"))
        using (var pool = new Pool())
        using (Mailer mail = NewMailer(server))
        using (var source = new CancellationTokenSource())
        {
            pool.AddRelay(mail);
            Task<SendResult> canceled = pool.SendAsync(mail, null, source.Token), other = pool.Submit(mail).Completion;
            Task<SendResult> submitted = pool.Submit(mail, null, source.Token).Completion;
            source.CancelAfter(300);
            Fails<OperationCanceledException>(canceled);
            Fails<OperationCanceledException>(submitted);
            Check.That(submitted.IsCanceled, "the task is not canceled");
            Check.That(!other.IsCompleted, "the other mail was canceled, too");
            pool.Cancel();
            Check.Equal(ErrorNumber.Canceled, Fails<CSmtpException>(other).Number);
            pool.SetQueue(1);
        }
    }

    public static void TrySubmitAndAFullQueue()
    {
        using (var server = new TestServer("--fault", "DATA: stall"))
        using (var pool = new Pool())
        using (Mailer mail = NewMailer(server))
        {
            pool.AddRelay(mail);
            pool.SetSessions(0, 1);
            pool.SetQueue(1);
            int submitted = 0;
            while (pool.TrySubmit(mail, null, null, 100)) submitted++;
            Check.That(submitted >= 1 && submitted <= 3, submitted + " mails are in the queue");
            Check.That(!pool.Wait(1), "no mails remain");
        }
    }
}
