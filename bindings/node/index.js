// SPDX-License-Identifier: MIT
//
// This module sends mail with libcsmtp, which it calls through koffi. packaging/node.sh makes
// a package for npm that includes the library. To use the module without this package, copy
// this folder, and install the library and koffi (`npm install koffi`). index.d.ts declares the
// types. csmtp_c.h describes the functions that the methods call: setSMTPServer calls
// CSmtp_SetSMTPServer.
//
// Methods that use the network return a promise, as do attach and saveMessage. The other
// methods return at once, and throw an exception on failure. While a promise is pending, other
// than one of attach, all methods of the mailer except cancel() and close() throw BUSY.
// Callbacks run on Node's thread. If a callback throws an exception, the call during which the
// callback runs is canceled and throws the same exception. If the mail was or may have been
// sent nevertheless, the call throws a CSmtpError whose cause is that exception.
'use strict';
const path = require('node:path');
const { fileURLToPath } = require('node:url');
const { koffi, C, constants, register, unregister } = require('./library.js');
const { CSmtpError, report: reportOf, rows, notBegun, aboutMail, pendingError, warn } = require('./report.js');
const calls = require('./calls.js');
const { callbacks } = require('./callbacks.js');
const check = require('./check.js');
const { addMethods } = require('./methods.js');
const { octets, spool, TemporaryFile } = require('./spool.js');

// Frees the handles of mailers that are no longer reachable.
const forgotten = new FinalizationRegistry(release);

async function release({ handle, pointers, files }) {
  await calls.free(handle);
  unregister(pointers);
  for (const file of files) file.close();
}

// The argument with which clone calls the constructor of Mailer. Programs cannot make such an argument.
class Copy {
  constructor(handle) {
    this.handle = handle;
  }
}

class Mailer {
  #handle;
  #pending = null; // the pending call
  #closing = null; // the promise of close
  #inside = 0; // the number of calls in progress on this thread
  #raised = []; // the exceptions that callbacks have thrown
  #report = null; // values that the getters return instead of those of the library (see report.js)
  #functions = new Map(); // the callbacks, keyed by the C functions that set them, and the readers of attachments
  #held; // the resources that are released when the mailer is closed or garbage-collected
  #readers = 0;
  #kept = null; // not null if Pool.send has failed and its Message-ID is used again for the next attempt

