// SPDX-License-Identifier: MIT
#include "base64.h"
#include "CSmtp.h"
#include "md5.h"

// A program that encodes its subject itself, and uses functions and classes of the old
// base64.h and md5.h.
static std::string Encoded(const std::string &text)
{
	return "=?UTF-8?B?" + base64_encode(reinterpret_cast<const unsigned char *>(text.c_str()), (unsigned int)text.length()) + "?=";
}

int main(int, char *argv[])
{
	if (base64_decode(base64_encode((unsigned char const *)"Man", 3)) != "Man") return 2;
	if (base64_decode("TWE=TWFu") != "Ma" || base64_decode("TW Fu") != "M") return 3;
	MD5 context;
	context.update((unsigned char *)"abc", 3);
	context.finalize();
	char *digest = context.hex_digest();
	const bool right = strcmp(digest, "900150983cd24fb0d6963f7d28e17f72") == 0;
	delete[] digest;
	cout << MD5((unsigned char *)"abc") << endl;
	if (!right) return 4;
	try {
		CSmtp mail;
		mail.SetSMTPServer(argv[1], (unsigned short)atoi(argv[2]));
		mail.SetSenderMail("base@test.example");
		mail.AddRecipient("bob@test.example");
		mail.SetSubject(Encoded("base64_first \xc3\xa4").c_str());
		mail.SetCharSet("UTF-8");
		mail.AddMsgLine("Gr\xc3\xbc\xc3\x9f""e");
		mail.Send();
	} catch (ECSmtp e) {
		cout << e.GetErrorText() << endl;
		return 1;
	}
	return 0;
}
