// recipients in one text, split at `;` by `strtok`, with blanks around them | sends
//! has=To:.Bob.<bob@test\.example>,.carol@test\.example,.dave@test\.example
#include "CSmtp.h"
#include "prepare.h"

int main(int, char **argv) {
  CSmtp mail;
  Prepare(mail, argv, "recipients_split");
  char list[] = " carol@test.example; dave@test.example ;";
  for (char *one = strtok(list, ";"); one != NULL; one = strtok(NULL, ";")) mail.AddRecipient(one);
  mail.Send();
}
