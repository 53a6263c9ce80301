// SPDX-License-Identifier: MIT
//! Conversions between the texts of Rust and of C.
use std::ffi::{CStr, CString, c_char};
use std::path::Path;

use crate::{BAD_INPUT, Error, Result};

/// Converts a text for C. Fails if the text contains a NUL, at which C would truncate it.
pub(crate) fn of_text(text: &str) -> Result<CString> {
    CString::new(text).map_err(|_| Error::local(BAD_INPUT, "the text contains a NUL character"))
}

pub(crate) fn optional(value: Option<&str>) -> Result<Option<CString>> {
    value.map(of_text).transpose()
}

pub(crate) fn of_path(path: &Path) -> Result<CString> {
    match path.to_str() {
        Some(path) => of_text(path),
        None => Err(Error::local(BAD_INPUT, "the path is not valid UTF-8")),
    }
}

pub(crate) fn optional_path(path: Option<&Path>) -> Result<Option<CString>> {
    path.map(of_path).transpose()
}

pub(crate) fn pointer(value: &Option<CString>) -> *const c_char {
    value.as_ref().map_or(std::ptr::null(), |value| value.as_ptr())
}

/// Copies a text of C.
///
/// # Safety
/// `text` must be null, or point to a text that ends with NUL.
pub(crate) unsafe fn owned(text: *const c_char) -> String {
    unsafe { nullable(text) }.unwrap_or_default()
}

/// # Safety
/// The same as for [`owned`].
pub(crate) unsafe fn nullable(text: *const c_char) -> Option<String> {
    if text.is_null() {
        return None;
    }
    Some(unsafe { CStr::from_ptr(text) }.to_string_lossy().into_owned())
}
