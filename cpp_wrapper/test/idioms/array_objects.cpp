// an array of objects, and `new CSmtp[n]` | sends 4 mails
//! mails=4
#include "CSmtp.h"
#include "prepare.h"

int main(int, char **argv) {
  CSmtp local[2];
  CSmtp *heap = new CSmtp[2];
  for (int i = 0; i < 2; i++) {
    Prepare(local[i], argv, "array_objects");
    Prepare(heap[i], argv, "array_objects");
    local[i].Send();
    heap[i].Send();
  }
  delete[] heap;
}
