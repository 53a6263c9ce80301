// SPDX-License-Identifier: MIT
//! A pool of relays.
use std::any::Any;
use std::panic::resume_unwind;
use std::ffi::{c_char, c_int, c_uint, c_void};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use csmtp_sys as sys;

use crate::callbacks::{attempt, event_arguments, free, guarded, locked, shared, user};
use crate::convert::{optional, owned, pointer};
use crate::{BUSY, Error, Event, Mailer, Outcome, Result, UNKNOWN};

/// The result of a mail that was accepted.
#[non_exhaustive]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PoolMail {
    /// The outcome: Accepted or Partial.
    pub outcome: Outcome,
    /// The server's reply.
    pub reply: String,
    /// The identifier that the server has given to the mail (queue id); empty if the reply contains none.
    pub queue_id: String,
    /// The Message-ID.
    pub message_id: String,
}

/// Sends many mails over several relays: see csmtp_c.h and docs/pool.md. Callbacks run on threads of the
/// library or, after set_callbacks_in_wait, inside `wait`, `drain`, `send` and `submit`. If a callback panics,
/// the panic does not continue in the program. A function of set_journal that panics counts as one that returns
/// false; a function of set_reconcile that panics counts as one that returns UNKNOWN. Drop cancels all mails,
/// and waits until their callbacks have returned. If a callback drops its own pool, Drop cancels all mails and
/// returns at once; another thread then waits and frees the pool.
pub struct Pool {
    pub(crate) handle: usize,
    kept: Mutex<Vec<Arc<dyn Any + Send + Sync>>>,
}

impl std::fmt::Debug for Pool {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        f.debug_struct("Pool").field("handle", &self.handle).finish_non_exhaustive()
    }
}

struct Submitted {
    done: Box<dyn FnOnce(Result<PoolMail>) + Send>,
    _readers: Vec<Arc<dyn Any + Send + Sync>>, // the readers of the mail's attachments
}

type Begin = Box<dyn FnMut(&str, u32, &str) -> bool + Send>;
type End = Box<dyn FnMut(&str, u32, Outcome, &str, &str) -> bool + Send>;
type Reconcile = Box<dyn FnMut(&str, u32, &str) -> i32 + Send>;
type Journal = (Mutex<Begin>, Mutex<End>);

unsafe extern "C" fn ended(user: *mut c_void, h: usize, number: c_int) {
    let submitted = unsafe { Box::from_raw(user as *mut Submitted) };
    guarded(0, (), move || {
        let result = match number {
            0 => Ok(unsafe {
                PoolMail {
                    outcome: sys::CSmtp_GetOutcome(h).into(),
                    reply: owned(sys::CSmtp_GetLastReply(h)),
                    queue_id: owned(sys::CSmtp_GetQueueID(h)),
                    message_id: owned(sys::CSmtp_GetMessageID(h)),
                }
            }),
            number => Err(Error::of(h, number)),
        };
        (submitted.done)(result)
    })
}

unsafe extern "C" fn journal_begin(user: *mut c_void, id: *const c_char, relay: c_uint, message_id: *const c_char) -> c_int {
    let journal = unsafe { shared::<Journal>(user) };
    guarded(0, 1, move || {
        (!locked(&journal.0)(&unsafe { owned(id) }, relay, &unsafe { owned(message_id) })).into()
    })
}

unsafe extern "C" fn journal_end(user: *mut c_void, id: *const c_char, relay: c_uint, outcome: c_int, queue_id: *const c_char, reply: *const c_char) -> c_int {
    let journal = unsafe { shared::<Journal>(user) };
    guarded(0, 1, move || {
        let (id, queue_id, reply) = unsafe { (owned(id), owned(queue_id), owned(reply)) };
        (!locked(&journal.1)(&id, relay, outcome.into(), &queue_id, &reply)).into()
    })
}

unsafe extern "C" fn reconcile(user: *mut c_void, id: *const c_char, relay: c_uint, message_id: *const c_char) -> c_int {
    let function = unsafe { shared::<Mutex<Reconcile>>(user) };
    guarded(0, UNKNOWN, move || locked(&function)(&unsafe { owned(id) }, relay, &unsafe { owned(message_id) }))
}

fn milliseconds(timeout: Option<Duration>) -> c_uint {
    timeout.map_or(c_uint::MAX, |t| c_uint::try_from(t.as_millis()).unwrap_or(c_uint::MAX))
}

impl Pool {
    /// Makes a pool without relays.
    pub fn new() -> Result<Pool> {
        match unsafe { sys::CSmtp_PoolNew() } {
            0 => Err(Error::of(0, unsafe { sys::CSmtp_GetLastError(0) })),
            handle => Ok(Pool { handle, kept: Mutex::default() }),
        }
    }

    pub(crate) fn call(&self, f: impl FnOnce(usize) -> c_int) -> Result<()> {
        match f(self.handle) {
            0 => Ok(()),
            number => Err(Error::of(self.handle, number)),
        }
    }

    fn keep(&self, value: Arc<dyn Any + Send + Sync>) {
        locked(&self.kept).push(value);
    }

