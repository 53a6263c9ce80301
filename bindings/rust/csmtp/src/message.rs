// SPDX-License-Identifier: MIT
//! The parts of the message that are neither texts nor numbers, such as attachments.
use std::ffi::{c_char, c_void};
use std::io::{ErrorKind, Read, Seek, SeekFrom};

use csmtp_sys as sys;

use crate::callbacks::{Callback, ReadError, run, user};
use crate::convert::{nullable, of_text, optional, pointer};
use crate::{BAD_ARGUMENT, Error, FILE_NOT_EXIST, Mailer, Result};

/// Content that can be read more than once, such as a File.
pub trait ReadSeek: Read + Seek {}
impl<T: Read + Seek> ReadSeek for T {}

/// The content of an attachment.
struct Source {
    reader: Box<dyn ReadSeek + Send>,
    error: ReadError,
}

impl Source {
    fn read(&mut self, buffer: &mut [u8]) -> i64 {
        loop {
            let result = if buffer.is_empty() { self.reader.seek(SeekFrom::Start(0)).map(|_| 0) } else { self.reader.read(buffer) };
            match result {
                Ok(n) => return n as i64,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => {
                    self.error.set(&error);
                    return -1;
                }
            }
        }
    }
}

unsafe extern "C" fn read(user: *mut c_void, buffer: *mut c_void, capacity: usize) -> i64 {
    let call = |source: &mut Source| {
        if capacity == 0 {
            return source.read(&mut []);
        }
        // Initialize the buffer, because C has not done so.
        unsafe { buffer.cast::<u8>().write_bytes(0, capacity) };
        source.read(unsafe { std::slice::from_raw_parts_mut(buffer.cast::<u8>(), capacity) })
    };
    unsafe { run(user, -1, call) }
}

impl Mailer {
    /// Attaches octets. If `content_type` is `None`, it is derived from `name`.
    pub fn add_attachment_data<'a>(&mut self, name: &str, content_type: impl Into<Option<&'a str>>, data: &[u8]) -> Result<()> {
        let name = of_text(name)?;
        let content_type = optional(content_type.into())?;
        self.call(|h| unsafe { sys::CSmtp_AddAttachmentData(h, name.as_ptr(), pointer(&content_type), octets(data), data.len()) })
    }

    /// Attaches the content of a reader. The reader is read to its end at once, and the content is kept in
    /// memory. For a file or other large content, use add_attachment or add_attachment_reader.
    pub fn add_attachment_read<'a>(&mut self, name: &str, content_type: impl Into<Option<&'a str>>, mut reader: impl Read) -> Result<()> {
        let mut data = Vec::new();
        if let Err(error) = reader.read_to_end(&mut data) {
            return Err(Error::local(FILE_NOT_EXIST, &format!("the attachment {name} cannot be read: {error}")));
        }
        self.add_attachment_data(name, content_type, &data)
    }

    /// Attaches the content of a reader, from its beginning. The reader is read in pieces when the mail is
    /// sent, and again if the mail must be sent over a new session. `size` is the number of octets, if it is
    /// known. Readers that share a position, such as two clones of an `Arc<File>`, must not be attached to
    /// mailers that send at the same time.
    pub fn add_attachment_reader<'a>(
        &mut self,
        name: &str,
        content_type: impl Into<Option<&'a str>>,
        size: Option<u64>,
        reader: impl ReadSeek + Send + 'static,
    ) -> Result<()> {
        let name = of_text(name)?;
        let content_type = optional(content_type.into())?;
        let size = match size.map(i64::try_from).transpose() {
            Ok(size) => size.unwrap_or(-1),
            Err(_) => return Err(Error::local(BAD_ARGUMENT, "add_attachment_reader: the size is out of range")),
        };
        let shared = Callback::new(self.handle, Source { reader: Box::new(reader), error: self.kept.read_error.clone() });
        self.call(|h| unsafe { sys::CSmtp_AddAttachmentReader(h, name.as_ptr(), pointer(&content_type), size, Some(read), user(&shared)) })?;
        self.kept.readers.push(shared);
        Ok(())
    }

    /// Adds an image to which the HTML body refers as "cid:" followed by content_id.
    pub fn add_inline_image_data<'a>(&mut self, content_id: &str, name: &str, content_type: impl Into<Option<&'a str>>, data: &[u8]) -> Result<()> {
        let (content_id, name) = (of_text(content_id)?, of_text(name)?);
        let content_type = optional(content_type.into())?;
        self.call(|h| unsafe {
            sys::CSmtp_AddInlineImageData(h, content_id.as_ptr(), name.as_ptr(), pointer(&content_type), octets(data), data.len())
        })
    }

    /// Deletes all attachments and inline images.
    pub fn del_attachments(&mut self) -> Result<()> {
        self.call(|h| unsafe { sys::CSmtp_DelAttachments(h) })?;
        self.kept.readers.clear();
        Ok(())
    }

    /// Clears everything that csmtp_c.h marks \[message\]: recipients, bodies, attachments, header fields and
    /// Message-ID, but not the subject, the sender or the settings.
    pub fn clear_message(&mut self) -> Result<()> {
        self.call(|h| unsafe { sys::CSmtp_ClearMessage(h) })?;
        self.kept.readers.clear();
        Ok(())
    }

    /// Returns a line that add_msg_line has added, or None if there is no such line.
    pub fn get_msg_line_text(&self, line: u32) -> Option<String> {
        unsafe { nullable(sys::CSmtp_GetMsgLineText(self.handle, line)) }
    }

    /// Returns the parameters of a service extension, or None if the server does not offer it.
    pub fn get_extension(&self, name: &str) -> Option<String> {
        let name = of_text(name).ok()?;
        unsafe { nullable(sys::CSmtp_GetExtension(self.handle, name.as_ptr())) }
    }

    /// Returns the octets of the message that [`Mailer::send`] would send.
    pub fn render_message(&mut self) -> Result<Vec<u8>> {
        let (mut data, mut size): (*const c_char, usize) = (std::ptr::null(), 0);
        self.call(|h| unsafe { sys::CSmtp_RenderMessage(h, &mut data, &mut size) })?;
        Ok(if size == 0 { Vec::new() } else { unsafe { std::slice::from_raw_parts(data.cast::<u8>(), size) }.to_vec() })
    }
}

pub(crate) fn octets(data: &[u8]) -> *const c_void {
    data.as_ptr().cast()
}
