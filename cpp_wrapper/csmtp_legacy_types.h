// SPDX-License-Identifier: MIT
//
// csmtp_legacy_types.h: the types of the old CSmtp.h that describe SMTP commands.
// CSmtp.h includes this file unless CSMTP_STRICT is defined.
#ifndef CSMTP_LEGACY_TYPES_H
#define CSMTP_LEGACY_TYPES_H

// These are the types of command_list, a table of SMTP commands that compat/CSmtp.cpp
// defines.
enum SMTP_COMMAND {
  command_INIT, command_EHLO, command_AUTHPLAIN, command_AUTHLOGIN, command_AUTHCRAMMD5, command_AUTHDIGESTMD5,
  command_DIGESTMD5, command_USER, command_PASSWORD, command_MAILFROM, command_RCPTTO, command_DATA, command_DATABLOCK,
  command_DATAEND, command_QUIT, command_STARTTLS
};

typedef struct tagCommand_Entry {
  SMTP_COMMAND command;
  int send_timeout;
  int recv_timeout;
  int valid_reply_code;
  ECSmtp::CSmtpError error;
} Command_Entry;

#endif // CSMTP_LEGACY_TYPES_H
