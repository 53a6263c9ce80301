// SPDX-License-Identifier: MIT
//! Tests panics in callbacks, errors from readers, and mailers and pools that are dropped in
//! their own callbacks.
mod common;

use std::fs::{File, OpenOptions};
use std::io::{self, Cursor, Read, Seek, SeekFrom};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Barrier, Mutex, Weak};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use common::{Broken, Server, until};
use csmtp::{Mailer, Outcome, Pool, Sending};

/// A reader that panics.
struct Panics;

impl Read for Panics {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        panic!("of the reader")
    }
}

impl Seek for Panics {
    fn seek(&mut self, _: SeekFrom) -> io::Result<u64> {
        Ok(0)
    }
}

/// A value that a test puts into a closure. It records whether it was dropped.
struct Canary(Arc<AtomicBool>);

impl Canary {
    fn new() -> (Canary, Arc<AtomicBool>) {
        let gone = Arc::new(AtomicBool::new(false));
        (Canary(gone.clone()), gone)
    }
}

impl Drop for Canary {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

#[test]
fn a_panic_of_a_reader_cancels_only_its_mail() {
    for in_wait in [false, true] {
        let server = Server::start(&["--fault", "latency 20ms"]);
        let pool = Pool::new().unwrap();
        pool.add_relay(server.mailer(), None).unwrap();
        pool.set_callbacks_in_wait(in_wait).unwrap();
        let ends = Arc::new(Mutex::new(Vec::new()));
        let mail = server.mailer();
        for _ in 0..6 {
            let ends = ends.clone();
            pool.submit(&mail, None, None, move |result| ends.lock().unwrap().push(result.map(|mail| mail.outcome))).unwrap();
        }
        let mut bad = server.mailer();
        bad.add_attachment_reader("a.bin", None, None, Panics).unwrap();
        let (canary, gone) = Canary::new();
        let panic = catch_unwind(AssertUnwindSafe(|| pool.submit(&bad, None, None, move |_| drop(canary)))).unwrap_err();
        assert_eq!(panic.downcast_ref::<&str>(), Some(&"of the reader"));
        assert!(gone.load(Ordering::SeqCst), "the function of a mail that was not submitted is freed");
        let panic = catch_unwind(AssertUnwindSafe(|| pool.send(&mut bad))).unwrap_err();
        assert_eq!(panic.downcast_ref::<&str>(), Some(&"of the reader"));
        assert!(pool.wait(None).unwrap());
        assert_eq!(*ends.lock().unwrap(), vec![Ok(Outcome::Accepted); 6]);
    }
}

#[test]
fn panics_of_the_callbacks_of_a_pool_end_there() {
    for in_wait in [false, true] {
        let server = Server::start(&[]);
        let pool = Pool::new().unwrap();
        let mut relay = server.mailer();
        relay.set_log_callback(|_| panic!("of the log")).unwrap();
        pool.add_relay(relay, None).unwrap();
        pool.set_event_callback(|_| panic!("of an event")).unwrap();
        pool.set_callbacks_in_wait(in_wait).unwrap();
        let mut mail = server.mailer();
        pool.submit(&mail, None, None, |_| panic!("of done")).unwrap();
        pool.send(&mut mail).unwrap();
        assert!(pool.wait(None).unwrap());
        assert!(server.mail(2).is_some());
    }
}

#[test]
fn panics_during_send_async_cancel_the_mail() {
    let server = Server::start(&[]);
    let mut mail = server.mailer();
    mail.set_event_callback(|_| panic!("of an event")).unwrap();
    let _ = mail.send_async().unwrap().wait();
    mail.clear_event_callback().unwrap();
    mail.set_log_callback(|_| panic!("of the log")).unwrap();
    assert_eq!(mail.send_async().unwrap().wait().unwrap_err().number, csmtp::CANCELED);
    mail.clear_log_callback().unwrap();
    mail.send_async().unwrap().wait().unwrap();
}

/// Runs a test in which a callback drops its own pool. The function `make` must submit the mail, and a
/// callback of the pool or of this mail must call the function that is passed to `make`.
fn dropped_in_a_callback(make: impl FnOnce(&Pool, &Mailer, Box<dyn FnMut() + Send>)) {
    let server = Server::start(&[]);
    let mail = server.mailer();
    let pool = Arc::new(Pool::new().unwrap());
    pool.add_relay(server.mailer(), None).unwrap();
    let (canary, gone) = Canary::new();
    let (left, finished) = (Arc::new(Barrier::new(2)), Arc::new(AtomicBool::new(false)));
    let (weak, wait, done, seen) = (Arc::downgrade(&pool), left.clone(), finished.clone(), gone.clone());
    let mut last = false;
    make(&pool, &mail, Box::new(move || {
        if !last {
            last = true;
            let pool = Weak::upgrade(&weak).unwrap();
            wait.wait(); // the main thread of the test then drops its own reference
            until(|| Arc::strong_count(&pool) == 1);
            drop(pool);
            assert!(!seen.load(Ordering::SeqCst), "the running closure was freed");
            let _ = &canary;
            done.store(true, Ordering::SeqCst);
        }
    }));
    left.wait();
    drop(pool);
    until(|| finished.load(Ordering::SeqCst));
    drop(gone);
}

#[test]
fn a_pool_is_dropped_in_its_journal() {
    dropped_in_a_callback(|pool, mail, mut call| {
        pool.set_journal(move |_, _, _| { call(); true }, |_, _, _, _, _| true).unwrap();
        pool.submit(mail, None, None, |_| ()).unwrap();
    });
    dropped_in_a_callback(|pool, mail, mut call| {
        pool.set_journal(|_, _, _| true, move |_, _, _, _, _| { call(); true }).unwrap();
        pool.submit(mail, None, None, |_| ()).unwrap();
    });
}

#[test]
fn a_pool_is_dropped_in_its_event_callback() {
    dropped_in_a_callback(|pool, mail, mut call| {
        pool.set_event_callback(move |_| call()).unwrap();
        pool.submit(mail, None, None, |_| ()).unwrap();
    });
}

#[test]
fn a_pool_is_dropped_in_a_done_function() {
    dropped_in_a_callback(|pool, mail, mut call| pool.submit(mail, None, None, move |_| call()).unwrap());
}

#[test]
fn a_pool_that_was_dropped_in_a_callback_frees_its_closures() {
    let server = Server::start(&[]);
    let mail = server.mailer();
    let pool = Arc::new(Mutex::new(None));
    let (canary, gone) = Canary::new();
    let inner = Pool::new().unwrap();
    inner.add_relay(server.mailer(), None).unwrap();
    let own = pool.clone();
    inner.set_journal(move |_, _, _| { let _ = &canary; drop(own.lock().unwrap().take()); true }, |_, _, _, _, _| true).unwrap();
    let mut slot = pool.lock().unwrap();
    inner.submit(&mail, None, None, |_| ()).unwrap();
    *slot = Some(inner);
    drop(slot);
    until(|| gone.load(Ordering::SeqCst));
    assert!(server.mail(1).is_none(), "the mail was canceled");
}

#[test]
fn a_mailer_is_dropped_in_its_callbacks() {
    let server = Server::start(&[]);
    let slot: Arc<Mutex<Option<Mailer>>> = Arc::default();
    let (canary, gone) = Canary::new();
    let mut mail = server.mailer();
    let (own, seen, finished) = (slot.clone(), gone.clone(), Arc::new(AtomicUsize::new(0)));
    let calls = finished.clone();
    mail.set_log_callback(move |_| {
        if let Some(mail) = own.lock().unwrap().take() {
            drop(mail);
            assert!(!seen.load(Ordering::SeqCst), "the running closure was freed");
            let _ = &canary;
            calls.fetch_add(1, Ordering::SeqCst);
        }
    }).unwrap();
    let mut guard = slot.lock().unwrap();
    std::mem::forget(mail.send_async().unwrap());
    *guard = Some(mail);
    drop(guard);
    until(|| gone.load(Ordering::SeqCst));
    assert_eq!(finished.load(Ordering::SeqCst), 1);
}

#[test]
fn errors_of_readers_are_in_the_text() {
    let server = Server::start(&[]);
    let pool = Pool::new().unwrap();
    pool.add_relay(server.mailer(), None).unwrap();
    let mut mail = server.mailer();
    mail.add_attachment_reader("a.bin", None, None, Broken).unwrap();
    let mut carrier = server.mailer();
    let texts = [
        mail.send().unwrap_err().to_string(),
        mail.render_message().unwrap_err().to_string(),
        mail.send_async().unwrap().wait().unwrap_err().to_string(),
        pool.submit(&mail, None, None, |_| ()).unwrap_err().to_string(),
        pool.send(&mut mail).unwrap_err().to_string(),
        carrier.send_batch(&mut [&mut mail]).unwrap()[0].as_ref().unwrap_err().to_string(),
    ];
    for text in texts {
        assert!(text.ends_with(": broken"), "{text}");
    }
    mail.del_attachments().unwrap();
    mail.del_recipients().unwrap();
    assert!(!mail.send().unwrap_err().to_string().contains("broken"));
    mail.add_recipient("bob@test.example", None).unwrap();
    mail.add_attachment_reader("a.bin", None, None, WriteOnly::new(&server)).unwrap();
    let text = mail.send().unwrap_err().to_string();
    assert!(text.contains("os error"), "{text}");
}

/// A file that cannot be read.
struct WriteOnly(File);

impl WriteOnly {
    fn new(server: &Server) -> WriteOnly {
        WriteOnly(OpenOptions::new().write(true).create(true).truncate(false).open(server.folder.join("write-only")).unwrap())
    }
}

impl Read for WriteOnly {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer)
    }
}

