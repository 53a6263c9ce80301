// SPDX-License-Identifier: MIT
//! Callbacks. A panic cannot pass through C. If a callback panics, the call in progress is canceled, and the
//! panic continues when the call has ended. If a callback panics during an asynchronous send, the send is
//! canceled, and the panic ends there. If a callback of a pool panics, only the callback ends.
use std::any::Any;
use std::cell::{Cell, RefCell};
use std::ffi::{CString, c_char, c_int, c_void};
use std::fmt;
use std::mem::ManuallyDrop;
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread;
use std::time::Duration;

use csmtp_sys as sys;

use crate::convert::owned;
use crate::{LOG_CLIENT, LOG_SERVER, Mailer, Result};

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

/// An event of a mailer or a pool: see CSmtpEvent in csmtp_c.h. Numbers that do not apply to an event are 0.
#[non_exhaustive]
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Event {
    /// The kind of the event: EVENT_CONNECTED and so on.
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

/// A callback of the program. C has a pointer to it.
pub(crate) struct Callback<F> {
    function: Mutex<F>,
    /// The handle of the mailer whose asynchronous send is canceled if the function panics. It is 0 for a
    /// callback of a pool.
    mailer: AtomicUsize,
}

impl<F> Callback<F> {
    pub(crate) fn new(mailer: usize, function: F) -> Arc<Callback<F>> {
        Arc::new(Callback { function: Mutex::new(function), mailer: AtomicUsize::new(mailer) })
    }

    /// Runs the function. Even if the function drops its mailer or pool, the callback is not freed before the
    /// function has returned.
    fn run<T>(self: Arc<Self>, failed: T, call: impl FnOnce(&mut F) -> T) -> T {
        let mailer = self.mailer.load(Ordering::Relaxed);
        guarded(mailer, failed, move || call(&mut locked(&self.function)))
    }
}

/// Runs the callback to which `user` points. `user` is an argument that C passes.
///
/// # Safety
/// `user` must be the result of the function [`user`] for a callback of type F that still exists.
pub(crate) unsafe fn run<F, T>(user: *mut c_void, failed: T, call: impl FnOnce(&mut F) -> T) -> T {
    unsafe { shared::<Callback<F>>(user) }.run(failed, call)
}

/// The callbacks and readers to which C has pointers.
#[derive(Default)]
pub(crate) struct Kept {
    log: Option<Arc<Callback<LogFn>>>,
    progress: Option<Arc<Callback<ProgressFn>>>,
    token: Option<Arc<Callback<TokenFn>>>,
    event: bool, // whether an event callback was set
    pub(crate) readers: Vec<Arc<dyn Any + Send + Sync>>,
    pub(crate) read_error: ReadError,
}

impl Kept {
    /// Makes the callbacks belong to a pool: if one of them panics, nothing is canceled.
    pub(crate) fn belongs_to_pool(&self) {
        if let Some(log) = &self.log {
            log.mailer.store(0, Ordering::Relaxed);
        }
        if let Some(token) = &self.token {
            token.mailer.store(0, Ordering::Relaxed);
        }
    }

    pub(crate) fn has_callbacks(&self) -> bool {
        self.log.is_some() || self.progress.is_some() || self.token.is_some() || self.event || !self.readers.is_empty()
    }
}

/// The last error that a reader of an attachment returned.
#[derive(Clone, Default)]
pub(crate) struct ReadError(Arc<Mutex<Option<String>>>);

impl ReadError {
    pub(crate) fn set(&self, error: &std::io::Error) {
        *locked(&self.0) = Some(error.to_string());
    }

    pub(crate) fn take(&self) -> Option<String> {
        locked(&self.0).take()
    }
}

impl fmt::Debug for Kept {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.debug_struct("Kept").field("readers", &self.readers.len()).finish_non_exhaustive()
    }
}

thread_local! {
    /// The handle of the call in progress on this thread; 0 if there is none.
    static CURRENT: Cell<usize> = const { Cell::new(0) };
    static PANIC: RefCell<Option<Box<dyn Any + Send>>> = const { RefCell::new(None) };
    /// The number of callbacks that are running on this thread.
    static RUNNING: Cell<usize> = const { Cell::new(0) };
    /// The last token that was returned to C on this thread.
    static TOKEN: RefCell<CString> = RefCell::default();
}

type Panic = Box<dyn Any + Send>;

/// Makes a call. Returns its result and, if a callback panicked during the call, the panic.
pub(crate) fn attempt(handle: usize, call: impl FnOnce() -> c_int) -> (c_int, Option<Panic>) {
    let (handle, outer) = (CURRENT.replace(handle), PANIC.take());
    let number = call();
    CURRENT.set(handle);
    (number, PANIC.replace(outer))
}

/// Makes a call. If a callback panicked during the call, continues the panic.
pub(crate) fn during(handle: usize, call: impl FnOnce() -> c_int) -> c_int {
    let (number, panic) = attempt(handle, call);
    if let Some(panic) = panic {
        resume_unwind(panic);
    }
    number
}

/// Runs a callback and returns its result. If the callback panics, `guarded` returns `failed`. It also
/// cancels the call in progress or, on a thread of the library, the asynchronous send of the mailer. If
/// `mailer` is 0, nothing is canceled.
pub(crate) fn guarded<T>(mailer: usize, failed: T, callback: impl FnOnce() -> T) -> T {
    RUNNING.set(RUNNING.get() + 1);
    let result = catch_unwind(AssertUnwindSafe(callback));
    RUNNING.set(RUNNING.get() - 1);
    result.unwrap_or_else(|panic| {
        let current = CURRENT.get();
        if mailer != 0 && current != 0 {
            PANIC.with_borrow_mut(|kept| {
                kept.get_or_insert(panic);
            });
        }
        if mailer != 0 {
            unsafe { sys::CSmtp_Cancel(if current == 0 { mailer } else { current }) };
        }
        failed
    })
}

