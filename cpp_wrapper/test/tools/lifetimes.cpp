// SPDX-License-Identifier: MIT
//
// Tests objects that threads share, and objects that are moved or destroyed before their
// asynchronous Send has ended.
//
//	lifetimes HOST PORT
//
// Prints each check that failed. It is compiled with the sanitizers.
#include "CSmtp.h"

#include <atomic>
#include <chrono>
#include <memory>
#include <stdexcept>
#include <thread>
#include <vector>

struct Mine : std::runtime_error {
	explicit Mine(const char *what) : std::runtime_error(what) {}
};

static const char *g_host;
static unsigned short g_port;
static std::atomic<int> g_wrong(0);

static void Expect(bool right, const char *what)
{
	if (right) return;
	g_wrong++;
	printf("wrong: %s\n", what);
}

template <typename Call> static bool ThrowsMine(const char *what, Call call)
{
	try { call(); }
	catch (const Mine &e) { return string(e.what()) == what; }
	catch (const std::exception &e) { printf("another exception: %s\n", e.what()); }
	return false;
}

static void Prepare(CSmtp &mail)
{
	mail.SetSMTPServer(g_host, g_port, false);
	mail.SetSenderMail("alice@test.example");
	mail.AddRecipient("bob@test.example");
}

static void Await(CSmtp &mail) { while (!mail.Wait(20000)) {} }

// Threads call an object at the same time. Each exception describes the call that
// throws it.
static void Exceptions()
{
	CSmtp mail;
	Prepare(mail);
	mail.Send(); // a later exception of a setter must not contain the outcome of this Send, ACCEPTED
	std::vector<std::thread> threads;
	for (int who = 0; who < 4; who++)
		threads.push_back(std::thread([&mail, who] {
			for (int i = 0; i < 200; i++) {
				const string key = string(who % 2 ? 40 : 50, static_cast<char>('A' + who)) + std::to_string(i);
				try {
					if (who % 2) mail.SetPinnedPublicKey(key.c_str());
					else mail.SetAuthMechanism(key.c_str());
					Expect(false, "no exception");
				} catch (const ECSmtp &e) {
					Expect(e.GetErrorNum() == ECSmtp::BAD_ARGUMENT, "its number");
					Expect(e.GetErrorText().find(key) != string::npos, "the text of another thread's error");
					Expect(e.GetOutcome() == CSMTP_NOT_SENT && e.GetReply().empty() && e.GetReplyCode() == 0, "the outcome of another call");
				}
			}
		}));
	for (std::thread &t : threads) t.join();
}

// If a callback throws an exception, the call that has run the callback throws it.
// Other threads' calls do not.
static void Callbacks()
{
	CSmtp mail;
	Prepare(mail);
	mail.SetLogCallback([](int, const char *line) { if (strstr(line, "subject-of-one")) throw Mine("one"); });
	std::thread one([&mail] {
		for (int i = 0; i < 20; i++)
			Expect(ThrowsMine("one", [&] { mail.SendRaw("From: a@test.example\r\nTo: subject-of-one@test.example\r\n\r\n", 57); }), "its own exception");
	});
	std::thread two([&mail] {
		for (int i = 0; i < 20; i++) {
			try { mail.SendRaw("From: a@test.example\r\nTo: b@test.example\r\n\r\n", 44); }
			catch (const Mine &) { Expect(false, "another thread's exception"); }
			catch (const ECSmtp &e) { printf("%s\n", e.what()); Expect(false, "no error"); }
		}
	});
	one.join();
	two.join();
}

// Poll and Wait do not throw an exception that belongs to another thread's call. That
// call uses the same object, or a copy that shares an attachment with it.
static void Others()
{
	CSmtp mail;
	Prepare(mail);
	mail.SetLogCallback([](int, const char *line) { if (strstr(line, "subject-of-one")) throw Mine("one"); });
	mail.SendAsync([](int) {});
	Await(mail);
	CSmtp source;
	Prepare(source);
	std::atomic<bool> fails(false);
	source.AddAttachmentReader("a.txt", "text/plain", -1, [&fails](void *, size_t capacity) -> int64_t {
		if (fails && capacity > 0) throw Mine("reader");
		return 0;
	});
	CSmtp copy(source);
	copy.SendAsync();
	Await(copy);
	fails = true;
	std::atomic<bool> over(false);
	std::thread waits([&] {
		while (!over) {
			try { Expect(mail.Poll() && copy.Poll(), "over"); }
			catch (const Mine &) { Expect(false, "Poll threw another thread's exception"); }
		}
	});
	for (int i = 0; i < 40; i++) {
		Expect(ThrowsMine("one", [&] { mail.SendRaw("From: a@test.example\r\nTo: subject-of-one@test.example\r\n\r\n", 57); }), "its own exception");
		Expect(ThrowsMine("reader", [&] { source.Send(); }), "its own reader's exception");
	}
	over = true;
	waits.join();
	copy.SendAsync();
	Expect(ThrowsMine("reader", [&] { Await(copy); }), "Wait throws the reader's exception");
}

