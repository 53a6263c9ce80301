// SPDX-License-Identifier: MIT
//! Tests the crate against csmtp-testserver, whose path is in CSMTP_TESTSERVER.
mod common;

use std::io::Cursor;
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Wake, Waker};
use std::thread;
use std::time::Duration;

use common::{Broken, Server};
use csmtp::{Error, Kind, LogLine, Mailer, Outcome, Phase, Pool};

/// Waits for a future. It is a minimal executor, which waits for only one future at a time.
fn block_on<T>(future: impl Future<Output = T>) -> T {
    struct Unpark(thread::Thread);
    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }
    let mut future = Box::pin(future);
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    loop {
        match future.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Ready(result) => return result,
            Poll::Pending => thread::park(),
        }
    }
}

#[test]
fn a_mail_arrives() {
    let server = Server::start(&[]);
    let mut mail = server.mailer();
    mail.set_html_body("<p>Grüße</p>").unwrap();
    mail.add_cc_recipient("carol@test.example", None).unwrap();
    mail.add_attachment_data("menü.bin", "application/octet-stream", b"\0\xff").unwrap();
    mail.add_attachment_read("read.bin", None, &b"read"[..]).unwrap();
    mail.add_attachment_reader("reader.bin", None, None, Cursor::new(vec![b'y'; 70_000])).unwrap();
    let rendered = String::from_utf8(mail.render_message().unwrap()).unwrap();
    mail.send().unwrap();
    let sent = server.mail(1).unwrap();
    for part in ["filename*=UTF-8''men%C3%BC.bin", "\r\nAP8=\r\n", "\r\ncmVhZA==\r\n", "\r\neXl5eQ==\r\n"] {
        assert!(sent.contains(part), "{part}");
    }
    assert_eq!(sent.len(), rendered.len());
    assert_eq!(mail.outcome(), Outcome::Accepted);
    let results = mail.results();
    assert_eq!((results.len(), results[0].address.as_str(), results[0].accepted, results[1].code), (2, "bob@test.example", true, 250));
    assert!(mail.try_clone().is_err(), "a clone would read the same reader");
    mail.del_attachments().unwrap();
    let mut clone = mail.try_clone().unwrap();
    clone.send_raw(rendered.as_bytes(), None, "dave@test.example").unwrap();
    assert_eq!(clone.results()[0].address, "dave@test.example");
    assert!(server.mail(2).unwrap() == rendered);
    let file = server.folder.join("saved.eml");
    clone.save_message(&file).unwrap();
    clone.send_raw_file(&file, None, None).unwrap();
    assert_eq!(clone.results()[0].address, "bob@test.example");
    clone.send_raw_file(&file, "<>", "erin@test.example").unwrap();
    assert_eq!(clone.results()[0].address, "erin@test.example");
    assert_eq!((clone.get_subject().as_str(), clone.get_msg_line_text(0).as_deref(), clone.get_msg_line_text(1)), ("Größe", Some("Grüße"), None));
    assert!(csmtp::version().starts_with("1."));
}

#[test]
fn errors_have_all_fields() {
    let server = Server::start(&["--fault", "RCPT: 550 5.1.1 No such user here"]);
    let error: Error = server.mailer().send().unwrap_err();
    assert_eq!((error.number, error.reply_code, error.enhanced_code.as_str()), (csmtp::COMMAND_RCPT_TO, 550, "5.1.1"));
    assert_eq!((error.phase, error.kind, error.outcome), (Phase::Rcpt, Kind::Refused, Outcome::RejectedPermanent));
    assert_eq!((error.safe_to_retry, error.login_error, error.retry_after), (false, false, Duration::ZERO));
    assert_eq!(error.reply, "550 5.1.1 No such user here");
    assert!(error.to_string().contains(&error.reply), "{error}");
    let error: Box<dyn std::error::Error + Send + Sync> = error.into();
    assert!(error.to_string().starts_with(&csmtp::error_text(csmtp::COMMAND_RCPT_TO)));
}

