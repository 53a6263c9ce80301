// a global object, configured by the constructor of another global object | sends
#include "CSmtp.h"
#include "prepare.h"

CSmtp g_mail;
struct Init {
  Init() { g_mail.SetXMailer("Init"); }
} g_init;

int main(int, char **argv) {
  Prepare(g_mail, argv, "global_object");
  if (strcmp(g_mail.GetXMailer(), "Init") != 0) return 1;
  g_mail.Send();
}