  constructor(copy = undefined) {
    if (copy !== undefined && !(copy instanceof Copy)) throw new TypeError('the constructor has no parameters');
    const handle = copy ? copy.handle : C.New();
    if (!handle) throw CSmtpError.of(0, C.GetLastError(0));
    this.#handle = handle;
    this.#held = { handle, pointers: new Set(), files: [] };
    forgotten.register(this, this.#held, this);
    check.mailers.add(this);
    if (!copy) this.setCharSet('UTF-8');
  }

  /** Returns a mailer with the same settings and message, but without a connection. Throws an exception if
   * callbacks or readers are set. */
  clone() {
    this._idle();
    if ([...this.#functions.values()].some(({ call }) => call)) throw new Error('clone: remove the callbacks and readers first');
    const copy = new Mailer(new Copy(C.Clone(this.#handle)));
    if (this.#kept) copy.setMessageID('');
    return copy;
  }

  /** Cancels the pending call, ends the session and frees the handle. */
  close() {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close() {
    const pending = this.#pending;
    pending?.cancel();
    this.#handle = 0;
    forgotten.unregister(this);
    await pending?.over;
    await release(this.#held);
    this.#functions.clear();
    this.#raised.splice(0).forEach(warn);
  }

  get _handle() {
    return this.#handle;
  }

  /** Cancels the pending call or, in a callback, the call during which the callback runs. */
  cancel() {
    if (this.#pending) this.#pending.cancel();
    else C.Cancel(this.#handle);
  }

  _idle() {
    if (this.#pending) throw pendingError();
  }

  /** Returns the report's value for the getter 'name', if it has one; otherwise, calls C on this thread. */
  _value(name, ...args) {
    this._idle();
    if (this.#report && name in this.#report) return this.#report[name];
    const result = this._inside(() => C[name](this.#handle, ...args));
    if (name === 'SetMessageID' || name === 'ClearMessage') this.#kept = null;
    return result;
  }

  /** Calls a function during which callbacks can run on this thread. */
  _inside(call) {
    this.#inside++;
    try {
      return call();
    } finally {
      this.#inside--;
    }
  }

  _do(name, ...args) {
    this.#check(this._value(name, ...args), this.#handle);
  }

  /** Calls the function CSmtp_'name' on another thread, with the handle and then 'args' as its arguments. */
  async _later(name, args, options) {
    C[name].check(this.#handle, ...args);
    const sends = /^(Send|ConnectRemoteServer)/.test(name);
    await this._during((handle) => calls.onThread(name, handle, args, sends), options, { sends, message: false });
  }

  /** Begins a call and waits until it has ended. The mailer refuses other calls in the meantime. 'sends'
   * says whether the call clears the results of the last mail, and 'message' says whether the call sends
   * the message of the mailer. */
  async _during(begin, options = undefined, { sends = true, message = true } = {}) {
    check.options(options);
    const signal = options?.signal;
    this._idle();
    if (signal?.aborted) {
      this.#report = { ...this.#report, ...notBegun(sends) };
      throw signal.reason;
    }
    const handle = this.#handle;
    this.#forget(handle, sends);
    if (message) this._renew();
    const call = begin(handle);
    const end = this.#begins(call);
    try {
      const result = await calls.following(call, signal);
      const { number, report } = typeof result === 'object' ? result : { number: result };
      if (report) this.#report = { ...this.#report, ...report };
      this.#check(number, handle, report, sends);
      if (message) this._sent();
    } catch (error) {
      throw error.number === constants.CANCELED && signal?.aborted ? signal.reason : error;
    } finally {
      end();
    }
  }

  /** Registers a call as the pending call of this mailer. Returns a function to be called when the call has
   * ended. */
  #begins(call) {
    let end;
    this.#pending = { cancel: call.cancel, over: new Promise((resolve) => { end = resolve; }) };
    return () => {
      this.#pending = null;
      end();
    };
  }

  /** Sends the given mails over the connection of this mailer. This mailer itself must not be one of the
   * mails. Returns the error number of each mail, which is 0 if the mail was accepted. getOutcome() and
   * the other getters of a mail return details. */
  async sendBatch(mails, options = undefined) {
    if (!Array.isArray(mails)) throw check.wrong('mails', 'an array', mails);
    for (const mail of mails) check.mailer('mails', mail);
    check.options(options);
    const signal = options?.signal;
    const all = [this, ...mails];
    for (const mail of all) mail._idle();
    if (signal?.aborted) {
      for (const mail of all) mail.#report = notBegun(true);
      throw signal.reason;
    }
    const numbers = new Int32Array(mails.length);
    for (const mail of all) {
      mail.#forget(mail.#handle, true);
      mail._renew();
    }
    const call = calls.onThread('SendBatch', this.#handle, [mails.map((mail) => mail.#handle), mails.length, numbers], true);
    const ends = all.map((mail) => mail.#begins(call));
    try {
      const { report } = await calls.following(call, signal);
      if (report) {
        numbers.fill(constants.CANCELED);
        for (const mail of all) mail.#report = report;
      }
    } finally {
      for (const end of ends) end();
    }
    mails.forEach((mail, i) => numbers[i] || mail._sent());
    const [raised, ...others] = all.flatMap((mail) => mail.#raised.splice(0));
    others.forEach(warn);
    if (raised) {
      const sent = mails.findIndex((mail) => mail.getOutcome() !== constants.NOT_SENT);
      throw sent < 0 ? raised.error : CSmtpError.raised(numbers[sent], reportOf(mails[sent].#handle), raised.error);
    }
    if (signal?.aborted && numbers.includes(constants.CANCELED)) throw signal.reason;
    return [...numbers];
  }

  // Throws an exception if a callback has thrown one, or if 'number' is not 0. If 'sends' is true, the call
  // may have sent a mail; if it has, the exception says what happened to the mail.
  #check(number, handle, report, sends = false) {
    if (sends && this.#raised.length > 0) {
      const said = { ...reportOf(handle), ...report };
      if (said.GetOutcome !== constants.NOT_SENT) {
        const [{ error }, ...others] = this.#raised.splice(0);
        others.forEach(warn);
        throw CSmtpError.raised(number, said, error);
      }
    }
    this._raise();
    if (number === 0) return;
    if (report) throw new CSmtpError(number, report);
    const error = CSmtpError.of(handle, number);
    this.#forget(handle);
    throw error;
  }

  /** Throws the first exception that a callback has thrown, if any, and reports the others as warnings. */
  _raise() {
    const [raised, ...others] = this.#raised.splice(0);
    others.forEach(warn);
    if (raised) throw raised.error;
  }

  /** Keeps 'id', the Message-ID of a failed attempt, for the next attempt, as CSmtp_PoolSend itself does. */
  _keep(id) {
    C.SetMessageID(this.#handle, id);
    this.#kept = { sent: false };
  }

  /** Records that the message was sent: the next call to _renew removes a Message-ID that was kept. */
  _sent() {
    if (this.#kept) this.#kept.sent = true;
  }

  _renew() {
    if (!this.#kept?.sent) return;
    this.#kept = null;
    C.SetMessageID(this.#handle, '');
  }

  // Makes the getters report on the next call on the handle, whichever thread makes it. Otherwise, they
  // would report on an earlier call from this thread. To prevent this, #forget makes a call to ModMsgLine
  // that changes nothing. It also clears the report; if 'sends' is not true, the part about the last mail
  // is kept.
  #forget(handle, sends) {
    this.#report = sends ? null : aboutMail(this.#report);
    C.ModMsgLine(handle, 0, null);
  }

  // Returns a pointer with which C can call the function with this name in #functions. The pointer does
  // not keep the mailer alive, so the mailer can be garbage-collected.
  #pointer(name, type) {
    const mailer = new WeakRef(this);
    const pointer = register(type, (...args) => mailer.deref()?.#called(name, args));
    this.#held.pointers.add(pointer);
    return pointer;
  }

  #called(name, args) {
    const { call, failed } = this.#functions.get(name) ?? {};
    try {
      return call ? call(...args) : failed;
    } catch (error) {
      if (this.#pending || this.#inside > 0) {
        this.#raised.push({ error });
        C.Cancel(this.#handle || this.#held.handle);
      } else warn({ error });
      return failed;
    }
  }

  #callback(name, fn) {
    this._idle();
    check.functionOrNull('fn', fn);
    const { type, failed, make } = callbacks[name];
    const before = this.#functions.get(name);
    const pointer = before?.pointer ?? (fn ? this.#pointer(name, type) : null);
    // Call CSmtp_SetEventCallback only once. A second call could wait on Node's thread until an event
    // callback of an open session has returned, and that callback would wait for Node's thread.
    if (name !== 'SetEventCallback' || !before) this._do(name, fn ? pointer : null, null);
    if (pointer) this.#functions.set(name, { pointer, failed, call: fn ? make(fn) : null, user: fn });
  }

  /** Returns new instances of the callbacks that were set with the given functions, for a pool. */
  _callbacks(names) {
    return names.flatMap((name) => {
      const user = this.#functions.get(name)?.user;
      return user ? [{ name, ...callbacks[name], call: callbacks[name].make(user) }] : [];
    });
  }

  /** Sends the message. */
  send(options) {
    return this._during(calls.send, options);
  }

  setTokenCallback(fn) {
    this.#callback('SetTokenCallback', fn);
  }

  setProgressCallback(fn) {
    this.#callback('SetProgressCallback', fn);
  }

  setLogCallback(fn) {
    this.#callback('SetLogCallback', fn);
  }

  setEventCallback(fn) {
    this.#callback('SetEventCallback', fn);
  }

  addAttachmentData(name, data, contentType = null) {
    const content = octets('data', data);
    this._do('AddAttachmentData', name, contentType, content, content.length);
  }

  addInlineImageData(contentId, name, data, contentType = null) {
    const content = octets('data', data);
    this._do('AddInlineImageData', contentId, name, contentType, content, content.length);
  }

  /** Attaches the content of 'source', an object with the methods rewind() and read(most). read returns at
   * most 'most' octets, and an empty Buffer at the end. */
  addAttachmentReader(name, source, contentType = null, size = -1) {
    this._idle();
    if (typeof source?.rewind !== 'function' || typeof source.read !== 'function') throw check.wrong('source', 'an object with the methods rewind and read', source);
    const read = (user, buffer, capacity) => {
      if (Number(capacity) === 0) {
        source.rewind();
        return 0;
      }
      const data = octets('the result of read', source.read(Number(capacity)) ?? '');
      if (data.length === 0) return 0;
      if (data.length > Number(capacity)) throw new RangeError('read returned more octets than asked for');
      koffi.encode(buffer, koffi.array('uint8_t', data.length), data);
      return data.length;
    };
    const key = `reader ${++this.#readers}`;
    const pointer = this.#pointer(key, 'Read');
    this.#functions.set(key, { pointer, failed: -1, call: read });
    try {
      this._do('AddAttachmentReader', name, contentType, size, pointer, null);
    } catch (error) {
      this.#drop(key);
      throw error;
    }
  }

  #dropReaders(name) {
    this._do(name);
    for (const key of [...this.#functions.keys()]) if (key.startsWith('reader')) this.#drop(key);
    for (const file of this.#held.files.splice(0)) file.close();
  }

  #drop(key) {
    const { pointer } = this.#functions.get(key);
    this.#functions.delete(key);
    this.#held.pointers.delete(pointer);
    unregister([pointer]);
  }

  /** Attaches a file (a path or a file: URL), octets, a Blob, or a stream. A stream is read to its end. The
   * content of a large stream is kept in a temporary file until the mailer is closed or its attachments are
   * deleted. */
  async attach(source, options = {}) {
    this._idle();
    if (!check.isOptions(options)) throw check.wrong('options', 'an object', options);
    let { name, contentType = null } = options;
    if (name !== undefined) check.text('name', name);
    if (contentType !== null) check.text('contentType', contentType);
    if (!check.isOptions(source) && typeof source !== 'string' && !Array.isArray(source) && !ArrayBuffer.isView(source)) throw check.wrong('source', 'a file, octets or a stream', source);
    if (typeof source === 'string' || source instanceof URL) {
      return this.addAttachmentAs(source instanceof URL ? fileURLToPath(source) : source, name ?? null, contentType);
    }
    if (!name && typeof source?.path === 'string') name = path.basename(source.path); // fs.ReadStream
    name ||= typeof source?.name === 'string' ? source.name : ''; // File
    if (!name) throw new TypeError('attach: an attachment that is not a file needs a name');
    if (ArrayBuffer.isView(source) || source instanceof ArrayBuffer) return this.addAttachmentData(name, octets('source', source), contentType);
    const stream = source instanceof Blob ? source.stream() : source;
    if (!stream[Symbol.asyncIterator] && !stream[Symbol.iterator]) throw new TypeError('attach: the source must be a file, octets or a stream');
    const content = await spool(stream);
    if (!(content instanceof TemporaryFile)) return this.addAttachmentData(name, content, contentType);
    try {
      this.addAttachmentReader(name, content, contentType, content.size);
    } catch (error) {
      content.close();
      throw error;
    }
    this.#held.files.push(content);
  }

  /** Logs the dialogue with logger.debug, with secrets masked. null stops the logging. */
  setLogger(logger) {
    if (logger !== null && typeof logger?.debug !== 'function') throw check.wrong('logger', 'an object with the method debug, or null', logger);
    const marks = { [constants.LOG_CLIENT]: 'C: ', [constants.LOG_SERVER]: 'S: ' };
    this.setLogCallback(logger && ((direction, line) => logger.debug((marks[direction] ?? '') + line)));
  }

  clearMessage() {
    this.#dropReaders('ClearMessage');
  }

  delAttachments() {
    this.#dropReaders('DelAttachments');
  }

  async sendRaw(data, from = null, recipients = null, options = undefined) {
    const content = octets('data', data);
    return this._later('SendRaw', [content, content.length, from, recipients], options);
  }

  /** Returns the octets of the message that send would send, as a Buffer. */
  renderMessage() {
    const [data, size] = [[null], [0]];
    this._do('RenderMessage', data, size);
    return Buffer.from(new Uint8Array(koffi.view(data[0], Number(size[0])))); // a copy
  }

  /** Returns the result for each recipient of the last mail, in the order To, Cc, Bcc. */
  results() {
    this._idle();
    return this.#report?.rows?.map((row) => ({ ...row })) ?? rows(this.#handle);
  }
}

addMethods(Mailer);
Mailer.prototype[Symbol.asyncDispose ?? Symbol.for('Symbol.asyncDispose')] = Mailer.prototype.close;

const { Pool } = require('./pool.js');
module.exports = { Mailer, Pool, CSmtpError, version: () => C.GetVersion(), errorText: (number) => C.GetErrorText(number), ...constants };