impl Seek for WriteOnly {
    fn seek(&mut self, position: SeekFrom) -> io::Result<u64> {
        self.0.seek(position)
    }
}

#[test]
fn a_clone_has_no_callbacks() {
    let server = Server::start(&["--mechanisms", "XOAUTH2"]);
    let mut mail = server.mailer();
    let (canary, gone) = Canary::new();
    mail.set_token_callback(move |_| { let _ = &canary; Some("good-token".into()) }).unwrap();
    mail.send().unwrap();
    let mut clone = mail.try_clone().unwrap();
    assert!(clone.send().is_err());
    drop(mail);
    assert!(gone.load(Ordering::SeqCst), "a clone does not keep callbacks that are never called");
    clone.add_attachment_reader("a.bin", None, None, Cursor::new(b"x")).unwrap();
    assert_eq!(clone.try_clone().unwrap_err().number, csmtp::BAD_ARGUMENT);
}

/// A waker whose wake method waits until the send of another mail has ended.
struct Waits {
    other: Mutex<Option<Sending<'static>>>,
    both: Arc<Barrier>,
    results: Arc<Mutex<Vec<Option<i32>>>>,
}

impl Wake for Waits {
    fn wake(self: Arc<Self>) {
        self.both.wait();
        let other = self.other.lock().unwrap().take().unwrap();
        let number = other.wait().err().map(|error| error.number);
        self.results.lock().unwrap().push(number);
    }
}

