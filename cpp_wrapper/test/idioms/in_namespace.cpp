// the header included in a namespace | does not link
//! posix
#include <assert.h>
#include <stdio.h>
#include <string.h>
#include <sys/types.h>
#include <fstream>
#include <iostream>
#include <string>
#include <vector>
namespace vendor {
#include "CSmtp.h"
}
#include "prepare.h"

int main(int, char **argv) {
  vendor::CSmtp mail;
  Prepare(mail, argv, "in_namespace");
  mail.SetSecurityType(vendor::USE_TLS);
  mail.Send();
}
