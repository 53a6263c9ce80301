// SPDX-License-Identifier: MIT
//! Callbacks. A panic cannot pass through C: it cancels the call in progress, and continues after it.
use std::any::Any;
use std::cell::{Cell, RefCell};
use std::ffi::{CString, c_char, c_int, c_void};
use std::fmt;
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use csmtp_sys as sys;

use crate::convert::owned;
use crate::{LOG_CLIENT, LOG_SERVER, Mailer, Result, Shared};

/// A line of the dialogue, with secrets masked.
#[non_exhaustive]
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LogLine {
    /// A line sent to the server.
    Client(String),
    /// A line received from the server.
    Server(String),
    /// An event such as "connected to 192.0.2.1:587".
    Event(String),
}

impl fmt::Display for LogLine {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            LogLine::Client(line) => write!(f, "C: {line}"),
            LogLine::Server(line) => write!(f, "S: {line}"),
            LogLine::Event(line) => f.write_str(line),
        }
    }
}

/// An event of a mailer or a pool: see CSmtpEvent in csmtp_c.h. A number that does not belong to the event is 0.
#[non_exhaustive]
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Event {
    /// EVENT_CONNECTED and so on.
    pub kind: i32,
    pub relay: u32,
    pub name: String,
    pub server: String,
    pub outcome: crate::Outcome,
    pub error: i32,
    pub reply_code: i32,
    pub attempts: u32,
    pub recipients: u32,
    pub accepted: u32,
    pub octets: u64,
    pub resolve: Duration,
    pub connect: Duration,
    pub tls: Duration,
    pub greeting: Duration,
    pub ehlo: Duration,
    pub login: Duration,
    pub envelope: Duration,
    pub content: Duration,
    pub reply: Duration,
    pub total: Duration,
}

type LogFn = Box<dyn FnMut(&LogLine) + Send>;
type ProgressFn = Box<dyn FnMut(u64, Option<u64>) -> ControlFlow<()> + Send>;
type TokenFn = Box<dyn FnMut(bool) -> Option<String> + Send>;
type EventFn = Box<dyn FnMut(&Event) + Send>;

/// What C holds pointers to. Clones of a mailer share it.
#[derive(Clone, Default)]
pub(crate) struct Kept {
    log: Option<Shared<LogFn>>,
    progress: Option<Shared<ProgressFn>>,
    token: Option<Shared<TokenFn>>,
    pub(crate) readers: Vec<Arc<dyn Any + Send + Sync>>,
}

impl fmt::Debug for Kept {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.debug_struct("Kept").field("readers", &self.readers.len()).finish_non_exhaustive()
    }
}

thread_local! {
    /// The handle of the call in progress on this thread.
    static CURRENT: Cell<usize> = const { Cell::new(0) };
    static PANIC: RefCell<Option<Box<dyn Any + Send>>> = const { RefCell::new(None) };
    /// The last token that was returned to C on this thread.
    static TOKEN: RefCell<CString> = RefCell::default();
}

/// Makes a call, and continues the panic of a callback.
pub(crate) fn during(handle: usize, call: impl FnOnce() -> c_int) -> c_int {
    let (handle, outer) = (CURRENT.replace(handle), PANIC.take());
    let number = call();
    CURRENT.set(handle);
    if let Some(panic) = PANIC.replace(outer) {
        resume_unwind(panic);
    }
    number
}

/// Runs a callback. On panic, cancels the call in progress and returns failed.
pub(crate) fn guarded<T>(failed: T, callback: impl FnOnce() -> T) -> T {
    catch_unwind(AssertUnwindSafe(callback)).unwrap_or_else(|panic| {
        let handle = CURRENT.get();
        if handle != 0 {
            PANIC.with_borrow_mut(|kept| {
                kept.get_or_insert(panic);
            });
            unsafe { sys::CSmtp_Cancel(handle) };
        }
        failed
    })
}

/// Locks what a callback uses, even if an earlier call panicked.
pub(crate) fn locked<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
}

pub(crate) fn user<T>(shared: &Shared<T>) -> *mut c_void {
    Arc::as_ptr(shared) as *mut c_void
}

/// # Safety
/// user is what the function user returned for a value of type T that still exists.
unsafe fn of<'a, T>(user: *mut c_void) -> MutexGuard<'a, T> {
    locked(unsafe { &*(user as *const Mutex<T>) })
}

unsafe extern "C" fn log(user: *mut c_void, direction: c_int, line: *const c_char) {
    guarded((), || {
        let line = unsafe { owned(line) };
        let line = match direction {
            LOG_CLIENT => LogLine::Client(line),
            LOG_SERVER => LogLine::Server(line),
            _ => LogLine::Event(line),
        };
        let mut callback = unsafe { of::<LogFn>(user) };
        callback(&line)
    })
}

unsafe extern "C" fn progress(user: *mut c_void, sent: i64, total: i64) -> c_int {
    guarded(1, || unsafe { of::<ProgressFn>(user) }(sent.max(0) as u64, u64::try_from(total).ok()).is_break().into())
}