#[test]
fn two_mails_that_wait_for_each_other_end() {
    let server = Server::start(&["--fault", "greeting: stall"]);
    let (both, results) = (Arc::new(Barrier::new(2)), Arc::<Mutex<Vec<_>>>::default());
    let mailers = [(); 2].map(|()| Box::leak(Box::new(server.mailer())));
    let cancelers = [mailers[0].canceler(), mailers[1].canceler()];
    let mut sendings = mailers.map(|mailer| mailer.send_async().unwrap());
    let wakers: Vec<Arc<Waits>> = (0..2).map(|_| Arc::new(Waits { other: Mutex::default(), both: both.clone(), results: results.clone() })).collect();
    for (sending, waker) in sendings.iter_mut().zip(&wakers) {
        let polled = std::pin::pin!(&mut *sending).poll(&mut Context::from_waker(&Waker::from(waker.clone())));
        assert!(matches!(polled, Poll::Pending));
    }
    for (sending, waker) in sendings.into_iter().zip(wakers.iter().rev()) {
        *waker.other.lock().unwrap() = Some(sending);
    }
    cancelers.iter().for_each(csmtp::Canceler::cancel);
    until(|| results.lock().unwrap().len() == 2);
    let results = results.lock().unwrap();
    assert!(results.contains(&Some(csmtp::BUSY)) && results.contains(&Some(csmtp::CANCELED)), "{results:?}");
}

#[test]
fn a_dropped_pool_waits_for_its_callbacks() {
    let server = Server::start(&[]);
    let pool = Pool::new().unwrap();
    pool.add_relay(server.mailer(), None).unwrap();
    let (begun, returned) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicBool::new(false)));
    let (begins, returns) = (begun.clone(), returned.clone());
    pool.submit(&server.mailer(), None, None, move |_| {
        begins.store(true, Ordering::SeqCst);
        std::thread::sleep(Duration::from_millis(50));
        returns.store(true, Ordering::SeqCst);
    }).unwrap();
    until(|| begun.load(Ordering::SeqCst));
    drop(pool);
    assert!(returned.load(Ordering::SeqCst));
}
