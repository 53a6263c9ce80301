/* SPDX-License-Identifier: MIT
 *
 * login.c: logs in once for each line of standard input. A line contains these fields,
 * separated by tabs:
 *   HOST PORT SECURITY MECHANISM CAFILE CERTIFICATE KEY LOGIN SECRET
 * For each line, it prints the error number, the server's last reply and the error text,
 * separated by tabs. SECURITY is a number from csmtp_c.h; CERTIFICATE and KEY are "-"
 * for none; SECRET is a token for XOAUTH2 and OAUTHBEARER.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "csmtp_c.h"

enum { HOST, PORT, SECURITY, MECHANISM, CAFILE, CERTIFICATE, KEY, LOGIN, SECRET, FIELDS };

static int split(char *line, char *field[FIELDS]) {
  int n = 0;
  line[strcspn(line, "\n")] = '\0';
  for (field[n++] = line; n < FIELDS; field[n++] = line) {
    line = strchr(line, '\t');
    if (line == NULL) return 0;
    *line++ = '\0';
  }
  return 1;
}

static int set_up(CSmtpHandle h, char *field[FIELDS]) {
  const int token = strcmp(field[MECHANISM], "XOAUTH2") == 0 || strcmp(field[MECHANISM], "OAUTHBEARER") == 0;
  int error = CSmtp_SetCAFile(h, field[CAFILE]);
  if (error == 0) error = CSmtp_SetLocalHostName(h, "client.test.example");
  if (error == 0) error = CSmtp_SetAuthMechanism(h, field[MECHANISM]);
  if (error == 0) error = CSmtp_SetLogin(h, field[LOGIN]);
  if (error == 0) error = token ? CSmtp_SetAccessToken(h, field[SECRET]) : CSmtp_SetPassword(h, field[SECRET]);
  if (error == 0 && strcmp(field[CERTIFICATE], "-") != 0) error = CSmtp_SetClientCertificate(h, field[CERTIFICATE], field[KEY]);
  return error;
}

int main(void) {
  static char line[8192];
  while (fgets(line, sizeof line, stdin) != NULL) {
    char *field[FIELDS];
    CSmtpHandle h;
    int error;
    if (!split(line, field)) {
      fprintf(stderr, "a line has fewer than %d fields\n", (int)FIELDS);
      return 2;
    }
    h = CSmtp_New();
    error = set_up(h, field);
    if (error == 0) error = CSmtp_ConnectRemoteServer(h, field[HOST], (unsigned short)atoi(field[PORT]), atoi(field[SECURITY]), 1, "", "");
    printf("%d\t%s\t%s\n", error, CSmtp_GetLastReply(h), CSmtp_GetLastErrorText(h));
    CSmtp_Free(h);
  }
  return 0;
}
