// SPDX-License-Identifier: MIT
#![doc = include_str!("../README.md")]
#![allow(rustdoc::bare_urls)] // the documentation copied from csmtp_c.h contains bare URLs
#![deny(missing_debug_implementations, unsafe_op_in_unsafe_fn)]

mod callbacks;
mod convert;
mod error;
mod message;
#[rustfmt::skip]
mod methods;
#[rustfmt::skip]
mod numbers;
mod pool;
mod sending;

use std::cell::Cell;
use std::ffi::c_int;
use std::marker::PhantomData;

use csmtp_sys as sys;

pub use callbacks::{Event, LogLine};
pub use error::Error;
pub use message::ReadSeek;
pub use numbers::*;
pub use pool::{Pool, PoolMail};
pub use sending::{Canceler, Recipient, Sending};

use convert::owned;

/// The result of a call.
pub type Result<T> = std::result::Result<T, Error>;

/// A mailer has settings, a message and, while it is connected, a session. Drop closes the session with QUIT.
/// If a callback drops its own mailer, another thread closes the session when the callback has returned.
///
/// A mailer can be moved to another thread. Threads cannot share a mailer, because the getters report on the
/// calling thread's last call. [`Mailer::canceler`] returns an object with which another thread can cancel
/// a call.
#[derive(Debug)]
pub struct Mailer {
    pub(crate) handle: usize,
    pub(crate) kept: callbacks::Kept,
    not_shared: PhantomData<Cell<()>>,
}

impl Mailer {
    /// Makes a mailer. Its charset is UTF-8, the charset of Rust's texts.
    pub fn new() -> Result<Mailer> {
        let mut mailer = Mailer::own(unsafe { sys::CSmtp_New() })?;
        mailer.set_char_set("UTF-8")?;
        Ok(mailer)
    }

    fn own(handle: usize) -> Result<Mailer> {
        if handle == 0 {
            return Err(Error::of(0, unsafe { sys::CSmtp_GetLastError(0) }));
        }
        Ok(Mailer { handle, kept: Default::default(), not_shared: PhantomData })
    }

    /// Returns a mailer with the same settings and message, but without the connection and the callbacks. Fails
    /// if the message has an attachment with a reader, because two mailers cannot use the reader at the same
    /// time.
    pub fn try_clone(&self) -> Result<Mailer> {
        if !self.kept.readers.is_empty() {
            return Err(Error::local(BAD_ARGUMENT, "try_clone: the message has an attachment with a reader: delete the attachment first"));
        }
        Mailer::own(unsafe { sys::CSmtp_Clone(self.handle) })
    }

    /// Makes a call. If a callback panics during the call, the call is canceled, and the panic continues here.
    pub(crate) fn call(&mut self, f: impl FnOnce(usize) -> c_int) -> Result<()> {
        self.kept.read_error.take();
        self.result(callbacks::during(self.handle, || f(self.handle)))
    }

    /// Returns the result of a call. `number` is the error number that the call returned.
    pub(crate) fn result(&self, number: c_int) -> Result<()> {
        match number {
            0 => Ok(()),
            number => Err(Error::of(self.handle, number).because(self.kept.read_error.take())),
        }
    }

    /// Returns an object with which another thread can cancel a call on this mailer.
    pub fn canceler(&self) -> Canceler {
        Canceler(self.handle)
    }
}

impl Drop for Mailer {
    fn drop(&mut self) {
        let kept = std::mem::take(&mut self.kept);
        let has_callbacks = kept.has_callbacks();
        callbacks::free(self.handle, kept, has_callbacks);
    }
}

/// Returns the version of the library, such as "1.0.0".
pub fn version() -> String {
    unsafe { owned(sys::CSmtp_GetVersion()) }
}

/// Returns the general text for an error number, without the details of a failed call.
pub fn error_text(number: i32) -> String {
    unsafe { owned(sys::CSmtp_GetErrorText(number)) }
}
