// SPDX-License-Identifier: MIT
//
// Tests the event callback of class CSmtp and of class CSmtpPool.
//
//	events HOST PORT
//
// Prints each check that failed.
#include "CSmtp.h"

#include <atomic>
#include <map>
#include <memory>

#include "csmtp_pool.h"
#include "expect.h"

static void Prepare(CSmtp &mail)
{
	mail.SetSMTPServer(g_host, g_port, false);
	mail.SetSenderMail("alice@test.example");
	mail.AddRecipient("bob@test.example");
	mail.AddMsgLine("Hello.");
}

typedef std::map<int, int> Counts;

static void Handle()
{
	Counts counts;
	{
		CSmtp mail;
		Prepare(mail);
		mail.SetEventCallback([&](const CSmtpEvent &event) {
			counts[event.kind]++;
			Expect(event.size == sizeof event && *event.name == '\0' && event.relay == 0, "the members of an event without a pool");
			Expect(string(event.server) == string(g_host) + ":" + std::to_string(g_port), "the server");
			if (event.kind == CSMTP_EVENT_READY) Expect(event.connect > 0 && event.greeting > 0 && event.ehlo > 0 && event.tls == 0, "the steps of a session");
			if (event.kind != CSMTP_EVENT_SENT) return;
			Expect(event.outcome == CSMTP_ACCEPTED && event.error == 0 && event.reply_code == 250, "the outcome");
			Expect(event.attempts == 1 && event.recipients == 1 && event.accepted == 1 && event.octets > 100, "the numbers of a mail");
			Expect(event.content > 0 && event.reply > 0 && event.total >= event.envelope + event.content + event.reply, "the steps of a mail");
		});
		mail.ConnectRemoteServer(g_host, g_port, NO_SECURITY, false);
		for (int i = 0; i < 3; i++) mail.Send();
		CSmtp copy(mail); // copies the callback too
		copy.Send();
	}
	Expect(counts[CSMTP_EVENT_SENT] == 4 && counts[CSMTP_EVENT_CONNECTED] == 2 && counts[CSMTP_EVENT_DISCONNECTED] == 2, "the sums of two objects");
}

// A callback can cancel the object that has called it, and can use other objects. Any
// other call on the object that has called it fails with BUSY.
static void Calls()
{
	CSmtp mail, other;
	Prepare(mail);
	Prepare(other);
	int busy = 0;
	mail.SetEventCallback([&](const CSmtpEvent &event) {
		if (event.kind != CSMTP_EVENT_READY) return;
		try { mail.SetSubject("from the callback"); }
		catch (const ECSmtp &e) { busy += static_cast<int>(e.GetErrorNum()) == CSMTP_BUSY; }
		other.Send();
	});
	mail.Send();
	Expect(busy == 1, "a call on its own handle is refused");
	mail.SetEventCallback([&](const CSmtpEvent &event) { if (event.kind == CSMTP_EVENT_READY) mail.Cancel(); });
	int error = 0;
	try { mail.Send(); }
	catch (const ECSmtp &e) { error = e.GetErrorNum(); }
	Expect(error == CSMTP_CANCELED, "canceled by the callback");
	mail.SetEventCallback([](const CSmtpEvent &event) { if (event.kind == CSMTP_EVENT_CONNECTED) throw Mine("event"); });
	Expect(ThrowsMine("event", [&] { mail.Send(); }), "exception of the callback");
	mail.SetEventCallback(nullptr);
	mail.Send();

	mail.SetEventCallback([](const CSmtpEvent &event) { if (event.kind == CSMTP_EVENT_DISCONNECTED) throw Mine("in the destructor"); });
	mail.ConnectRemoteServer(g_host, g_port, NO_SECURITY, false);
}

static void Async()
{
	std::atomic<int> sent(0), open(0);
	{
		CSmtp mail;
		Prepare(mail);
		mail.SetEventCallback([&](const CSmtpEvent &event) {
			if (event.kind == CSMTP_EVENT_SENT) sent++;
			if (event.kind == CSMTP_EVENT_CONNECTED) open++;
			if (event.kind == CSMTP_EVENT_DISCONNECTED) open--;
		});
		for (int i = 0; i < 5; i++) {
			mail.SendAsync(nullptr);
			Expect(mail.Wait(60000), "Wait");
		}
		Expect(open == 1, "the session is kept");
	}
	Expect(sent == 5 && open == 0, "the sums of asynchronous Sends");
}

static void Pool(bool in_wait)
{
	Counts counts;
	{
		CSmtpPool pool;
		CSmtp relay;
		relay.SetSMTPServer(g_host, g_port, false);
		relay.SetEventCallback([](const CSmtpEvent &) { Expect(false, "the callback of a relay is not called"); });
		pool.AddRelay(relay, "first");
		pool.SetCallbacksInWait(in_wait);
		int busy = 0;
		pool.SetEventCallback([&](const CSmtpEvent &event) {
			counts[event.kind]++;
			Expect(event.relay == 0 && string(event.name) == "first", "the relay");
			try { pool.SetQueue(1); }
			catch (const ECSmtp &e) { busy += static_cast<int>(e.GetErrorNum()) == CSMTP_BUSY; }
			CSmtp_Free(pool.GetHandle()); // has no effect
		});
		CSmtp mail;
		Prepare(mail);
		for (int i = 0; i < 50; i++) pool.Submit(mail);
		Expect(pool.Wait(60000), "Wait");
		Expect(counts[CSMTP_EVENT_SENT] == 50 && busy >= 50, "the events of 50 mails");
		pool.SetEventCallback([](const CSmtpEvent &event) { if (event.kind == CSMTP_EVENT_SENT) throw Mine("pool"); });
		pool.Submit(mail);
		Expect(ThrowsMine("pool", [&] { pool.Drain(); }), "exception of the callback of a pool");
		pool.SetEventCallback([&](const CSmtpEvent &event) { counts[event.kind]++; });
	}
	Expect(counts[CSMTP_EVENT_CONNECTED] > 0 && counts[CSMTP_EVENT_CONNECTED] <= 4, "connections");
	Expect(counts[CSMTP_EVENT_CONNECTED] == counts[CSMTP_EVENT_DISCONNECTED], "each connection has ended");
}

int main(int, char *argv[])
{
	g_host = argv[1];
	g_port = static_cast<unsigned short>(atoi(argv[2]));
	try {
		Handle();
		Calls();
		Async();
		Pool(false);
		Pool(true);
		CSmtpPool pool;
		Expect(CSmtp_SetEventCallback(0, nullptr, nullptr) == CSMTP_BAD_HANDLE, "no handle");
		pool.SetEventCallback(nullptr);
	}
	catch (const std::exception &e) { Expect(false, e.what()); }
	return g_wrong;
}
