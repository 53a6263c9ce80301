// SPDX-License-Identifier: MIT
//! Functions and types that the tests share.
#![allow(dead_code)] // each test file uses only a part of this module
use std::fs;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use csmtp::Mailer;

/// A running csmtp-testserver. CSMTP_TESTSERVER contains the path of the program.
pub struct Server {
    child: Child,
    pub folder: PathBuf,
    port: u16,
    ca: PathBuf,
}

static SERVERS: AtomicUsize = AtomicUsize::new(0);

impl Server {
    pub fn start(options: &[&str]) -> Server {
        let program = std::env::var("CSMTP_TESTSERVER").expect("set CSMTP_TESTSERVER to the path of csmtp-testserver");
        let folder = std::env::temp_dir().join(format!("csmtp-rust-{}-{}", std::process::id(), SERVERS.fetch_add(1, Ordering::Relaxed)));
        fs::create_dir(&folder).unwrap();
        let output = fs::File::create(folder.join("output.txt")).unwrap();
        let child = Command::new(program).arg("--dir").arg(&folder).args(["--for", "10m", "--stdin"]).args(options)
            .stdin(Stdio::piped()).stdout(output).spawn().unwrap();
        let mut server = Server { child, folder, port: 0, ca: PathBuf::new() };
        for _ in 0..1200 {
            if let Ok(ready) = fs::read_to_string(server.folder.join("ready")) {
                for line in ready.lines() {
                    match line.split_once('=') {
                        Some(("port", port)) => server.port = port.parse().unwrap(),
                        Some(("ca", ca)) => server.ca = ca.into(),
                        _ => {}
                    }
                }
                return server;
            }
            assert!(server.child.try_wait().unwrap().is_none(), "{}", fs::read_to_string(server.folder.join("output.txt")).unwrap());
            thread::sleep(Duration::from_millis(50));
        }
        panic!("the server did not start");
    }

    /// Returns a mailer with a mail for this server.
    pub fn mailer(&self) -> Mailer {
        let mut mail = Mailer::new().unwrap();
        mail.set_smtp_server("localhost", self.port, true).unwrap();
        mail.set_security_type(csmtp::USE_TLS).unwrap();
        mail.set_ca_file(&self.ca).unwrap();
        mail.set_login("alice@test.example").unwrap();
        mail.set_password("s3cret pass").unwrap();
        mail.set_sender_mail("alice@test.example").unwrap();
        mail.add_recipient("bob@test.example", "Jürgen").unwrap();
        mail.set_subject("Größe").unwrap();
        mail.add_msg_line("Grüße").unwrap();
        mail
    }

    pub fn mail(&self, number: usize) -> Option<String> {
        fs::read_to_string(self.folder.join(format!("mail/{number}.eml"))).ok()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// A reader that fails.
pub struct Broken;

impl Read for Broken {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        Err(io::Error::other("broken"))
    }
}

impl Seek for Broken {
    fn seek(&mut self, _: SeekFrom) -> io::Result<u64> {
        Ok(0)
    }
}

/// Waits until a condition holds.
pub fn until(condition: impl Fn() -> bool) {
    let end = Instant::now() + Duration::from_secs(60);
    while !condition() {
        assert!(Instant::now() < end, "the condition did not become true");
        thread::sleep(Duration::from_millis(5));
    }
}