#[test]
fn bad_input_is_refused() {
    let mut mail = Mailer::new().unwrap();
    assert_eq!(mail.set_subject("a\0b").unwrap_err().number, csmtp::BAD_INPUT);
    assert_eq!(mail.add_recipient("bob@test.example", "a\0b").unwrap_err().number, csmtp::BAD_INPUT);
    assert_eq!(mail.get_recipient_count(), 0);
    let error = mail.add_attachment_read("a", None, Broken).unwrap_err();
    assert_eq!((error.number, error.kind), (csmtp::FILE_NOT_EXIST, Kind::Local));
    assert!(error.to_string().contains("broken"), "{error}");
    assert_eq!(mail.send().unwrap_err().outcome, Outcome::NotSent);
}

#[test]
fn callbacks_are_called_and_freed() {
    let server = Server::start(&[]);
    let mut mail = server.mailer();
    let lines = Arc::new(Mutex::new(Vec::new()));
    let kept = lines.clone();
    mail.set_log_callback(move |line| kept.lock().unwrap().push(line.clone())).unwrap();
    let events = Arc::new(AtomicUsize::new(0));
    let counted = events.clone();
    mail.set_event_callback(move |_| { counted.fetch_add(1, Ordering::Relaxed); }).unwrap();
    mail.set_progress_callback(|sent, total| if Some(sent) > total { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }).unwrap();
    mail.send().unwrap();
    assert!(lines.lock().unwrap().contains(&LogLine::Server("220 mail.test.example ESMTP ready".into())));
    assert!(!format!("{lines:?}").contains("s3cret"));
    assert!(events.load(Ordering::Relaxed) > 0);
    let count = lines.lock().unwrap().len();
    mail.clear_log_callback().unwrap();
    assert_eq!(Arc::strong_count(&lines), 1);
    mail.send().unwrap();
    assert_eq!(lines.lock().unwrap().len(), count);
    mail.set_progress_callback(|_, _| ControlFlow::Break(())).unwrap();
    assert_eq!(mail.send().unwrap_err().number, csmtp::CANCELED);
}

#[test]
fn tokens_come_from_a_callback() {
    let server = Server::start(&["--mechanisms", "XOAUTH2"]);
    let mut mail = server.mailer();
    let refused = Arc::new(AtomicBool::new(false));
    let seen = refused.clone();
    mail.set_token_callback(move |refused| {
        seen.store(refused, Ordering::Relaxed);
        Some(if refused { "good-token" } else { "old-token" }.into())
    }).unwrap();
    mail.send().unwrap();
    assert!(refused.load(Ordering::Relaxed));
}

#[test]
fn panics_of_callbacks_continue_after_the_call() {
    let server = Server::start(&[]);
    let mut mail = server.mailer();
    mail.set_log_callback(|_| panic!("of the log")).unwrap();
    let panic = catch_unwind(AssertUnwindSafe(|| mail.send())).unwrap_err();
    assert_eq!(panic.downcast_ref::<&str>(), Some(&"of the log"));
    assert_eq!(block_on(mail.send_async().unwrap()).unwrap_err().number, csmtp::CANCELED);
    assert_eq!(mail.outcome(), Outcome::NotSent);
    mail.clear_log_callback().unwrap();
    mail.add_attachment_reader("a.bin", None, None, Broken).unwrap();
    assert_eq!(mail.send().unwrap_err().outcome, Outcome::NotSent);
    mail.del_attachments().unwrap();
    mail.send().unwrap();
}

#[test]
fn a_batch_uses_one_session() {
    let server = Server::start(&["--fault", "RCPT#2: 550 5.1.1 No such user"]);
    let (mut carrier, mut a, mut b, mut c) = (server.mailer(), server.mailer(), server.mailer(), server.mailer());
    let results = carrier.send_batch(&mut [&mut a, &mut b, &mut c]).unwrap();
    let numbers: Vec<i32> = results.iter().map(|result| result.as_ref().map_or_else(|error| error.reply_code, |()| 0)).collect();
    assert_eq!(numbers, [0, 550, 0]);
    assert_eq!(b.outcome(), Outcome::RejectedPermanent);
}

