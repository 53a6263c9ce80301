// SPDX-License-Identifier: MIT
//! Sending, with and without waiting.
use std::ffi::{c_int, c_void};
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use csmtp_sys as sys;

use crate::callbacks::{during, guarded, locked};
use crate::convert::{optional, owned, pointer};
use crate::message::octets;
use crate::{BAD_HANDLE, BUSY, Error, Kind, Mailer, Outcome, Phase, Result};

/// The result of the last mail for one recipient.
#[non_exhaustive]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recipient {
    /// The address.
    pub address: String,
    /// Whether the mail was accepted for this recipient.
    pub accepted: bool,
    /// The reply code; 0 if there was no reply.
    pub code: i32,
    /// The enhanced status code; empty if there was none.
    pub enhanced_code: String,
    /// The reply; empty if there was none.
    pub reply: String,
}

/// Cancels a call on a mailer. Any thread can use a Canceler.
#[derive(Clone, Debug)]
pub struct Canceler(pub(crate) usize);

impl Canceler {
    /// Cancels the call in progress. Does nothing if no call is in progress or the mailer no longer exists.
    pub fn cancel(&self) {
        unsafe { sys::CSmtp_Cancel(self.0) };
    }
}

#[derive(Debug, Default)]
struct End {
    ended: bool,
    waker: Option<Waker>,
}

/// A mail that is being sent. A Sending is a future that works with any executor. Without an executor, call
/// [`Sending::wait`]. If a Sending is dropped before the send has ended, the send is canceled, and drop waits
/// until the send has ended.
#[must_use = "a Sending that is dropped cancels the mail"]
#[derive(Debug)]
pub struct Sending<'a> {
    mailer: &'a mut Mailer,
    end: Arc<Mutex<End>>,
    finished: bool,
}

unsafe extern "C" fn done(user: *mut c_void, _: usize, _: c_int) {
    let end = unsafe { Arc::from_raw(user as *const Mutex<End>) };
    guarded(0, (), move || {
        let waker = {
            let mut end = locked(&end);
            end.ended = true;
            end.waker.take()
        };
        if let Some(waker) = waker {
            waker.wake();
        }
    })
}

impl Sending<'_> {
    /// Waits until the send has ended, and returns its result. If two wakers, in [`Waker::wake`], each wait
    /// for the mail of the other waker, one of them gets an error with the number BUSY, because waiting would
    /// cause a deadlock.
    pub fn wait(mut self) -> Result<()> {
        self.finish()
    }

    /// Reports whether the send has ended.
    pub fn is_done(&self) -> bool {
        locked(&self.end).ended
    }

    fn finish(&mut self) -> Result<()> {
        self.finished = true;
        loop {
            let begun = Instant::now();
            match unsafe { sys::CSmtp_Wait(self.mailer.handle, 60_000) } {
                // If Wait returns BUSY before its time is over, waiting would cause a deadlock. Otherwise,
                // wait again.
                BUSY if begun.elapsed() > Duration::from_secs(50) => {}
                number => return self.mailer.result(number),
            }
        }
    }
}

impl Future for Sending<'_> {
    type Output = Result<()>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context) -> Poll<Result<()>> {
        {
            let mut end = locked(&self.end);
            if !end.ended {
                end.waker = Some(context.waker().clone());
                return Poll::Pending;
            }
        }
        Poll::Ready(self.finish()) // waits only until the function `done` has returned
    }
}

impl Drop for Sending<'_> {
    fn drop(&mut self) {
        if !self.finished {
            unsafe { sys::CSmtp_Cancel(self.mailer.handle) };
            let _ = self.finish();
        }
    }
}

impl Mailer {
    /// Starts to send on a thread of the library: `mailer.send_async()?.await?`. If a callback panics during
    /// the send, the send is canceled, and the panic does not continue in the program.
    pub fn send_async(&mut self) -> Result<Sending<'_>> {
        let end = Arc::new(Mutex::new(End::default()));
        let user = Arc::into_raw(end.clone());
        if let Err(error) = self.call(|h| unsafe { sys::CSmtp_SendAsync(h, Some(done), user as *mut c_void) }) {
            drop(unsafe { Arc::from_raw(user) });
            return Err(error);
        }
        Ok(Sending { mailer: self, end, finished: false })
    }

    /// Sends a complete message (RFC 5322). If `from` or `recipients` is `None`, the value in the header of the
    /// message is used. If `from` is "\<\>", the reverse-path is the null reverse-path. The addresses in
    /// `recipients` are separated by commas.
    pub fn send_raw<'a>(&mut self, data: &[u8], from: impl Into<Option<&'a str>>, recipients: impl Into<Option<&'a str>>) -> Result<()> {
        let (from, recipients) = (optional(from.into())?, optional(recipients.into())?);
        self.call(|h| unsafe { sys::CSmtp_SendRaw(h, octets(data), data.len(), pointer(&from), pointer(&recipients)) })
    }

    /// Sends the given mails over the session of this mailer, and returns the result of each mail.
    pub fn send_batch(&mut self, mails: &mut [&mut Mailer]) -> Result<Vec<Result<()>>> {
        let handles: Vec<usize> = mails.iter().map(|mail| mail.handle).collect();
        for mail in mails.iter() {
            mail.kept.read_error.take();
        }
        let mut numbers = vec![0; handles.len()];
        let number = during(self.handle, || unsafe { sys::CSmtp_SendBatch(self.handle, handles.as_ptr(), handles.len(), numbers.as_mut_ptr()) });
        if number == BAD_HANDLE {
            return Err(Error::of(self.handle, number));
        }
        Ok(mails.iter().zip(numbers).map(|(mail, number)| mail.result(number)).collect())
    }

    /// Returns what happened to the last mail.
    pub fn outcome(&self) -> Outcome {
        unsafe { sys::CSmtp_GetOutcome(self.handle) }.into()
    }

    /// Returns the step in which the last call failed.
    pub fn phase(&self) -> Phase {
        unsafe { sys::CSmtp_GetPhase(self.handle) }.into()
    }

    /// Returns the kind of the error of the last call.
    pub fn error_kind(&self) -> Kind {
        unsafe { sys::CSmtp_GetErrorKind(self.handle) }.into()
    }

    /// Returns the result for each recipient of the last mail, in the order To, Cc, Bcc.
    pub fn results(&self) -> Vec<Recipient> {
        let h = self.handle;
        let row = |row| unsafe {
            Recipient {
                address: owned(sys::CSmtp_GetResultRecipient(h, row)),
                accepted: sys::CSmtp_GetResultAccepted(h, row) != 0,
                code: sys::CSmtp_GetResultCode(h, row),
                enhanced_code: owned(sys::CSmtp_GetResultEnhancedCode(h, row)),
                reply: owned(sys::CSmtp_GetResultReply(h, row)),
            }
        };
        (0..unsafe { sys::CSmtp_GetResultCount(h) }).map(row).collect()
    }
}