unsafe extern "C" fn token(user: *mut c_void, refused: c_int) -> *const c_char {
    guarded(std::ptr::null(), || {
        let token = unsafe { of::<TokenFn>(user) }(refused != 0).and_then(|token| CString::new(token).ok());
        token.map_or(std::ptr::null(), |token| TOKEN.with_borrow_mut(|last| {
            *last = token;
            last.as_ptr()
        }))
    })
}

unsafe extern "C" fn event(user: *mut c_void, event: *const sys::CSmtpEvent) {
    guarded((), || {
        let e = unsafe { &*event };
        let took = |microseconds: i64| Duration::from_micros(microseconds.max(0) as u64);
        let event = unsafe {
            Event {
                kind: e.kind, relay: e.relay, name: owned(e.name), server: owned(e.server), outcome: e.outcome.into(), error: e.error,
                reply_code: e.reply_code, attempts: e.attempts, recipients: e.recipients, accepted: e.accepted, octets: e.octets.max(0) as u64,
                resolve: took(e.resolve), connect: took(e.connect), tls: took(e.tls), greeting: took(e.greeting), ehlo: took(e.ehlo),
                login: took(e.login), envelope: took(e.envelope), content: took(e.content), reply: took(e.reply), total: took(e.total),
            }
        };
        let mut callback = unsafe { of::<EventFn>(user) };
        callback(&event)
    })
}

/// Returns the arguments of SetEventCallback. What they point to is never freed, because the end of a shared
/// session may be reported after the callback has been removed.
pub(crate) fn event_arguments(callback: Option<EventFn>) -> (sys::CSmtpEventFunction, *mut c_void) {
    match callback {
        None => (None, std::ptr::null_mut()),
        Some(callback) => (Some(event), Box::into_raw(Box::new(Mutex::new(callback))) as *mut c_void),
    }
}

impl Mailer {
    /// Calls a function for each line of the dialogue.
    pub fn set_log_callback(&mut self, callback: impl FnMut(&LogLine) + Send + 'static) -> Result<()> {
        let shared: Shared<LogFn> = Arc::new(Mutex::new(Box::new(callback)));
        self.call(|h| unsafe { sys::CSmtp_SetLogCallback(h, Some(log), user(&shared)) })?;
        self.kept.log = Some(shared);
        Ok(())
    }

    /// Removes the callback of set_log_callback.
    pub fn clear_log_callback(&mut self) -> Result<()> {
        self.call(|h| unsafe { sys::CSmtp_SetLogCallback(h, None, std::ptr::null_mut()) })?;
        self.kept.log = None;
        Ok(())
    }

    /// Writes the dialogue to the crate log, with the target "csmtp" and the level debug.
    #[cfg(feature = "log")]
    pub fn log_dialogue(&mut self) -> Result<()> {
        self.set_log_callback(|line| ::log::debug!(target: "csmtp", "{line}"))
    }

    /// Calls a function with the numbers of octets that were sent and that will be sent, if it is known. If
    /// the function returns Break, the call is canceled.
    pub fn set_progress_callback(&mut self, callback: impl FnMut(u64, Option<u64>) -> ControlFlow<()> + Send + 'static) -> Result<()> {
        let shared: Shared<ProgressFn> = Arc::new(Mutex::new(Box::new(callback)));
        self.call(|h| unsafe { sys::CSmtp_SetProgressCallback(h, Some(progress), user(&shared)) })?;
        self.kept.progress = Some(shared);
        Ok(())
    }

    /// Removes the callback of set_progress_callback.
    pub fn clear_progress_callback(&mut self) -> Result<()> {
        self.call(|h| unsafe { sys::CSmtp_SetProgressCallback(h, None, std::ptr::null_mut()) })?;
        self.kept.progress = None;
        Ok(())
    }

    /// Calls a function that returns an access token. Its argument says whether the server refused the last one.
    pub fn set_token_callback(&mut self, callback: impl FnMut(bool) -> Option<String> + Send + 'static) -> Result<()> {
        let shared: Shared<TokenFn> = Arc::new(Mutex::new(Box::new(callback)));
        self.call(|h| unsafe { sys::CSmtp_SetTokenCallback(h, Some(token), user(&shared)) })?;
        self.kept.token = Some(shared);
        Ok(())
    }

    /// Removes the callback of set_token_callback.
    pub fn clear_token_callback(&mut self) -> Result<()> {
        self.call(|h| unsafe { sys::CSmtp_SetTokenCallback(h, None, std::ptr::null_mut()) })?;
        self.kept.token = None;
        Ok(())
    }

    /// Calls a function for each event, for statistics. The function is not freed before the program ends.
    pub fn set_event_callback(&mut self, callback: impl FnMut(&Event) + Send + 'static) -> Result<()> {
        let (function, user) = event_arguments(Some(Box::new(callback)));
        self.call(|h| unsafe { sys::CSmtp_SetEventCallback(h, function, user) })
    }

    /// Removes the callback of set_event_callback.
    pub fn clear_event_callback(&mut self) -> Result<()> {
        let (function, user) = event_arguments(None);
        self.call(|h| unsafe { sys::CSmtp_SetEventCallback(h, function, user) })
    }
}
