// SPDX-License-Identifier: MIT
// Uses every method, enumerator and macro of CSmtp 1.9 to 2.4, and nothing else. The
// program could also be built with the old class, except for GetLocalHostIP, which that
// class declared but did not define.
//
//	everymethod HOST PORT none|tls|ssl LOGIN PASSWORD ATTACHMENT
//
// Sends one mail with Send alone, and one in a session that the program opens. Every
// property of both mails is set. If LOGIN is "", there is no login.
#include "CSmtp.h"

#define NUMBER(name, value) static_assert((int)ECSmtp::name == value, #name)
NUMBER(CSMTP_NO_ERROR, 0);
NUMBER(WSA_STARTUP, 100);
NUMBER(WSA_VER, 101);
NUMBER(WSA_SEND, 102);
NUMBER(WSA_RECV, 103);
NUMBER(WSA_CONNECT, 104);
NUMBER(WSA_GETHOSTBY_NAME_ADDR, 105);
NUMBER(WSA_INVALID_SOCKET, 106);
NUMBER(WSA_HOSTNAME, 107);
NUMBER(WSA_IOCTLSOCKET, 108);
NUMBER(WSA_SELECT, 109);
NUMBER(BAD_IPV4_ADDR, 110);
NUMBER(UNDEF_MSG_HEADER, 200);
NUMBER(UNDEF_MAIL_FROM, 201);
NUMBER(UNDEF_SUBJECT, 202);
NUMBER(UNDEF_RECIPIENTS, 203);
NUMBER(UNDEF_LOGIN, 204);
NUMBER(UNDEF_PASSWORD, 205);
NUMBER(BAD_LOGIN_PASSWORD, 206);
NUMBER(BAD_DIGEST_RESPONSE, 207);
NUMBER(BAD_SERVER_NAME, 208);
NUMBER(UNDEF_RECIPIENT_MAIL, 209);
NUMBER(COMMAND_MAIL_FROM, 300);
NUMBER(COMMAND_EHLO, 301);
NUMBER(COMMAND_AUTH_PLAIN, 302);
NUMBER(COMMAND_AUTH_LOGIN, 303);
NUMBER(COMMAND_AUTH_CRAMMD5, 304);
NUMBER(COMMAND_AUTH_DIGESTMD5, 305);
NUMBER(COMMAND_DIGESTMD5, 306);
NUMBER(COMMAND_DATA, 307);
NUMBER(COMMAND_QUIT, 308);
NUMBER(COMMAND_RCPT_TO, 309);
NUMBER(MSG_BODY_ERROR, 310);
NUMBER(CONNECTION_CLOSED, 400);
NUMBER(SERVER_NOT_READY, 401);
NUMBER(SERVER_NOT_RESPONDING, 402);
NUMBER(SELECT_TIMEOUT, 403);
NUMBER(FILE_NOT_EXIST, 404);
NUMBER(MSG_TOO_BIG, 405);
NUMBER(BAD_LOGIN_PASS, 406);
NUMBER(UNDEF_XYZ_RESPONSE, 407);
NUMBER(LACK_OF_MEMORY, 408);
NUMBER(TIME_ERROR, 409);
NUMBER(RECVBUF_IS_EMPTY, 410);
NUMBER(SENDBUF_IS_EMPTY, 411);
NUMBER(OUT_OF_MSG_RANGE, 412);
NUMBER(COMMAND_EHLO_STARTTLS, 413);
NUMBER(SSL_PROBLEM, 414);
NUMBER(COMMAND_DATABLOCK, 415);
NUMBER(STARTTLS_NOT_SUPPORTED, 416);
NUMBER(LOGIN_NOT_SUPPORTED, 417);

static_assert(XPRIORITY_HIGH == 2 && XPRIORITY_NORMAL == 3 && CSmptXPriority::XPRIORITY_LOW == 4, "CSmptXPriority");
static_assert(NO_SECURITY == 0 && USE_TLS == 1 && USE_SSL == 2 && DO_NOT_SET == 3, "SMTP_SECURITY_TYPE");
static_assert(CSmtp::NO_SECURITY == 0 && CSmtp::USE_TLS == USE_TLS && CSmtp::USE_SSL == SMTP_SECURITY_TYPE::USE_SSL, "security_type");
static_assert(command_INIT == 0 && command_EHLO == 1 && command_AUTHPLAIN == 2 && command_AUTHLOGIN == 3 && command_AUTHCRAMMD5 == 4 &&
                  command_AUTHDIGESTMD5 == 5 && command_DIGESTMD5 == 6 && command_USER == 7 && command_PASSWORD == 8 &&
                  command_MAILFROM == 9 && command_RCPTTO == 10 && command_DATA == 11 && command_DATABLOCK == 12 &&
                  command_DATAEND == 13 && command_QUIT == 14 && command_STARTTLS == 15,
              "SMTP_COMMAND");
