// `#undef BUFFER_SIZE` before and after the include | sends
#define BUFFER_SIZE 512
#undef BUFFER_SIZE
#include "CSmtp.h"
#undef BUFFER_SIZE
#define BUFFER_SIZE 4096
#include "prepare.h"

int main(int, char **argv) {
  char buffer[BUFFER_SIZE] = "buffer_size";
  CSmtp mail;
  Prepare(mail, argv, buffer);
  mail.Send();
}
