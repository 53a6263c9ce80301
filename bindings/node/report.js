// SPDX-License-Identifier: MIT
// Defines reports, which contain what the getters of the library return about a call, and the error that a
// failed call throws.
'use strict';
const { C, constants } = require('./library.js');

// Each object maps getters of the library to the values that they return before the first call. The getters
// in ofError describe the error of a call, and those in ofMail describe the mail that the call has sent.
const ofError = { GetLastErrorText: '', GetLastReply: '', GetLastReplyCode: 0, GetLastEnhancedCode: '', GetPhase: 0, GetErrorKind: 0, IsLoginError: 0, GetRetryAfter: 0 };
const ofMail = { GetOutcome: 0, IsSafeToRetry: 0, GetQueueID: '' };
const none = { ...ofError, ...ofMail };

/** Returns the report of the last call on a handle: the values of the getters. */
function report(handle) {
  return Object.fromEntries(Object.keys(none).map((name) => [name, C[name](handle)]));
}

/** Returns the result for each recipient of the last mail of a handle. */
function rows(handle) {
  return Array.from({ length: C.GetResultCount(handle) }, (_, row) => ({
    address: C.GetResultRecipient(handle, row),
    accepted: C.GetResultAccepted(handle, row) !== 0,
    code: C.GetResultCode(handle, row),
    enhancedCode: C.GetResultEnhancedCode(handle, row),
    reply: C.GetResultReply(handle, row),
  }));
}

/** Returns the report of a call that was canceled before it began. 'sends' says whether the call clears the
 * results of the last mail. */
function notBegun(sends) {
  const canceled = { ...ofError, GetLastErrorText: `${C.GetErrorText(constants.CANCELED)} canceled before anything was sent`, GetErrorKind: constants.KIND_CANCELED };
  return sends ? { ...canceled, ...ofMail, rows: [] } : canceled;
}

/** Returns the part of a report that describes the last mail, or null if there is no such part. A later call
 * that does not send leaves this part unchanged. */
function aboutMail(said) {
  const names = [...Object.keys(ofMail), 'rows'].filter((name) => said && name in said);
  return names.length ? Object.fromEntries(names.map((name) => [name, said[name]])) : null;
}

// Maps the outcome of a mail to a text that says what happened to the mail.
const states = {
  [constants.ACCEPTED]: 'but the server has accepted the mail: do not send it again',
  [constants.PARTIAL]: 'but the server has accepted the mail for some recipients: do not send it to them again',
  [constants.REJECTED_TEMPORARY]: 'and the server has refused the mail for the time being',
  [constants.REJECTED_PERMANENT]: 'and the server has refused the mail',
  [constants.IN_DOUBT]: 'but the server may have accepted the mail: do not send it again before you know',
};

/** A failed call. The message says what failed, what the server replied, and what to do. */
class CSmtpError extends Error {
  constructor(number, said) {
    const all = { ...none, ...said };
    super(all.GetLastErrorText || C.GetErrorText(number));
    this.name = 'CSmtpError';
    this.number = number;
    this.reply = all.GetLastReply;
    this.replyCode = all.GetLastReplyCode;
    this.enhancedCode = all.GetLastEnhancedCode;
    this.phase = all.GetPhase;
    this.kind = all.GetErrorKind;
    this.loginError = all.IsLoginError !== 0;
    this.outcome = all.GetOutcome;
    this.retryAfter = all.GetRetryAfter;
    this.safeToRetry = all.IsSafeToRetry !== 0;
  }

  /** Returns the error for a call in which a callback threw an exception, and after which the outcome of the
   * mail is not NOT_SENT. */
  static raised(number, said, cause) {
    const text = said.GetLastErrorText || C.GetErrorText(number);
    const error = new CSmtpError(number, { ...said, GetLastErrorText: `a callback threw an exception (see cause), ${states[said.GetOutcome]}${number && text ? `: ${text}` : ''}` });
    error.cause = cause;
    return error;
  }

  /** Returns the error of the last call on a handle. */
  static of(handle, number) {
    // If the call was refused because another call is using the handle, do not call report, which would wait
    // for it.
    return new CSmtpError(number, number === constants.BUSY ? { GetLastErrorText: C.GetLastErrorText(handle), GetErrorKind: constants.KIND_LOCAL } : report(handle));
  }
}

/** Returns the error for a call on a mailer, if an earlier call on the mailer is pending. */
const pendingError = () => new CSmtpError(constants.BUSY, { GetLastErrorText: 'a promise of this mailer is pending: await it first', GetErrorKind: constants.KIND_LOCAL });

/** Reports an exception of a callback as a warning of the process. It is used for exceptions that no call
 * can throw. */
const warn = ({ error }) => process.emitWarning(error instanceof Error ? error : String(error));

module.exports = { CSmtpError, report, rows, notBegun, aboutMail, pendingError, warn };