    /// Adds a relay with the settings and callbacks of a mailer.
    pub fn add_relay<'a>(&self, mut relay: Mailer, name: impl Into<Option<&'a str>>) -> Result<()> {
        let name = optional(name.into())?;
        relay.kept.belongs_to_pool();
        self.call(|h| unsafe { sys::CSmtp_PoolAddRelay(h, relay.handle, pointer(&name)) })?;
        self.keep(Arc::new(std::mem::take(&mut relay.kept))); // the pool calls the callbacks of the relay
        Ok(())
    }

    /// Sets the functions that record each attempt to send a mail. `begin(id, relay, message_id)` is called
    /// before a mail is sent, and returns false to prevent the attempt. `end(id, relay, outcome, queue_id,
    /// reply)` is called after the attempt, and returns false if it could not record the end. A program that
    /// needs only one of the functions lets the other one return true. Call set_journal before the first
    /// mail.
    pub fn set_journal(
        &self,
        begin: impl FnMut(&str, u32, &str) -> bool + Send + 'static,
        end: impl FnMut(&str, u32, Outcome, &str, &str) -> bool + Send + 'static,
    ) -> Result<()> {
        let journal: Arc<Journal> = Arc::new((Mutex::new(Box::new(begin)), Mutex::new(Box::new(end))));
        self.keep(journal.clone());
        self.call(|h| unsafe { sys::CSmtp_PoolSetJournal(h, Some(journal_begin), Some(journal_end), user(&journal)) })
    }

    /// Sets the function that finds out whether a mail in doubt was delivered. The function gets the id, the
    /// number of the relay and the Message-ID, and returns DELIVERED, NOT_DELIVERED or UNKNOWN. Call
    /// set_reconcile before the first mail.
    pub fn set_reconcile(&self, function: impl FnMut(&str, u32, &str) -> i32 + Send + 'static) -> Result<()> {
        let shared: Arc<Mutex<Reconcile>> = Arc::new(Mutex::new(Box::new(function)));
        self.keep(shared.clone());
        self.call(|h| unsafe { sys::CSmtp_PoolSetReconcile(h, Some(reconcile), user(&shared)) })
    }

    /// Sets a function that is called with each event, for example to collect statistics. The function is never
    /// freed.
    pub fn set_event_callback(&self, callback: impl FnMut(&Event) + Send + 'static) -> Result<()> {
        let (function, user) = event_arguments(0, Box::new(callback));
        self.call(|h| unsafe { sys::CSmtp_SetEventCallback(h, function, user) })
    }

    /// Sends a mail and waits for the outcome.
    pub fn send(&self, mail: &mut Mailer) -> Result<()> {
        match self.with(mail, || unsafe { sys::CSmtp_PoolSend(self.handle, mail.handle) }) {
            (_, Some(panic)) => resume_unwind(panic),
            (number, None) if number == 0 || unsafe { sys::CSmtp_GetLastError(mail.handle) } == number => mail.result(number),
            (number, None) => Err(Error::of(self.handle, number)),
        }
    }

    /// Puts a copy of a mail in the queue. When the outcome of the mail is known, `done` is called with the
    /// result. If the queue is full, submit waits for at most `timeout` (None means no limit), and
    /// returns an error with the number BUSY if the queue is still full. `id` identifies the mail in the
    /// journal; None means the Message-ID.
    pub fn submit<'a>(
        &self,
        mail: &Mailer,
        id: impl Into<Option<&'a str>>,
        timeout: impl Into<Option<Duration>>,
        done: impl FnOnce(Result<PoolMail>) + Send + 'static,
    ) -> Result<()> {
        let id = optional(id.into())?;
        let submitted = Box::into_raw(Box::new(Submitted { done: Box::new(done), _readers: mail.kept.readers.clone() }));
        let timeout = milliseconds(timeout.into());
        let submit = || unsafe { sys::CSmtp_PoolSubmit(self.handle, mail.handle, pointer(&id), timeout, Some(ended), submitted.cast(), std::ptr::null_mut()) };
        let (number, panic) = self.with(mail, submit);
        if number != 0 {
            drop(unsafe { Box::from_raw(submitted) });
        }
        match panic {
            Some(panic) => resume_unwind(panic),
            None if number == 0 => Ok(()),
            None => Err(Error::of(self.handle, number).because(mail.kept.read_error.take())),
        }
    }

    /// Makes a call that reads the attachments of a mail. If a reader panics, only this call is canceled.
    /// Returns the result of the call and, if a reader has panicked, the panic.
    fn with(&self, mail: &Mailer, call: impl FnOnce() -> c_int) -> (c_int, Option<Box<dyn Any + Send>>) {
        mail.kept.read_error.take();
        attempt(mail.handle, call)
    }

    fn waited(&self, result: Result<()>) -> Result<bool> {
        match result {
            Ok(()) => Ok(true),
            Err(error) if error.number == BUSY => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Waits until no mails are pending, but for at most `timeout`; None means no limit. Returns false if
    /// mails are still pending.
    pub fn wait(&self, timeout: impl Into<Option<Duration>>) -> Result<bool> {
        let timeout = milliseconds(timeout.into());
        self.waited(self.call(|h| unsafe { sys::CSmtp_PoolWait(h, timeout) }))
    }

    /// Makes the pool refuse further mails, and waits as [`Pool::wait`] does.
    pub fn drain(&self, timeout: impl Into<Option<Duration>>) -> Result<bool> {
        let timeout = milliseconds(timeout.into());
        self.waited(self.call(|h| unsafe { sys::CSmtp_PoolDrain(h, timeout) }))
    }

    /// Cancels all mails.
    pub fn cancel(&self) {
        unsafe { sys::CSmtp_Cancel(self.handle) };
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        free(self.handle, std::mem::take(&mut *locked(&self.kept)), true);
    }
}
