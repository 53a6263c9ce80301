// SPDX-License-Identifier: MIT
// Code generated from include/csmtp_c.h by internal/header/generate. DO NOT EDIT.
package io.github.libcsmtp;

/** The error numbers of {@link CSmtpException#number}. */
public final class Errors {
    private Errors() {}

    /** success */
    public static final int NO_ERROR = 0;
    public static final int WSA_STARTUP = 100;
    public static final int WSA_VER = 101;
    public static final int WSA_SEND = 102;
    public static final int WSA_RECV = 103;
    /** the server or the proxy refused the connection, or cannot be reached */
    public static final int WSA_CONNECT = 104;
    /** no address was found for the server's name, or no server is set */
    public static final int WSA_GETHOSTBY_NAME_ADDR = 105;
    public static final int WSA_INVALID_SOCKET = 106;
    public static final int WSA_HOSTNAME = 107;
    public static final int WSA_IOCTLSOCKET = 108;
    public static final int WSA_SELECT = 109;
    public static final int BAD_IPV4_ADDR = 110;
    public static final int UNDEF_MSG_HEADER = 200;
    /** no sender: call CSmtp_SetSenderMail */
    public static final int UNDEF_MAIL_FROM = 201;
    public static final int UNDEF_SUBJECT = 202;
    /** no recipient at all */
    public static final int UNDEF_RECIPIENTS = 203;
    /** no login is set: call CSmtp_SetLogin, or turn authentication off in CSmtp_SetSMTPServer */
    public static final int UNDEF_LOGIN = 204;
    /** no password is set: call CSmtp_SetPassword */
    public static final int UNDEF_PASSWORD = 205;
    public static final int BAD_LOGIN_PASSWORD = 206;
    /** the server failed to prove that it knows the password (DIGEST-MD5, SCRAM) */
    public static final int BAD_DIGEST_RESPONSE = 207;
    public static final int BAD_SERVER_NAME = 208;
    /** the address of a recipient is NULL or empty, or that of an author is NULL */
    public static final int UNDEF_RECIPIENT_MAIL = 209;
    /** the server refused MAIL */
    public static final int COMMAND_MAIL_FROM = 300;
    /** the server refused EHLO or HELO */
    public static final int COMMAND_EHLO = 301;
    /** the server refused AUTH PLAIN */
    public static final int COMMAND_AUTH_PLAIN = 302;
    /** the server refused to start AUTH LOGIN */
    public static final int COMMAND_AUTH_LOGIN = 303;
    /** the server refused to start AUTH CRAM-MD5 */
    public static final int COMMAND_AUTH_CRAMMD5 = 304;
    /** the server refused to start AUTH DIGEST-MD5 */
    public static final int COMMAND_AUTH_DIGESTMD5 = 305;
    /** the server's DIGEST-MD5 challenge is invalid */
    public static final int COMMAND_DIGESTMD5 = 306;
    /** the server refused DATA */
    public static final int COMMAND_DATA = 307;
    /** the server refused QUIT */
    public static final int COMMAND_QUIT = 308;
    /** the server refused a recipient (RCPT) */
    public static final int COMMAND_RCPT_TO = 309;
    /** the server refused the message after it was sent, or an attachment could not be read */
    public static final int MSG_BODY_ERROR = 310;
    /** the connection was lost, or there is no session */
    public static final int CONNECTION_CLOSED = 400;
    public static final int SERVER_NOT_READY = 401;
    /** no reply in time, or the greeting was not 220 */
    public static final int SERVER_NOT_RESPONDING = 402;
    /** the connection was not established in time */
    public static final int SELECT_TIMEOUT = 403;
    /** a file is missing, unreadable or not a regular file */
    public static final int FILE_NOT_EXIST = 404;
    /** the message is larger than the server (SIZE, RFC 1870) or the service (CSmtp_SetTransport) accepts */
    public static final int MSG_TOO_BIG = 405;
    /** the server refused the login */
    public static final int BAD_LOGIN_PASS = 406;
    /** the reply is not valid SMTP, or replies no longer match the commands */
    public static final int UNDEF_XYZ_RESPONSE = 407;
    /** out of memory */
    public static final int LACK_OF_MEMORY = 408;
    public static final int TIME_ERROR = 409;
    public static final int RECVBUF_IS_EMPTY = 410;
    public static final int SENDBUF_IS_EMPTY = 411;
    /** the body has no line with this number */
    public static final int OUT_OF_MSG_RANGE = 412;
    /** the server refused STARTTLS */
    public static final int COMMAND_EHLO_STARTTLS = 413;
    /** certificate, TLS version or handshake: see the error text */
    public static final int SSL_PROBLEM = 414;
    public static final int COMMAND_DATABLOCK = 415;
    /** the server does not offer STARTTLS */
    public static final int STARTTLS_NOT_SUPPORTED = 416;
    /** no common SASL mechanism, or the login needs TLS: see the error text */
    public static final int LOGIN_NOT_SUPPORTED = 417;
    /** the handle is 0, was freed, or never existed */
    public static final int BAD_HANDLE = 900;
    /** this child process cannot use the handle or the library: see docs/embedding.md */
    public static final int FORKED = 901;
    /** an argument is NULL, out of range or unknown */
    public static final int BAD_ARGUMENT = 902;
    /** a text in the message or in the settings is invalid: the error text names the setter */
    public static final int BAD_INPUT = 903;
    /** canceled by CSmtp_Cancel, CSmtp_Free or a callback; or the pool accepts no more mails */
    public static final int CANCELED = 904;
    /** not possible now: called from a callback of the same handle, or the handle or the pool is in use (see the function) */
    public static final int BUSY = 905;
    /** the server does not offer a service extension that the message or the settings require */
    public static final int NOT_OFFERED = 906;
    /** no access token could be obtained from the token endpoint or the callback */
    public static final int NO_TOKEN = 907;
    /** the library cannot start, for example because of a limit on address space, threads or descriptors */
    public static final int CANNOT_START = 908;
    /** the file named by the environment variable CSMTP_CONFIG cannot be used */
    public static final int BAD_CONFIG = 909;
    /** internal error of the library; only this handle is affected */
    public static final int INTERNAL = 999;
}