// If callbacks of several mails throw exceptions, SendBatch throws one of these. Later
// calls throw none of them.
static void Batches()
{
	CSmtp mail;
	Prepare(mail);
	std::vector<CSmtp> several(4, mail);
	std::vector<CSmtp *> mails;
	for (CSmtp &m : several) {
		m.SetProgressCallback([](int64_t, int64_t) -> int { throw Mine("progress"); });
		mails.push_back(&m);
	}
	CSmtp copy(several[0]); // shares its callbacks with one of the mails
	mails.push_back(&copy);
	Expect(ThrowsMine("progress", [&] { mail.SendBatch(mails); }), "SendBatch throws the exception");
	for (CSmtp *m : mails) {
		m->SetProgressCallback(nullptr);
		try { m->Send(); }
		catch (const Mine &) { Expect(false, "a later call threw the batch's exception"); }
	}
}

// Two threads call SendAsync on an object for which it was never called before.
static void First()
{
	for (int i = 0; i < 20; i++) {
		CSmtp mail;
		Prepare(mail);
		std::atomic<int> told(0), started(0);
		auto start = [&] {
			try { mail.SendAsync([&told](int) { told++; }); started++; }
			catch (const ECSmtp &e) { Expect(e.GetErrorNum() == ECSmtp::BUSY, "busy"); }
		};
		std::thread one(start), two(start);
		one.join();
		two.join();
		Await(mail);
		Expect(told == started, "the done function runs once per Send");
	}
}

// Objects are swapped and moved while they are sending.
static void Moves()
{
	for (int i = 0; i < 10; i++) {
		CSmtp one, two;
		Prepare(one);
		Prepare(two);
		one.SendAsync([](int) { throw Mine("one"); });
		two.SendAsync([](int) { throw Mine("two"); });
		std::swap(one, two);
		Expect(ThrowsMine("two", [&] { Await(one); }) && ThrowsMine("one", [&] { Await(two); }), "swapped objects throw their own exceptions");
		std::vector<CSmtp> all;
		for (int k = 0; k < 5; k++) {
			CSmtp mail;
			Prepare(mail);
			mail.SendAsync([](int) { throw Mine("moved"); });
			all.push_back(std::move(mail));
			Prepare(mail); // a moved-from object is like a new one
		}
		for (CSmtp &m : all) Expect(ThrowsMine("moved", [&] { Await(m); }), "moved");
	}
}

// Data that the done function uses is no longer needed when the object has been destroyed.
static void Scopes()
{
	for (int i = 0; i < 60; i++) {
		std::unique_ptr<int> result(new int(-1));
		{
			CSmtp mail;
			Prepare(mail);
			int *const r = result.get();
			mail.SendAsync([r](int error) { *r = error; });
			if (i % 3 == 1) Await(mail);
			if (i % 3 == 2) std::this_thread::sleep_for(std::chrono::microseconds(100 * (i % 20)));
			if (i % 3 == 1) Expect(*r == 0, "the done function ran before Wait returned");
		}
		Expect(*result == 0 || *result == ECSmtp::CANCELED, "the done function ran before the object was destroyed");
	}
	for (int i = 0; i < 20; i++) { // one object is replaced by assignment, and another is moved
		std::unique_ptr<int> first(new int(-1)), second(new int(-1));
		CSmtp mail, other;
		Prepare(mail);
		Prepare(other);
		int *const r = first.get(), *const s = second.get();
		mail.SendAsync([r](int error) { *r = error; });
		CSmtp moved(std::move(mail));
		other.SendAsync([s](int error) { *s = error; });
		other = CSmtp();
		Expect(*s == 0 || *s == ECSmtp::CANCELED, "the done function ran before the object was assigned to");
		Await(moved);
		Expect(*r == 0, "the done function of the moved object ran");
	}
}

