// SPDX-License-Identifier: MIT
//
// csmtp_errors.h: the error numbers of ECSmtp. Include CSmtp.h instead of this file.
#ifndef CSMTP_ERRORS_H
#define CSMTP_ERRORS_H

#include "csmtp_c.h"
#include "csmtp_parts.h"

namespace csmtp_detail {
CSMTP_INLINE_NAMESPACE

// The error numbers of ECSmtp.
struct Errors {
#if defined(__clang__)
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wshadow" // csmtp_c.h also has CSMTP_NO_ERROR, with the same value
#endif
// Generated from csmtp_c.h: begin
  enum CSmtpError : Underlying {
    CSMTP_NO_ERROR = 0,
    WSA_STARTUP = 100,
    WSA_VER = 101,
    WSA_SEND = 102,
    WSA_RECV = 103,
    WSA_CONNECT = 104,
    WSA_GETHOSTBY_NAME_ADDR = 105,
    WSA_INVALID_SOCKET = 106,
    WSA_HOSTNAME = 107,
    WSA_IOCTLSOCKET = 108,
    WSA_SELECT = 109,
    BAD_IPV4_ADDR = 110,
    UNDEF_MSG_HEADER = 200,
    UNDEF_MAIL_FROM = 201,
    UNDEF_SUBJECT = 202,
    UNDEF_RECIPIENTS = 203,
    UNDEF_LOGIN = 204,
    UNDEF_PASSWORD = 205,
    BAD_LOGIN_PASSWORD = 206,
    BAD_DIGEST_RESPONSE = 207,
    BAD_SERVER_NAME = 208,
    UNDEF_RECIPIENT_MAIL = 209,
    COMMAND_MAIL_FROM = 300,
    COMMAND_EHLO = 301,
    COMMAND_AUTH_PLAIN = 302,
    COMMAND_AUTH_LOGIN = 303,
    COMMAND_AUTH_CRAMMD5 = 304,
    COMMAND_AUTH_DIGESTMD5 = 305,
    COMMAND_DIGESTMD5 = 306,
    COMMAND_DATA = 307,
    COMMAND_QUIT = 308,
    COMMAND_RCPT_TO = 309,
    MSG_BODY_ERROR = 310,
    CONNECTION_CLOSED = 400,
    SERVER_NOT_READY = 401,
    SERVER_NOT_RESPONDING = 402,
    SELECT_TIMEOUT = 403,
    FILE_NOT_EXIST = 404,
    MSG_TOO_BIG = 405,
    BAD_LOGIN_PASS = 406,
    UNDEF_XYZ_RESPONSE = 407,
    LACK_OF_MEMORY = 408,
    TIME_ERROR = 409,
    RECVBUF_IS_EMPTY = 410,
    SENDBUF_IS_EMPTY = 411,
    OUT_OF_MSG_RANGE = 412,
    COMMAND_EHLO_STARTTLS = 413,
    SSL_PROBLEM = 414,
    COMMAND_DATABLOCK = 415,
    STARTTLS_NOT_SUPPORTED = 416,
    LOGIN_NOT_SUPPORTED = 417
  };
};
template <typename Number>
struct FurtherErrors : Errors {
  static const Number BAD_HANDLE = static_cast<Number>(900);
  static const Number FORKED = static_cast<Number>(901);
  static const Number BAD_ARGUMENT = static_cast<Number>(902);
  static const Number BAD_INPUT = static_cast<Number>(903);
  static const Number CANCELED = static_cast<Number>(904);
  static const Number BUSY = static_cast<Number>(905);
  static const Number NOT_OFFERED = static_cast<Number>(906);
  static const Number NO_TOKEN = static_cast<Number>(907);
  static const Number CANNOT_START = static_cast<Number>(908);
  static const Number BAD_CONFIG = static_cast<Number>(909);
  static const Number INTERNAL = static_cast<Number>(999);
};
template <typename Number> const Number FurtherErrors<Number>::BAD_HANDLE;
template <typename Number> const Number FurtherErrors<Number>::FORKED;
template <typename Number> const Number FurtherErrors<Number>::BAD_ARGUMENT;
template <typename Number> const Number FurtherErrors<Number>::BAD_INPUT;
template <typename Number> const Number FurtherErrors<Number>::CANCELED;
template <typename Number> const Number FurtherErrors<Number>::BUSY;
template <typename Number> const Number FurtherErrors<Number>::NOT_OFFERED;
template <typename Number> const Number FurtherErrors<Number>::NO_TOKEN;
template <typename Number> const Number FurtherErrors<Number>::CANNOT_START;
template <typename Number> const Number FurtherErrors<Number>::BAD_CONFIG;
template <typename Number> const Number FurtherErrors<Number>::INTERNAL;
// Generated from csmtp_c.h: end
#if defined(__clang__)
#pragma clang diagnostic pop
#endif

CSMTP_END_INLINE_NAMESPACE
} // namespace csmtp_detail

#endif // CSMTP_ERRORS_H
