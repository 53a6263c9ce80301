// SPDX-License-Identifier: MIT
//! Errors.
use std::fmt;
use std::time::Duration;

use csmtp_sys as sys;

use crate::convert::owned;
use crate::{BUSY, Kind, Outcome, Phase, error_text};

/// A failed call. Its text says what failed, what the server replied, and what to do.
#[non_exhaustive]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    /// The error number of csmtp_c.h, such as [`crate::COMMAND_RCPT_TO`].
    pub number: i32,
    /// The step of the session that failed.
    pub phase: Phase,
    /// The kind of the error.
    pub kind: Kind,
    /// What happened to the mail.
    pub outcome: Outcome,
    /// The server's reply, such as "550 5.1.1 No such user"; empty if there was none.
    pub reply: String,
    /// The reply code, such as 550; 0 if there was no reply.
    pub reply_code: i32,
    /// The enhanced status code, such as "5.1.1" (RFC 3463); empty if there was none.
    pub enhanced_code: String,
    /// Whether nothing was delivered and a later attempt might succeed.
    pub safe_to_retry: bool,
    /// How long to wait before the next mail, if the mail service has requested a delay; otherwise zero.
    pub retry_after: Duration,
    /// Whether the login failed and would fail again with the same credentials. If so, do not log in with
    /// them again: servers lock accounts after several failures.
    pub login_error: bool,
    text: Box<str>,
}

impl Error {
    /// Returns an error with the details of the last call on a handle. `number` is the error number that the
    /// call returned.
    pub(crate) fn of(handle: usize, number: i32) -> Error {
        // If the call was refused because a mail is being sent, do not call GetOutcome: it would wait until
        // that send is over.
        let busy = number == BUSY;
        unsafe {
            let text = owned(sys::CSmtp_GetLastErrorText(handle));
            Error {
                number,
                phase: sys::CSmtp_GetPhase(handle).into(),
                kind: sys::CSmtp_GetErrorKind(handle).into(),
                outcome: if busy { Outcome::NotSent } else { sys::CSmtp_GetOutcome(handle).into() },
                reply: owned(sys::CSmtp_GetLastReply(handle)),
                reply_code: sys::CSmtp_GetLastReplyCode(handle),
                enhanced_code: owned(sys::CSmtp_GetLastEnhancedCode(handle)),
                safe_to_retry: !busy && sys::CSmtp_IsSafeToRetry(handle) != 0,
                retry_after: Duration::from_secs(u64::try_from(sys::CSmtp_GetRetryAfter(handle)).unwrap_or(0)),
                login_error: sys::CSmtp_IsLoginError(handle) != 0,
                text: if text.is_empty() { error_text(number) } else { text }.into(),
            }
        }
    }

    /// Returns the error, with the cause at the end of its text if there is one.
    pub(crate) fn because(mut self, cause: Option<String>) -> Error {
        if let Some(cause) = cause {
            self.text = format!("{}: {cause}", self.text).into();
        }
        self
    }

    /// Returns an error that was detected by this crate and not by the library.
    pub(crate) fn local(number: i32, text: &str) -> Error {
        Error {
            number,
            phase: Phase::None,
            kind: Kind::Local,
            outcome: Outcome::NotSent,
            reply: String::new(),
            reply_code: 0,
            enhanced_code: String::new(),
            safe_to_retry: false,
            retry_after: Duration::ZERO,
            login_error: false,
            text: text.into(),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl std::error::Error for Error {}
