// SPDX-License-Identifier: MIT
//! send SERVER PORT LOGIN PASSWORD CA-FILE: sends a mail over STARTTLS, then one that
//! the server refuses. Needs Rust 1.82 or newer, edition 2021 or 2024.
use std::ffi::{CStr, CString};
use std::os::raw::{c_char, c_int, c_void};
use std::process::ExitCode;
use std::ptr;

#[link(name = "csmtp")]
unsafe extern "C" {
    fn CSmtp_New() -> usize;
    fn CSmtp_Free(mail: usize);
    fn CSmtp_SetSMTPServer(mail: usize, server: *const c_char, port: u16, authenticate: c_int) -> c_int;
    fn CSmtp_SetSecurityType(mail: usize, kind: c_int) -> c_int;
    fn CSmtp_SetCAFile(mail: usize, path: *const c_char) -> c_int;
    fn CSmtp_SetLogin(mail: usize, login: *const c_char) -> c_int;
    fn CSmtp_SetPassword(mail: usize, password: *const c_char) -> c_int;
    fn CSmtp_SetCharSet(mail: usize, charset: *const c_char) -> c_int;
    fn CSmtp_SetSenderName(mail: usize, name: *const c_char) -> c_int;
    fn CSmtp_SetSenderMail(mail: usize, email: *const c_char) -> c_int;
    fn CSmtp_AddRecipient(mail: usize, email: *const c_char, name: *const c_char) -> c_int;
    fn CSmtp_AddCCRecipient(mail: usize, email: *const c_char, name: *const c_char) -> c_int;
    fn CSmtp_DelRecipients(mail: usize) -> c_int;
    fn CSmtp_DelCCRecipients(mail: usize) -> c_int;
    fn CSmtp_SetSubject(mail: usize, subject: *const c_char) -> c_int;
    fn CSmtp_AddMsgLine(mail: usize, line: *const c_char) -> c_int;
    fn CSmtp_SetHTMLBody(mail: usize, html: *const c_char) -> c_int;
    fn CSmtp_AddAttachmentData(mail: usize, name: *const c_char, kind: *const c_char, data: *const c_void, size: usize) -> c_int;
    fn CSmtp_Send(mail: usize) -> c_int;
    fn CSmtp_GetLastErrorText(mail: usize) -> *const c_char;
}

const USE_TLS: c_int = 1;

fn c(text: &str) -> CString {
    CString::new(text).expect("a text without NUL")
}

/// Sends the mail. The text of the error contains the server's reply.
fn send(mail: usize) -> Result<(), String> {
    match unsafe { CSmtp_Send(mail) } {
        0 => Ok(()),
        number => {
            let text = unsafe { CStr::from_ptr(CSmtp_GetLastErrorText(mail)) };
            Err(format!("{}: {}", number, text.to_string_lossy()))
        }
    }
}

fn mails(mail: usize, args: &[String]) -> Result<(), String> {
    let port: u16 = args[2].parse().map_err(|e| format!("port: {e}"))?;
    let menu = "Crêpe: 3 €\nCafé au lait: 3 €\n";
    unsafe {
        CSmtp_SetSMTPServer(mail, c(&args[1]).as_ptr(), port, 1);
        CSmtp_SetSecurityType(mail, USE_TLS);
        CSmtp_SetCAFile(mail, c(&args[5]).as_ptr());
        CSmtp_SetLogin(mail, c(&args[3]).as_ptr());
        CSmtp_SetPassword(mail, c(&args[4]).as_ptr());

        CSmtp_SetCharSet(mail, c("UTF-8").as_ptr());
        CSmtp_SetSenderName(mail, c("Zoë Ångström").as_ptr());
        CSmtp_SetSenderMail(mail, c("alice@test.example").as_ptr());
        CSmtp_AddRecipient(mail, c("bob@test.example").as_ptr(), c("Jürgen Groß").as_ptr());
        CSmtp_AddCCRecipient(mail, c("carol@test.example").as_ptr(), c("Łucja Żak").as_ptr());
        CSmtp_SetSubject(mail, c("The café's menu, déjà vu").as_ptr());
        CSmtp_AddMsgLine(mail, c("Two crêpes and a café au lait: 9 €.").as_ptr());
        CSmtp_AddMsgLine(mail, c("The menu is attached.").as_ptr());
        CSmtp_SetHTMLBody(mail, c("<p>Two crêpes and a café au lait: <b>9 €</b>.</p>").as_ptr());
        CSmtp_AddAttachmentData(mail, c("menü.txt").as_ptr(), c("text/plain; charset=utf-8").as_ptr(), menu.as_ptr().cast(), menu.len());
    }
    send(mail)?;

    unsafe {
        CSmtp_DelRecipients(mail);
        CSmtp_DelCCRecipients(mail);
        CSmtp_AddRecipient(mail, c("refused@test.example").as_ptr(), ptr::null());
    }
    if let Err(words) = send(mail) {
        println!("{words}");
    }
    Ok(())
}

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().collect();
    let mail = unsafe { CSmtp_New() };
    let result = mails(mail, &args);
    unsafe { CSmtp_Free(mail) };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(words) => {
            println!("{words}");
            ExitCode::FAILURE
        }
    }
}
