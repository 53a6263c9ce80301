// SPDX-License-Identifier: MIT
// send SERVER PORT LOGIN PASSWORD CA-FILE: sends a mail over STARTTLS, then one that
// the server refuses.
#include "CSmtp.h"

int main(int argc, char *argv[]) {
  if (argc != 6) {
    cerr << "usage: send SERVER PORT LOGIN PASSWORD CA-FILE" << endl;
    return 2;
  }
  CSmtp mail;
  bool sent = false;
  try {
    mail.SetSMTPServer(argv[1], static_cast<unsigned short>(atoi(argv[2])));
    mail.SetSecurityType(USE_TLS);
    mail.SetCAFile(argv[5]);
    mail.SetLogin(argv[3]);
    mail.SetPassword(argv[4]);

    mail.SetCharSet("UTF-8");
    mail.SetSenderName("Zoë Ångström");
    mail.SetSenderMail("alice@test.example");
    mail.AddRecipient("bob@test.example", "Jürgen Groß");
    mail.AddCCRecipient("carol@test.example", "Łucja Żak");
    mail.SetSubject("The café's menu, déjà vu");
    mail.AddMsgLine("Two crêpes and a café au lait: 9 €.");
    mail.AddMsgLine("The menu is attached.");
    mail.SetHTMLBody("<p>Two crêpes and a café au lait: <b>9 €</b>.</p>");
    const std::string menu = "Crêpe: 3 €\nCafé au lait: 3 €\n";
    mail.AddAttachmentData("menü.txt", "text/plain; charset=utf-8", menu.data(), menu.size());
    mail.Send();
    sent = true;

    mail.DelRecipients();
    mail.DelCCRecipients();
    mail.AddRecipient("refused@test.example");
    mail.Send();
  } catch (const ECSmtp &e) {
    cout << e.GetErrorNum() << ": " << e.GetErrorText() << endl; // the text contains the server's reply
  }
  return sent ? 0 : 1;
}