static_assert((TIME_IN_SEC) == 180 && BUFFER_SIZE == 10240 && MSG_SIZE_IN_MB == 25 && COUNTER_VALUE == 100, "macros");
static_assert(sizeof(BOUNDARY_TEXT) == sizeof("__MESSAGE__ID__54yg6f6h6y456345"), "BOUNDARY_TEXT");
static_assert(sizeof(Command_Entry) == sizeof(struct tagCommand_Entry), "Command_Entry");
static_assert(std::is_same<decltype(std::declval<const ECSmtp &>().GetErrorText()), std::string>::value, "by value");
static_assert(std::is_same<decltype(std::declval<const ECSmtp &>().GetErrorNum()), ECSmtp::CSmtpError>::value, "the enum");
static_assert(std::is_convertible<ECSmtp::CSmtpError, ECSmtp>::value, "converts");
static_assert(std::has_virtual_destructor<CSmtp>::value && std::is_nothrow_destructible<CSmtp>::value, "destructor");
static_assert(std::is_copy_constructible<CSmtp>::value && std::is_copy_assignable<CSmtp>::value, "copied");
static_assert(std::is_nothrow_move_constructible<CSmtp>::value && std::is_nothrow_move_assignable<CSmtp>::value, "moved");
static_assert(std::is_same<decltype(CSmtp::m_bHTML), bool>::value, "m_bHTML");

static int g_failures = 0;

static void Expect(bool right, const char *what)
{
	if (right) return;
	g_failures++;
	printf("wrong: %s\n", what);
}

template <typename Call> static void Throws(ECSmtp::CSmtpError number, const char *what, Call call)
{
	try { call(); }
	catch (ECSmtp e) { Expect(e.GetErrorNum() == number, what); return; }
	Expect(false, what);
}

static void Defaults()
{
	const CSmtp mail;
	Expect(mail.GetXPriority() == XPRIORITY_NORMAL, "default priority");
	Expect(mail.GetSecurityType() == NO_SECURITY, "default security");
	Expect(!mail.m_bHTML, "default m_bHTML");
	Expect(!*mail.GetSubject() && !*mail.GetSenderName() && !*mail.GetMailFrom() && !*mail.GetReplyTo() && !*mail.GetXMailer(), "default texts");
	Expect(mail.GetMsgLines() == 0 && mail.GetRecipientCount() == 0 && mail.GetCCRecipientCount() == 0 && mail.GetBCCRecipientCount() == 0, "default counts");
	Expect(strlen(mail.GetLocalHostName()) > 0, "local host name");
	Expect(mail.GetLocalHostIP() != NULL, "local host IP");
	Throws(ECSmtp::OUT_OF_MSG_RANGE, "no line", [&] { mail.GetMsgLineText(0); });
}

static void Lists(CSmtp &mail)
{
	mail.AddRecipient("gone@test.example");
	mail.AddCCRecipient("gone@test.example");
	mail.AddBCCRecipient("gone@test.example", NULL);
	mail.AddAttachment("/no/such/file");
	mail.AddMsgLine("gone");
	mail.DelRecipients();
	mail.DelCCRecipients();
	mail.DelBCCRecipients();
	mail.DelAttachments();
	mail.DelMsgLines();
	Expect(mail.GetRecipientCount() + mail.GetCCRecipientCount() + mail.GetBCCRecipientCount() + mail.GetMsgLines() == 0, "Del*");
	mail.AddRecipient("gone@test.example", "");
	mail.AddAttachment("/no/such/file");
	mail.SetSubject("kept by ClearMessage");
	mail.ClearMessage();
	Expect(mail.GetRecipientCount() == 0, "ClearMessage");
	Expect(!strcmp(mail.GetSubject(), "kept by ClearMessage"), "ClearMessage keeps the subject");
	Throws(ECSmtp::UNDEF_RECIPIENT_MAIL, "AddRecipient(NULL)", [&] { mail.AddRecipient(NULL); });
	Throws(ECSmtp::UNDEF_RECIPIENT_MAIL, "AddCCRecipient(NULL)", [&] { mail.AddCCRecipient(NULL, NULL); });
	Throws(ECSmtp::UNDEF_RECIPIENT_MAIL, "AddBCCRecipient(NULL)", [&] { mail.AddBCCRecipient(NULL, "name"); });
	Throws(ECSmtp::OUT_OF_MSG_RANGE, "DelMsgLine", [&] { mail.DelMsgLine(0); });
	Throws(ECSmtp::OUT_OF_MSG_RANGE, "ModMsgLine", [&] { mail.ModMsgLine(0, "x"); });
	mail.ModMsgLine(0, NULL);
}

