// SPDX-License-Identifier: MIT
//
// Compiled by build files that require CSmtp.cpp. Class CSmtp itself is in CSmtp.h.
// This file defines the four names of the old CSmtp.cpp that no header declared, for
// programs that declare and use them. libcsmtp does not use them.
#ifdef CSMTP_STRICT
#undef CSMTP_STRICT
#endif
#include "../CSmtp.h"

extern Command_Entry command_list[];
Command_Entry *FindCommandEntry(SMTP_COMMAND command);
bool IsKeywordSupported(const char *response, const char *keyword);
unsigned char *CharToUnsignedChar(const char *strIn);

// For each command, the timeouts for sending and receiving in seconds, the expected
// reply code, and the error for any other reply.
Command_Entry command_list[] = {
    {command_INIT, 0, 5 * 60, 220, ECSmtp::SERVER_NOT_RESPONDING},
    {command_EHLO, 5 * 60, 5 * 60, 250, ECSmtp::COMMAND_EHLO},
    {command_AUTHPLAIN, 5 * 60, 5 * 60, 235, ECSmtp::COMMAND_AUTH_PLAIN},
    {command_AUTHLOGIN, 5 * 60, 5 * 60, 334, ECSmtp::COMMAND_AUTH_LOGIN},
    {command_AUTHCRAMMD5, 5 * 60, 5 * 60, 334, ECSmtp::COMMAND_AUTH_CRAMMD5},
    {command_AUTHDIGESTMD5, 5 * 60, 5 * 60, 334, ECSmtp::COMMAND_AUTH_DIGESTMD5},
    {command_DIGESTMD5, 5 * 60, 5 * 60, 334, ECSmtp::COMMAND_DIGESTMD5},
    {command_USER, 5 * 60, 5 * 60, 334, ECSmtp::UNDEF_XYZ_RESPONSE},
    {command_PASSWORD, 5 * 60, 5 * 60, 235, ECSmtp::BAD_LOGIN_PASS},
    {command_MAILFROM, 5 * 60, 5 * 60, 250, ECSmtp::COMMAND_MAIL_FROM},
    {command_RCPTTO, 5 * 60, 5 * 60, 250, ECSmtp::COMMAND_RCPT_TO},
    {command_DATA, 5 * 60, 2 * 60, 354, ECSmtp::COMMAND_DATA},
    {command_DATABLOCK, 3 * 60, 0, 0, ECSmtp::COMMAND_DATABLOCK},
    {command_DATAEND, 3 * 60, 10 * 60, 250, ECSmtp::MSG_BODY_ERROR},
    {command_QUIT, 5 * 60, 5 * 60, 221, ECSmtp::COMMAND_QUIT},
    {command_STARTTLS, 5 * 60, 5 * 60, 220, ECSmtp::COMMAND_EHLO_STARTTLS},
};

Command_Entry *FindCommandEntry(SMTP_COMMAND command) {
  for (Command_Entry &entry : command_list)
    if (entry.command == command) return &entry;
  return nullptr;
}

// Reports whether the response contains the keyword as a whole word. Case does not
// matter.
bool IsKeywordSupported(const char *response, const char *keyword) {
  if (response == nullptr || keyword == nullptr || *keyword == '\0') return false;
  const char *delimiters = " \t\r\n-=";
  const size_t length = strlen(keyword);
  while (*response != '\0') {
    const size_t word = strcspn(response, delimiters);
    // A keyword may contain a delimiter, as CRAM-MD5 does.
    size_t same = 0;
    while (same < length && toupper(static_cast<unsigned char>(response[same])) == toupper(static_cast<unsigned char>(keyword[same]))) same++;
    if (same == length && (response[same] == '\0' || strchr(delimiters, response[same]) != nullptr)) return true;
    response += word;
    if (*response != '\0') response++;
  }
  return false;
}

// Returns a copy of the string. The caller must delete[] it.
unsigned char *CharToUnsignedChar(const char *strIn) {
  const size_t size = strlen(strIn) + 1;
  unsigned char *copy = new unsigned char[size];
  memcpy(copy, strIn, size);
  return copy;
}
