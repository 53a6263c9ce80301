// SPDX-License-Identifier: MIT
//
// A sample in the style of CSmtp's article: select a provider by a define, fill in
// login and password, and run. It is written for the original class (2.x) and compiles
// with either class, except for SetCAFile in the block for your own server. Select
// another provider by changing the define below, or by -Dtest_yahoo_ssl and the like.
#include "CSmtp.h"
#include <fstream>
#include <iostream>

#if !defined(test_gmail_tls) && !defined(test_gmail_ssl) && !defined(test_hotmail_tls) && !defined(test_outlook_tls) && \
    !defined(test_aol_tls) && !defined(test_aol_ssl) && !defined(test_yahoo_ssl) && !defined(test_yahoo_tls) && \
    !defined(test_relay) && !defined(test_own_server)
#define test_gmail_tls
#endif

// A server of your own: -Dtest_own_server -DOWN_SERVER='"mail.example.org"' ...
#if defined(test_own_server)
#ifndef OWN_SERVER
#define OWN_SERVER "localhost"
#endif
#ifndef OWN_PORT
#define OWN_PORT 587
#endif
#ifndef OWN_SECURITY
#define OWN_SECURITY USE_TLS
#endif
#endif
#ifndef OWN_LOGIN
#define OWN_LOGIN "login@example.com"
#endif
#ifndef OWN_PASSWORD
#define OWN_PASSWORD "password"
#endif

int main()
{
	bool bError = false;

	try
	{
		CSmtp mail;

#if defined(test_gmail_tls)
		mail.SetSMTPServer("smtp.gmail.com", 587);
		mail.SetSecurityType(USE_TLS);
#elif defined(test_gmail_ssl)
		mail.SetSMTPServer("smtp.gmail.com", 465);
		mail.SetSecurityType(USE_SSL);
#elif defined(test_hotmail_tls)
		mail.SetSMTPServer("smtp.live.com", 25);
		mail.SetSecurityType(USE_TLS);
#elif defined(test_outlook_tls)
		mail.SetSMTPServer("smtp-mail.outlook.com", 587);
		mail.SetSecurityType(USE_TLS);
#elif defined(test_aol_tls)
		mail.SetSMTPServer("smtp.aol.com", 587);
		mail.SetSecurityType(USE_TLS);
#elif defined(test_aol_ssl)
		mail.SetSMTPServer("smtp.aol.com", 465);
		mail.SetSecurityType(USE_SSL);
#elif defined(test_yahoo_ssl)
		mail.SetSMTPServer("smtp.mail.yahoo.com", 465);
		mail.SetSecurityType(USE_SSL);
#elif defined(test_yahoo_tls)
		mail.SetSMTPServer("smtp.mail.yahoo.com", 587);
		mail.SetSecurityType(SMTP_SECURITY_TYPE::USE_TLS);
#elif defined(test_relay)
		mail.SetSMTPServer("relay.example.com", 25, false); // accepts mail without a login
		mail.SetSecurityType(NO_SECURITY);
#elif defined(test_own_server)
		mail.SetSMTPServer(OWN_SERVER, OWN_PORT);
		mail.SetSecurityType(OWN_SECURITY);
#ifdef OWN_CA_FILE
		mail.SetCAFile(OWN_CA_FILE); // the certificate is from your own CA
#endif
#endif

		mail.SetLogin(OWN_LOGIN);
		mail.SetPassword(OWN_PASSWORD);
		mail.SetSenderName("The Sender");
		mail.SetSenderMail("sender@example.com");
		mail.SetReplyTo("answers@example.com");
		mail.SetSubject("A mail of the sample program");
		mail.AddRecipient("recipient@example.com", "The Recipient");
		mail.AddCCRecipient("copy@example.com");
		mail.SetXPriority(XPRIORITY_NORMAL);
		mail.SetXMailer("The Sample 2.4");
		mail.AddMsgLine("Hello,");
		mail.AddMsgLine("");
		mail.AddMsgLine("this line will be taken out again.");
		mail.AddMsgLine("This line will be changed.");
		mail.AddMsgLine("It is sent by the sample program.");
		mail.AddMsgLine("");
		mail.AddMsgLine("The Sender");
		mail.ModMsgLine(3, "This mail has one attachment.");
		mail.DelMsgLine(2);

		std::ofstream("sample.txt") << "The text of the attachment.\n";
		mail.AddAttachment("sample.txt");

		mail.Send();
	}
	catch(ECSmtp e)
	{
		std::cout << "Error: " << e.GetErrorText().c_str() << "\n";
		bError = true;
	}

	if(!bError)
		std::cout << "Mail was sent successfully.\n";
	return bError ? 1 : 0;
}
