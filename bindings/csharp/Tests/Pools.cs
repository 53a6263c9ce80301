// SPDX-License-Identifier: MIT
using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.IO;
using System.Linq;
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
            for (int i = 0; i < 30; i++) tasks.Add(pool.Submit(mail, "mail " + i));
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
                tasks.Add(pool.Submit(good));
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
                    // the exception of the done callback, if the first loop has not thrown it
                }
                Check.Equal(Outcome.Accepted, result.Outcome);
                Check.Equal(Outcome.Accepted, pool.Send(mail).Outcome);
            }
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
            SendResult result = pool.Submit(mail).Result;
            Check.Equal(ErrorNumber.Canceled, result.Number);
            Check.Equal(Outcome.NotSent, result.Outcome);
            Check.Throws<AggregateException>(() => { while (!pool.Wait(100)) { } });
            pool.SetJournal(null, end => false);
            result = pool.Submit(mail).Result;
            Check.Equal(ErrorNumber.Canceled, result.Number);
            Check.Equal(Outcome.Accepted, result.Outcome);
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
                SendResult result = pool.Submit(mail, "the mail").Result;
                Check.Equal("the mail", asked);
                Check.Equal(answer == Reconciliation.Unknown ? Outcome.InDoubt : Outcome.Accepted, result.Outcome);
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
            Task<SendResult> canceled = pool.SendAsync(mail, null, source.Token), other = pool.Submit(mail);
            source.CancelAfter(300);
            Fails<OperationCanceledException>(canceled);
            Check.That(!other.IsCompleted, "the other mail was canceled, too");
            pool.Cancel();
            Check.Equal(ErrorNumber.Canceled, other.Result.Number);
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