#[test]
fn mails_are_sent_without_waiting() {
    let server = Server::start(&["--fault", "latency 20ms"]);
    let mut mails: Vec<Mailer> = (0..4).map(|_| server.mailer()).collect();
    let sendings: Vec<_> = mails.iter_mut().map(|mail| mail.send_async().unwrap()).collect();
    for (i, sending) in sendings.into_iter().enumerate() {
        if i % 2 == 0 { sending.wait().unwrap() } else { block_on(sending).unwrap() }
    }
    mails[0].del_recipients().unwrap();
    assert_eq!(block_on(async { mails[0].send_async()?.await }).unwrap_err().number, csmtp::UNDEF_RECIPIENTS);
    assert!(server.mail(4).is_some() && server.mail(5).is_none());
}

#[test]
fn a_dropped_future_and_a_canceler_cancel() {
    let server = Server::start(&["--fault", "greeting: stall"]);
    let mut mail = server.mailer();
    drop(mail.send_async().unwrap());
    assert_eq!(mail.outcome(), Outcome::NotSent);
    let canceler = mail.canceler();
    let ended = Arc::new(AtomicBool::new(false));
    let seen = ended.clone();
    let other = thread::spawn(move || while !seen.load(Ordering::Relaxed) {
        canceler.cancel();
        thread::sleep(Duration::from_millis(20));
    });
    assert_eq!(mail.send().unwrap_err().number, csmtp::CANCELED);
    ended.store(true, Ordering::Relaxed);
    other.join().unwrap();
}

#[test]
fn a_pool_sends_over_the_relay_that_works() {
    let (bad, good) = (Server::start(&["--fault", "MAIL: 451 4.3.0 Not now"]), Server::start(&[]));
    let pool = Pool::new().unwrap();
    pool.add_relay(bad.mailer(), "bad").unwrap();
    pool.add_relay(good.mailer(), "good").unwrap();
    let begun = Arc::new(AtomicUsize::new(0));
    let counted = begun.clone();
    pool.set_journal(move |_, _, _| { counted.fetch_add(1, Ordering::Relaxed); true }, |_, _, _, _, _| true).unwrap();
    pool.set_reconcile(|_, _, _| csmtp::UNKNOWN).unwrap();
    let ends = Arc::new(Mutex::new(Vec::new()));
    for i in 0..20 {
        let ends = ends.clone();
        let mut mail = good.mailer();
        mail.add_attachment_reader("a.bin", None, None, Cursor::new(vec![b'x'; 1000])).unwrap();
        pool.submit(&mail, i.to_string().as_str(), None, move |result| ends.lock().unwrap().push(result)).unwrap();
    }
    assert!(pool.wait(None).unwrap());
    assert!(ends.lock().unwrap().iter().all(|end| end.as_ref().is_ok_and(|mail| mail.outcome == Outcome::Accepted)), "{ends:?}");
    assert_eq!((ends.lock().unwrap().len(), pool.get_count(1, csmtp::POOL_SENT)), (20, 20));
    assert!(begun.load(Ordering::Relaxed) >= 20);
    assert!(pool.get_relay_error(0).contains("Not now"));
    let mut one = good.mailer();
    pool.send(&mut one).unwrap();
    assert_eq!(pool.set_weight(2, 1).unwrap_err().number, csmtp::BAD_ARGUMENT);
    assert!(pool.drain(Duration::from_secs(60)).unwrap());
    assert_eq!(pool.submit(&one, None, None, |_| ()).unwrap_err().number, csmtp::CANCELED);
}

#[test]
fn mailers_and_pools_move_between_threads() {
    fn moves<T: Send>() {}
    fn shares<T: Sync>() {}
    moves::<Mailer>();
    moves::<Error>();
    moves::<Pool>();
    shares::<Pool>();
    shares::<csmtp::Canceler>();
    let server = Server::start(&[]);
    let mut mail = server.mailer();
    thread::spawn(move || mail.send().unwrap()).join().unwrap();
    assert!(server.mail(1).is_some());
}
