# SPDX-License-Identifier: MIT
"""The constants of csmtp_c.h, without their prefix."""
# CSmtp_SetSecurityType
NO_SECURITY, USE_TLS, USE_SSL, DO_NOT_SET, USE_TLS_IF_OFFERED = range(5)
# CSmtp_SetXPriority
XPRIORITY_HIGH, XPRIORITY_NORMAL, XPRIORITY_LOW = 2, 3, 4
# CSmtp_GetOutcome
NOT_SENT, ACCEPTED, PARTIAL, REJECTED_TEMPORARY, REJECTED_PERMANENT, IN_DOUBT = range(6)
# CSmtp_SetTimeout
(TIMEOUT_CONNECT, TIMEOUT_TLS, TIMEOUT_GREETING, TIMEOUT_COMMAND, TIMEOUT_DATA_INIT,
 TIMEOUT_DATA_BLOCK, TIMEOUT_DATA_END, TIMEOUT_QUIT, TIMEOUT_TOTAL) = range(9)
# CSmtp_SetTLSMinVersion
TLS_1_0, TLS_1_1, TLS_1_2, TLS_1_3 = 10, 11, 12, 13
# CSmtp_SetChunking
DATA, BDAT, BINARY = range(3)
# CSmtp_SetLogCallback
LOG_CLIENT, LOG_SERVER, LOG_EVENT = range(3)
# Numbers that a program may want to tell apart; the others are in csmtp_c.h.
COMMAND_RCPT_TO, MSG_TOO_BIG, SSL_PROBLEM = 309, 405, 414
FORKED, BAD_INPUT, CANCELED, BUSY = 901, 903, 904, 905