/// Frees a handle, and then `kept`, which the callbacks of the handle use. A callback cannot free its own
/// handle. If `free` is called in a callback, it therefore cancels the calls on the handle, and another
/// thread frees the handle when the calls have ended.
pub(crate) fn free<T: Send + 'static>(handle: usize, kept: T, has_callbacks: bool) {
    if RUNNING.get() > 0 && has_callbacks {
        unsafe { sys::CSmtp_Cancel(handle) };
        let kept = ManuallyDrop::new(kept); // if the thread cannot be started, kept must not be dropped
        let freed = thread::Builder::new().name("csmtp-free".into()).spawn(move || {
            unsafe { sys::CSmtp_Free(handle) };
            drop(ManuallyDrop::into_inner(kept));
        });
        if freed.is_ok() {
            return;
        }
        unsafe { sys::CSmtp_Free(handle) };
    } else {
        unsafe { sys::CSmtp_Free(handle) };
        drop(kept);
    }
}

/// Locks a value that callbacks share, even if an earlier callback panicked.
pub(crate) fn locked<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
}

pub(crate) fn user<T>(shared: &Arc<T>) -> *mut c_void {
    Arc::as_ptr(shared) as *mut c_void
}

/// Returns the value to which `user` points. `user` is an argument that C passes.
///
/// # Safety
/// `user` must be the result of the function [`user`] for a value of type T that still exists.
pub(crate) unsafe fn shared<T>(user: *mut c_void) -> Arc<T> {
    let value = user as *const T;
    unsafe {
        Arc::increment_strong_count(value);
        Arc::from_raw(value)
    }
}

unsafe extern "C" fn log(user: *mut c_void, direction: c_int, line: *const c_char) {
    let line = unsafe { owned(line) };
    let line = match direction {
        LOG_CLIENT => LogLine::Client(line),
        LOG_SERVER => LogLine::Server(line),
        _ => LogLine::Event(line),
    };
    unsafe { run(user, (), |callback: &mut LogFn| callback(&line)) }
}

unsafe extern "C" fn progress(user: *mut c_void, sent: i64, total: i64) -> c_int {
    unsafe { run(user, 1, |callback: &mut ProgressFn| callback(sent.max(0) as u64, u64::try_from(total).ok()).is_break().into()) }
}

unsafe extern "C" fn token(user: *mut c_void, refused: c_int) -> *const c_char {
    let call = |callback: &mut TokenFn| {
        let token = callback(refused != 0).and_then(|token| CString::new(token).ok());
        token.map_or(std::ptr::null(), |token| TOKEN.with_borrow_mut(|last| {
            *last = token;
            last.as_ptr()
        }))
    };
    unsafe { run(user, std::ptr::null(), call) }
}

unsafe extern "C" fn event(user: *mut c_void, event: *const sys::CSmtpEvent) {
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
    unsafe { run(user, (), |callback: &mut EventFn| callback(&event)) }
}

/// Returns the arguments of SetEventCallback. The callback is never freed, because the library can report the
/// end of a shared session after the callback has been removed.
pub(crate) fn event_arguments(mailer: usize, callback: EventFn) -> (sys::CSmtpEventFunction, *mut c_void) {
    (Some(event), Arc::into_raw(Callback::new(mailer, callback)) as *mut c_void)
}

impl Mailer {
    /// Sets a function that is called with each line of the dialogue.
    pub fn set_log_callback(&mut self, callback: impl FnMut(&LogLine) + Send + 'static) -> Result<()> {
        let shared: Arc<Callback<LogFn>> = Callback::new(self.handle, Box::new(callback));
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

    /// Logs the dialogue with the crate `log`, with the target "csmtp" and the level Debug.
    #[cfg(feature = "log")]
    pub fn log_dialogue(&mut self) -> Result<()> {
        self.set_log_callback(|line| ::log::debug!(target: "csmtp", "{line}"))
    }

    /// Sets a function that is called with the number of octets that have been sent, and with the total number,
    /// if it is known. If the function returns Break, the call is canceled.
    pub fn set_progress_callback(&mut self, callback: impl FnMut(u64, Option<u64>) -> ControlFlow<()> + Send + 'static) -> Result<()> {
        let shared: Arc<Callback<ProgressFn>> = Callback::new(self.handle, Box::new(callback));
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

    /// Sets a function that returns an access token, or None if there is none. The argument of the function is
    /// true if the server refused the previous token. A token with a NUL character counts as None.
    pub fn set_token_callback(&mut self, callback: impl FnMut(bool) -> Option<String> + Send + 'static) -> Result<()> {
        let shared: Arc<Callback<TokenFn>> = Callback::new(self.handle, Box::new(callback));
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

    /// Sets a function that is called with each event, for example to collect statistics. The function is never
    /// freed.
    pub fn set_event_callback(&mut self, callback: impl FnMut(&Event) + Send + 'static) -> Result<()> {
        let (function, user) = event_arguments(self.handle, Box::new(callback));
        self.kept.event = true;
        self.call(|h| unsafe { sys::CSmtp_SetEventCallback(h, function, user) })
    }

    /// Removes the callback of set_event_callback.
    pub fn clear_event_callback(&mut self) -> Result<()> {
        self.call(|h| unsafe { sys::CSmtp_SetEventCallback(h, None, std::ptr::null_mut()) })
    }
}
