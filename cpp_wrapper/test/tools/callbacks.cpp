// SPDX-License-Identifier: MIT
//
// Tests the callbacks of the class: their arguments, what they may call, and what
// happens to their exceptions.
//
//	callbacks HOST PORT
//
// Prints each check that failed. The server receives 15 mails.
#include "CSmtp.h"

#include <algorithm>
#include <atomic>
#include <memory>
#include <thread>

#include "expect.h"

static void Prepare(CSmtp &mail, const char *subject)
{
	mail.SetSMTPServer(g_host, g_port, false);
	mail.SetSenderMail("alice@test.example");
	mail.AddRecipient("bob@test.example");
	mail.SetSubject(subject);
}

static void Log()
{
	CSmtp mail;
	Prepare(mail, "log");
	string dialogue;
	mail.SetLogCallback([&](int direction, const char *line) { dialogue += string(1, "CS*"[direction]) + ": " + line + "\n"; });
	mail.Send();
	Expect(dialogue.find("C: MAIL FROM:<alice@test.example>") != string::npos, "the log has the client's lines");
	Expect(dialogue.find("S: 220 ") != string::npos, "the log has the server's lines");
	const size_t before = dialogue.size();
	mail.SetLogCallback(nullptr);
	mail.Send();
	Expect(dialogue.size() == before, "no log after SetLogCallback(nullptr)");

	mail.SetLogCallback([](int, const char *line) { if (strstr(line, "RCPT")) throw Mine("log"); });
	Expect(ThrowsMine("log", [&] { mail.Send(); }), "exception of the log callback");
	Expect(ThrowsMine("log", [&] { mail.Send(); }), "exception of the log callback, again");
	Expect(ThrowsMine("log", [&] { mail.ConnectRemoteServer(g_host, g_port, NO_SECURITY, false); mail.Send(); }), "exception in a session");
	mail.SetLogCallback(nullptr);
	mail.Send();
	Expect(mail.GetOutcome() == CSMTP_ACCEPTED, "usable after exceptions");

	// The destructor discards the exception that the log callback throws at QUIT.
	mail.SetLogCallback([](int, const char *line) { if (strstr(line, "QUIT")) throw Mine("quit"); });
	mail.ConnectRemoteServer(g_host, g_port, NO_SECURITY, false);
}

static void Progress()
{
	CSmtp mail;
	Prepare(mail, "progress");
	const string data(300000, 'x');
	mail.AddAttachmentData("data.bin", nullptr, data.data(), data.size());
	int64_t last = -1, total = -1;
	mail.SetProgressCallback([&](int64_t sent, int64_t all) {
		Expect(sent >= last && (all < 0 || sent <= all), "the progress increases");
		last = sent;
		total = all;
		return 0;
	});
	mail.Send();
	Expect(last > 300000 && last == total, "the progress reaches the total");
	mail.SetProgressCallback([](int64_t, int64_t) { return 1; });
	try { mail.Send(); Expect(false, "progress cancels"); }
	catch (const ECSmtp &e) { Expect(e.GetErrorNum() == ECSmtp::CANCELED, "the progress callback cancels the Send with CANCELED"); }
	mail.SetProgressCallback([](int64_t, int64_t) -> int { throw Mine("progress"); });
	Expect(ThrowsMine("progress", [&] { mail.Send(); }), "exception of the progress callback");
}

static void Reader()
{
	CSmtp mail;
	Prepare(mail, "reader");
	size_t at = 0;
	const string data(100000, 'r');
	mail.AddAttachmentReader("data.bin", "application/octet-stream", static_cast<int64_t>(data.size()), [&](void *buffer, size_t capacity) -> int64_t {
		if (capacity == 0) { at = 0; return 0; }
		const size_t n = std::min(capacity, data.size() - at);
		memcpy(buffer, data.data() + at, n);
		at += n;
		return static_cast<int64_t>(n);
	});
	mail.Send();
	Expect(at == data.size(), "the reader is read to its end");
	{
		CSmtp copy(mail);
		mail.DelAttachments(); // the copy keeps its attachments
		mail = copy;
	}
	const string rendered = mail.RenderMessage();
	Expect(rendered.find("data.bin") != string::npos && rendered.size() > 130000, "a copy renders the reader's part");
	mail.ClearMessage();
	mail.AddRecipient("bob@test.example");
	mail.AddAttachmentReader("x", nullptr, -1, [](void *, size_t capacity) -> int64_t { if (capacity == 0) return 0; throw Mine("reader"); });
	Expect(ThrowsMine("reader", [&] { mail.Send(); }), "exception of the reader");
	Expect(ThrowsMine("reader", [&] { mail.RenderMessage(); }), "exception of the reader while rendering");
}