static void Message(CSmtp &mail, const char *subject, const char *attachment)
{
	mail.SetSenderName("Alice Example");
	mail.SetSenderMail("alice@test.example");
	mail.SetReplyTo("answers@test.example");
	mail.SetSubject(subject);
	mail.SetXMailer("Every Method 1.0");
	mail.SetXPriority(XPRIORITY_HIGH);
	mail.SetCharSet("UTF-8");
	mail.SetReadReceipt();
	mail.SetLocalHostName("client.test.example");
	mail.AddRecipient("bob@test.example", "Bob");
	mail.AddRecipient("carol@test.example");
	mail.AddCCRecipient("dan@test.example", "Dan \xc3\x84.");
	mail.AddBCCRecipient("erin@test.example", "Erin");
	mail.AddMsgLine("to be deleted");
	mail.AddMsgLine("to be changed");
	mail.AddMsgLine(".");
	mail.AddMsgLine("\xe2\x82\xac and more");
	mail.ModMsgLine(1, "changed");
	mail.DelMsgLine(0);
	mail.AddAttachment(attachment);
	Expect(!strcmp(mail.GetSenderName(), "Alice Example") && !strcmp(mail.GetMailFrom(), "alice@test.example"), "sender");
	Expect(!strcmp(mail.GetReplyTo(), "answers@test.example") && !strcmp(mail.GetXMailer(), "Every Method 1.0"), "reply-to and mailer");
	Expect(!strcmp(mail.GetSubject(), subject) && !strcmp(mail.GetLocalHostName(), "client.test.example"), "subject and host");
	Expect(mail.GetXPriority() == CSmptXPriority::XPRIORITY_HIGH, "priority");
	Expect(mail.GetRecipientCount() == 2 && mail.GetCCRecipientCount() == 1 && mail.GetBCCRecipientCount() == 1, "counts");
	Expect(mail.GetMsgLines() == 3 && !strcmp(mail.GetMsgLineText(0), "changed") && !strcmp(mail.GetMsgLineText(1), "."), "lines");
}

int main(int argc, char *argv[])
{
	if (argc != 7) { printf("usage: everymethod HOST PORT none|tls|ssl LOGIN PASSWORD ATTACHMENT\n"); return 2; }
	const char *host = argv[1], *login = argv[4], *password = argv[5];
	const unsigned short port = static_cast<unsigned short>(atoi(argv[2]));
	const bool authenticate = *login != '\0';
	const string security = argv[3];
	try
	{
		Defaults();
		CSmtp mail;
		Lists(mail);
		Message(mail, "every method, Send alone", argv[6]);
		mail.SetSMTPServer(host, port, authenticate);
		mail.SetLogin(login);
		mail.SetPassword(password);
		if (security == "tls") mail.SetSecurityType(CSmtp::USE_TLS);
		else if (security == "ssl") mail.SetSecurityType(USE_SSL);
		else mail.SetSecurityType(SMTP_SECURITY_TYPE::NO_SECURITY);
		Expect(mail.GetSecurityType() == (security == "tls" ? USE_TLS : security == "ssl" ? USE_SSL : NO_SECURITY), "security");
		mail.Send();

		mail.ClearMessage();
		Message(mail, "every method, a session by hand", argv[6]);
		mail.m_bHTML = true;
		Expect(mail.ConnectRemoteServer(host, port, DO_NOT_SET, authenticate, login, password), "connects");
		Expect(strlen(mail.GetLocalHostIP()) > 0, "address of the session");
		mail.Send();
		mail.DisconnectRemoteServer();
	}
	catch(ECSmtp e)
	{
		printf("%d %s\n", e.GetErrorNum(), e.GetErrorText().c_str());
		return 1;
	}
	return g_failures ? 3 : 0;
}