// The done function can call any method, send again, or destroy the object.
static void Inside()
{
	for (int i = 0; i < 30; i++) {
		std::atomic<bool> gone(false);
		CSmtp *const mail = new CSmtp;
		Prepare(*mail);
		mail->SendAsync([mail, &gone](int) { delete mail; gone = true; });
		while (!gone) std::this_thread::yield();
	}
	CSmtp mail;
	Prepare(mail);
	std::atomic<int> sent(0);
	struct Next {
		static void Send(CSmtp &mail, std::atomic<int> &sent)
		{
			mail.SendAsync([&mail, &sent](int error) {
				Expect(error == 0 && mail.GetOutcome() == CSMTP_ACCEPTED && mail.Poll(), "the Send has ended in the done function");
				if (++sent < 5) Send(mail, sent);
			});
		}
	};
	Next::Send(mail, sent);
	while (sent < 5) Await(mail);
}

// Poll or Wait throws the exception of the done function, whatever the order of the
// calls.
static void Thrown()
{
	CSmtp mail;
	Prepare(mail);
	for (int i = 0; i < 20; i++) {
		mail.SendAsync([](int) { throw Mine("done"); });
		if (i % 4 == 1) std::this_thread::sleep_for(std::chrono::milliseconds(30));
		if (i % 4 == 2) { // another call first
			try { mail.KeepAlive(); Expect(false, "KeepAlive fails without a session"); }
			catch (const Mine &) { Expect(false, "another call threw the exception"); }
			catch (const ECSmtp &e) { Expect(e.GetErrorNum() == ECSmtp::CONNECTION_CLOSED, "KeepAlive without a session fails with CONNECTION_CLOSED"); }
		}
		Expect(ThrowsMine("done", [&] { if (i % 2) Await(mail); else while (!mail.Poll()) std::this_thread::yield(); }), "Poll or Wait throws the exception");
		Expect(mail.Poll() && mail.Wait(0), "and once");
	}
	for (int i = 0; i < 20; i++) { // only one of two waiting threads gets the exception
		std::atomic<int> thrown(0);
		mail.SendAsync([](int) { throw Mine("done"); });
		auto wait = [&] { try { Await(mail); } catch (const Mine &) { thrown++; } };
		std::thread one(wait), two(wait);
		one.join();
		two.join();
		Expect(thrown == 1, "one of two Waits throws the exception");
	}
	// Poll and Wait first throw the exceptions of other callbacks, and then the exception of
	// the done function.
	mail.SetProgressCallback([](int64_t, int64_t) -> int { throw Mine("progress"); });
	mail.SendAsync([](int) { throw Mine("done"); });
	std::this_thread::sleep_for(std::chrono::milliseconds(30));
	try { mail.KeepAlive(); }
	catch (const Mine &) { Expect(false, "another call threw the progress callback's exception"); }
	catch (const ECSmtp &) {}
	Expect(ThrowsMine("progress", [&] { Await(mail); }), "Wait throws the progress callback's exception");
	Expect(ThrowsMine("done", [&] { Await(mail); }), "then Wait throws the done function's exception");
	try { Await(mail); Expect(false, "canceled"); }
	catch (const ECSmtp &e) { Expect(e.GetErrorNum() == ECSmtp::CANCELED && e.GetOutcome() != CSMTP_ACCEPTED, "then Wait throws the Send's error"); }
	{ // without Poll or Wait
		CSmtp brief;
		Prepare(brief);
		brief.SendAsync([](int) { throw Mine("discarded"); });
	}
	// A second SendAsync during a Send throws at once.
	mail.SetProgressCallback(nullptr);
	std::atomic<bool> over(false);
	mail.SendAsync([&over](int) { while (!over) std::this_thread::yield(); });
	try { mail.SendAsync(); Expect(false, "a second SendAsync was accepted"); }
	catch (const ECSmtp &e) { Expect(e.GetErrorNum() == ECSmtp::BUSY, "busy"); }
	over = true;
	Await(mail);
}

int main(int, char *argv[])
{
	g_host = argv[1];
	g_port = static_cast<unsigned short>(atoi(argv[2]));
	try {
		Exceptions();
		Callbacks();
		Others();
		Batches();
		First();
		Moves();
		Scopes();
		Inside();
		Thrown();
	} catch (const std::exception &e) {
		printf("unexpected: %s\n", e.what());
		return 1;
	}
	return g_wrong == 0 ? 0 : 1;
}