static void Copies()
{
	int lines = 0;
	CSmtp mail;
	Prepare(mail, "copies");
	std::unique_ptr<CSmtp> first(new CSmtp);
	first->SetLogCallback([&](int, const char *) { lines++; });
	Prepare(*first, "copies");
	CSmtp copy(*first), moved(std::move(*first));
	first.reset();
	copy.Send();
	const int after = lines;
	Expect(after > 5, "a copy keeps the callback");
	moved.Send();
	Expect(lines > after, "a moved object keeps the callback");
	bool inner = false;
	copy.SetLogCallback([&](int, const char *) {
		try { copy.SetSubject("from the callback"); }
		catch (const ECSmtp &e) { inner = e.GetErrorNum() == ECSmtp::BUSY; }
		mail.SetSubject("another handle"); // may be called
	});
	copy.Send();
	Expect(inner, "the object in a Send is busy");
	Expect(!strcmp(mail.GetSubject(), "another handle"), "another object can be used");
}

static void Async()
{
	CSmtp mail;
	Prepare(mail, "async");
	std::atomic<int> told(-1);
	std::thread::id thread;
	mail.SendAsync([&](int error) { thread = std::this_thread::get_id(); told = error; });
	while (!mail.Wait(1000)) {}
	while (told == -1) std::this_thread::yield();
	Expect(told == 0 && thread != std::this_thread::get_id(), "the done function runs on another thread");
	Expect(mail.Poll(), "Poll stays true");

	mail.SetProgressCallback([](int64_t, int64_t) -> int { throw Mine("elsewhere"); });
	mail.SendAsync();
	Expect(ThrowsMine("elsewhere", [&] { while (!mail.Wait(1000)) {} }), "Wait throws the other thread's exception");
	mail.SetProgressCallback(nullptr);
	mail.DelRecipients();
	mail.SendAsync();
	try { while (!mail.Wait(1000)) {} Expect(false, "Wait throws the Send's error"); }
	catch (const ECSmtp &e) { Expect(e.GetErrorNum() == ECSmtp::UNDEF_RECIPIENTS, "the number of the Send's error"); }

	// An object can be destroyed before its asynchronous Send has ended.
	std::shared_ptr<std::atomic<bool> > ended = std::make_shared<std::atomic<bool> >(false);
	{
		CSmtp brief;
		Prepare(brief, "brief");
		brief.SetSMTPServer("no-such-host.invalid", 25);
		brief.SendAsync([ended](int) { *ended = true; throw Mine("discarded"); });
	}
	while (!*ended) std::this_thread::yield();
}

// Sends several mails over one connection. If a callback of a mail throws an exception,
// this mail is canceled, and SendBatch throws the exception.
static void Batch()
{
	CSmtp carrier;
	Prepare(carrier, "carrier");
	std::vector<CSmtp> mails(3);
	std::vector<CSmtp *> all;
	for (CSmtp &mail : mails) {
		Prepare(mail, "one of a batch");
		all.push_back(&mail);
	}
	std::vector<int> results;
	carrier.SendBatch(all, &results);
	Expect(results == std::vector<int>(3, 0), "all accepted");
	mails[1].DelRecipients();
	try { carrier.SendBatch(all, &results); Expect(false, "SendBatch throws the mail's error"); }
	catch (const ECSmtp &e) { Expect(e.GetErrorNum() == ECSmtp::UNDEF_RECIPIENTS, "the number of the mail's error"); }
	Expect(results[0] == 0 && results[1] == ECSmtp::UNDEF_RECIPIENTS && results[2] == 0, "a result for each mail");
	Expect(mails[2].GetOutcome() == CSMTP_ACCEPTED, "an outcome for each mail");
	mails[2].SetProgressCallback([](int64_t, int64_t) -> int { throw Mine("of a mail"); });
	Expect(ThrowsMine("of a mail", [&] { carrier.SendBatch(all, &results); }), "exception of a mail's callback");
	Expect(results[0] == 0 && results[2] == CSMTP_CANCELED, "the mail before it was sent");
	try { carrier.SendBatch({&carrier}); Expect(false, "the carrier is refused as a mail"); }
	catch (const ECSmtp &e) { Expect(static_cast<int>(e.GetErrorNum()) == CSMTP_BAD_ARGUMENT, "the carrier is refused with BAD_ARGUMENT"); }
	carrier.SetLogCallback([](int, const char *) { throw Mine("of the carrier"); });
	Expect(ThrowsMine("of the carrier", [&] { carrier.SendBatch(all); }), "exception of the carrier's callback");
}

// Several threads share one object.
static void Shared()
{
	CSmtp mail;
	std::vector<std::thread> threads;
	std::atomic<int> failed(0);
	for (int i = 0; i < 8; i++)
		threads.push_back(std::thread([&] {
			try {
				for (int j = 0; j < 200; j++) { mail.AddMsgLine("line"); mail.SetSubject("x"); (void)mail.GetMsgLines(); }
			} catch (const ECSmtp &) { failed++; }
		}));
	for (std::thread &t : threads) t.join();
	Expect(failed == 0 && mail.GetMsgLines() == 1600, "no line is lost");
}

int main(int, char *argv[])
{
	g_host = argv[1];
	g_port = static_cast<unsigned short>(atoi(argv[2]));
	try {
		Log();
		Progress();
		Reader();
		Copies();
		Async();
		Batch();
		Shared();
	} catch (const std::exception &e) {
		cout << "unexpected: " << e.what() << endl;
		return 1;
	}
	return g_wrong == 0 ? 0 : 1;
}
