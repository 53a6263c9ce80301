// SPDX-License-Identifier: MIT
// Stores the content of a stream for an attachment, because a stream can be read only once.
'use strict';
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { wellFormed } = require('./check.js');

const memory = 1 << 20; // larger content is written to a temporary file

/** Returns a Buffer with the octets of a value. 'name' is the name of the value in error texts. */
function octets(name, value) {
  if (typeof value === 'string') {
    wellFormed(name, value);
    return Buffer.from(value);
  }
  if (ArrayBuffer.isView(value)) return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  if (value instanceof ArrayBuffer || value instanceof SharedArrayBuffer) return Buffer.from(value);
  throw new TypeError(`${name} must be octets or a string`);
}

/** A temporary file that is open, but has already been deleted from its folder. It can be passed to
 * addAttachmentReader. */
class TemporaryFile {
  #fd;
  #folder; // undefined if the folder has been removed
  #at = 0;
  size = 0;

  constructor() {
    this.#folder = fs.mkdtempSync(path.join(os.tmpdir(), 'csmtp-'));
    try {
      this.#fd = fs.openSync(path.join(this.#folder, 'attachment'), 'wx+', 0o600);
    } finally {
      this.#remove();
    }
  }

  // Removes the folder. On Windows, this can fail while the file is open.
  #remove() {
    try {
      if (this.#folder) fs.rmSync(this.#folder, { recursive: true, force: true });
      this.#folder = undefined;
    } catch { /* close tries again */ }
  }

  write(data) {
    for (let at = 0; at < data.length;) at += fs.writeSync(this.#fd, data, at, data.length - at, this.size + at);
    this.size += data.length;
  }

  rewind() {
    this.#at = 0;
  }

  read(most) {
    const buffer = Buffer.alloc(Math.min(most, memory));
    const n = fs.readSync(this.#fd, buffer, 0, buffer.length, this.#at);
    this.#at += n;
    return buffer.subarray(0, n);
  }

  close() {
    if (this.#fd !== undefined) fs.closeSync(this.#fd);
    this.#fd = undefined;
    this.#remove();
  }
}

/** Reads a stream to its end. Returns the content as a Buffer, or as a TemporaryFile if it is large. */
async function spool(stream) {
  const parts = [];
  let size = 0;
  let file;
  try {
    for await (const part of stream) {
      const data = octets('a part of the stream', part);
      size += data.length;
      if (!file && size > memory) {
        file = new TemporaryFile();
        for (const earlier of parts) file.write(earlier);
      }
      if (file) file.write(data);
      else parts.push(Buffer.from(data)); // a copy, because a stream can use its buffer again
    }
  } catch (error) {
    file?.close();
    throw error;
  }
  return file ?? Buffer.concat(parts);
}

module.exports = { octets, spool, TemporaryFile };
