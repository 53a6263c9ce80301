// SPDX-License-Identifier: MIT
//
// This module sends mail with libcsmtp, which it calls through koffi. It provides all
// functions of csmtp_c.h. packaging/node.sh makes a package for npm, with the library. To
// use the module without it, copy this folder, and install the library and koffi (`npm
// install koffi`). index.d.ts declares the types. csmtp_c.h describes the
// functions: setSMTPServer calls CSmtp_SetSMTPServer.
//
// Methods that use the network return a promise and run on a thread that koffi provides.
// The other methods return at once, and throw on failure. While the promise of a mailer is
// pending, only its cancel() and close() may be called; other methods throw BUSY. Callbacks
// run on Node's thread. If a callback throws an exception, the call that runs it is canceled
// and throws the exception again.
'use strict';
const path = require('node:path');
const { fileURLToPath } = require('node:url');
const { promisify } = require('node:util');
const prebuilt = require('./prebuilt.js');
const { octets, spool, TemporaryFile } = require('./spool.js');
const koffi = load('koffi', 'run `npm install koffi`', () => require('koffi'));

// The environment variable CSMTP_LIBRARY contains the path of the library. If it is not set,
// it is the one in this package, or else the one that the system's loader finds.
const names = { win32: 'csmtp.dll', darwin: 'libcsmtp.dylib' };
const libraryName = names[process.platform] || 'libcsmtp.so.1';
const file = process.env.CSMTP_LIBRARY || prebuilt.find(libraryName) || libraryName;
const library = load(file, prebuilt.advice, () => koffi.load(file));

// Returns the result of loading, or throws an error that says what to do.
function load(name, advice, loading) {
  try {
    return loading();
  } catch (error) {
    throw new Error(`${name} cannot be loaded: ${typeof advice === 'function' ? advice() : advice} (${error.message.split('\n')[0]})`, { cause: error });
  }
}

const Read = koffi.proto('int64_t CSmtpReadFunction(void *user, void *buffer, size_t capacity)');
const Token = koffi.proto('void *CSmtpTokenFunction(void *user, int refused)');
const Progress = koffi.proto('int CSmtpProgressFunction(void *user, int64_t sent, int64_t total)');
const Log = koffi.proto('void CSmtpLogFunction(void *user, int direction, const char *line)');
const EventStruct = koffi.struct('CSmtpEvent', {
  size: 'size_t', kind: 'int', relay: 'unsigned int', name: 'const char *', server: 'const char *', outcome: 'int', error: 'int', replyCode: 'int',
  attempts: 'unsigned int', recipients: 'unsigned int', accepted: 'unsigned int', octets: 'int64_t',
  resolve: 'int64_t', connect: 'int64_t', tls: 'int64_t', greeting: 'int64_t', ehlo: 'int64_t', login: 'int64_t',
  envelope: 'int64_t', content: 'int64_t', reply: 'int64_t', total: 'int64_t',
});
const Event = koffi.proto('void CSmtpEventFunction(void *user, const CSmtpEvent *event)');
const Done = koffi.proto('void CSmtpDoneFunction(void *user, uintptr_t h, int error)');

function eventOf(pointer) {
  const { size, ...event } = koffi.decode(pointer, EventStruct);
  for (const [member, value] of Object.entries(event)) if (typeof value === 'bigint') event[member] = Number(value);
  return event;
}

const types = {
  s: 'str', i: 'int', u: 'unsigned int', h: 'unsigned short', q: 'int64_t', z: 'size_t', H: 'uintptr_t',
  v: 'void', d: 'const void *', p: 'void *', P: koffi.out('void **'), Z: koffi.out('size_t *'),
  B: 'const uintptr_t *', O: 'int *', R: koffi.pointer(Read), T: koffi.pointer(Token), G: koffi.pointer(Progress), L: koffi.pointer(Log), V: koffi.pointer(Event), D: koffi.pointer(Done),
};

// functions.js contains the constants and the signatures, in which each type is one of
// the letters in 'types'.
const { signatures, constants } = require('./functions.js');
// These functions are not wrapped, because promises replace them.
const unwrapped = new Set(['SendAsync', 'Poll', 'Wait', 'PoolSetCallbacksInWait']);

const C = {};
for (const [name, signature] of Object.entries(signatures)) {
  const [result, args] = signature.split(' ');
  if (!unwrapped.has(name)) C[name] = load(`CSmtp_${name} of ${file}`, 'install the csmtp of this module, or set CSMTP_LIBRARY to the path of its library', () => library.func('CSmtp_' + name, types[result], [...args].map((letter) => types[letter])));
}


/** A failed call. The message says what failed, what the server replied, and what to do. */
class CSmtpError extends Error {
  constructor(handle, number) {
    super(C.GetLastErrorText(handle) || C.GetErrorText(number));
    this.name = 'CSmtpError';
    this.number = number;
    this.reply = C.GetLastReply(handle);
    this.replyCode = C.GetLastReplyCode(handle);
    this.enhancedCode = C.GetLastEnhancedCode(handle);
    this.phase = C.GetPhase(handle);
    this.kind = C.GetErrorKind(handle);
    this.loginError = C.IsLoginError(handle) !== 0;
    this.outcome = C.GetOutcome(handle);
    this.retryAfter = C.GetRetryAfter(handle);
    this.safeToRetry = C.IsSafeToRetry(handle) !== 0;
  }
}

// In C, a text ends at the first NUL, so a text with NUL is refused.
function whole(args) {
  if (args.some((arg) => typeof arg === 'string' && arg.includes('\0'))) throw new TypeError('the text contains a NUL character');
}

// Frees the handles of mailers that are no longer reachable. CSmtp_Free runs on another thread.
const forgotten = new FinalizationRegistry(({ handle, files }) => C.Free.async(handle, () => files.forEach((file) => file.close())));

// Waits for a call. An aborted signal cancels it, repeatedly, because it may only begin now.
async function following(handle, pending, signal) {
  if (!signal) return pending;
  let again;
  const abort = () => {
    C.Cancel(handle);
    again = setInterval(() => C.Cancel(handle), 50);
  };
  signal.addEventListener('abort', abort, { once: true });
  try {
    return await pending;
  } finally {
    signal.removeEventListener('abort', abort);
    clearInterval(again);
  }
}

// Removes options such as { signal } from the end of arguments, and returns them.
function optionsOf(args) {
  const last = args[args.length - 1];
  return typeof last === 'object' && last !== null && !ArrayBuffer.isView(last) ? args.pop() : undefined;
}

class Mailer {
  #handle;
  #pending = null; // the pending promise
  #raised = null; // the exception that a callback has thrown
  #token = null; // the text that the token callback has returned
  #callbacks = new Map(); // callbacks that C holds pointers to, by the function that set them
  #readers = [];
  #files = []; // temporary files with attachments

  constructor(handle = C.New()) {
    if (!handle) throw new CSmtpError(0, C.GetLastError(0));
    this.#handle = handle;
    forgotten.register(this, { handle, files: this.#files }, this);
    if (arguments.length === 0) this.setCharSet('UTF-8');
  }

  /** Returns a mailer with the same settings and message, but without a connection. Throws if callbacks or
   * readers are set. */
  clone() {
    this._idle();
    if (this.#callbacks.size + this.#readers.length > 0) throw new Error('clone: remove the callbacks and readers first');
    return new Mailer(C.Clone(this.#handle));
  }

  /** Cancels the pending call, ends the session and frees the handle. */
  async close() {
    const handle = this.#handle;
    if (!handle) return;
    if (this.#pending) C.Cancel(handle);
    this.#handle = 0;
    forgotten.unregister(this);
    await this.#pending?.catch(() => {});
    await promisify(C.Free.async)(handle);
    for (const callback of [...this.#callbacks.values(), ...this.#readers]) koffi.unregister(callback);
    this.#callbacks.clear();
    this.#readers = [];
    this.#closeFiles();
  }

  #closeFiles() {
    for (const file of this.#files.splice(0)) file.close();
  }

  get _handle() {
    return this.#handle;
  }

  /** Cancels the pending call: its promise is rejected with CANCELED. */
  cancel() {
    C.Cancel(this.#handle);
  }

  _idle() {
    if (!this.#pending) return;
    const error = new Error('a promise of this mailer is pending: await it first');
    throw Object.assign(error, { name: 'CSmtpError', number: constants.BUSY });
  }

  /** Calls the function with the handle, on this thread. */
  _value(name, ...args) {
    this._idle();
    whole(args);
    return C[name](this.#handle, ...args);
  }

  _do(name, ...args) {
    this.#checked(this._value(name, ...args));
  }

  /** Calls the function with the handle, on a thread that koffi provides. */
  async _later(name, args, options) {
    whole(args);
    await this._during((handle) => promisify(C[name].async)(handle, ...args), options);
  }

  /** Waits for the promise of a call. Until then, the mailer refuses other calls. */
  async _during(call, { signal } = {}) {
    this._idle();
    signal?.throwIfAborted();
    const handle = this.#handle;
    this.#forget(handle);
    this.#pending = call(handle);
    try {
      const number = await following(handle, this.#pending, signal);
      this.#checked(number, handle);
    } catch (error) {
      throw error.number === constants.CANCELED && signal?.aborted ? signal.reason : error;
    } finally {
      this.#pending = null;
    }
  }

  /** Sends the given mails over the connection of this mailer. This mailer itself must not be one of the
   * mails. Returns the error number of each mail, which is 0 if the mail was accepted. getOutcome() and
   * the other getters of a mail return details. */
  async sendBatch(mails, { signal } = {}) {
    for (const mail of [this, ...mails]) mail._idle();
    signal?.throwIfAborted();
    const numbers = new Int32Array(mails.length);
    const pending = promisify(C.SendBatch.async)(this.#handle, mails.map((mail) => mail.#handle), mails.length, numbers);
    for (const mail of [this, ...mails]) mail.#pending = pending;
    try {
      await following(this.#handle, pending, signal);
    } finally {
      for (const mail of [this, ...mails]) mail.#pending = null;
    }
    for (const mail of [this, ...mails]) mail.#checked(0);
    return [...numbers];
  }

  #checked(number, handle = this.#handle) {
    const raised = this.#raised;
    this.#raised = null;
    if (raised) throw raised.error;
    if (number === 0) return;
    const error = new CSmtpError(handle, number);
    this.#forget(handle);
    throw error;
  }

  // Makes a call that succeeds and changes nothing. Without it, the getters would report an
  // earlier call of this thread instead of the one on koffi's thread.
  #forget(handle) {
    C.ModMsgLine(handle, 0, null);
  }

  #guarded(fn, failed) {
    return (...args) => {
      try {
        return fn(...args);
      } catch (error) {
        this.#raised ??= { error };
        C.Cancel(this.#handle);
        return failed;
      }
    };
  }

  #callback(name, fn, type, failed) {
    this._idle();
    const callback = fn && koffi.register(this.#guarded(fn, failed), koffi.pointer(type));
    this._do(name, callback || null, null);
    if (this.#callbacks.has(name)) koffi.unregister(this.#callbacks.get(name));
    this.#callbacks.delete(name);
    if (callback) this.#callbacks.set(name, callback);
  }

  setTokenCallback(fn) {
    const token = (user, refused) => {
      const text = fn(refused !== 0) ?? null;
      if (text !== null && typeof text !== 'string') throw new TypeError('the token callback must return a text or null, not a promise: get the token before the call');
      // koffi frees a text before the library copies it, so a Buffer holds it until the next call.
      this.#token = text === null ? null : Buffer.from(`${text}\0`);
      return this.#token;
    };
    this.#callback('SetTokenCallback', fn && token, Token, null);
  }

  setProgressCallback(fn) {
    this.#callback('SetProgressCallback', fn && ((user, sent, total) => (fn(Number(sent), Number(total)) === true ? 1 : 0)), Progress, 1);
  }

  setLogCallback(fn) {
    this.#callback('SetLogCallback', fn && ((user, direction, line) => void fn(direction, line)), Log);
  }

  setEventCallback(fn) {
    this.#callback('SetEventCallback', fn && ((user, pointer) => fn(eventOf(pointer))), Event);
  }

  addAttachmentData(name, data, contentType = null) {
    const content = octets(data);
    this._do('AddAttachmentData', name, contentType, content, content.length);
  }

  addInlineImageData(contentId, name, data, contentType = null) {
    const content = octets(data);
    this._do('AddInlineImageData', contentId, name, contentType, content, content.length);
  }

  /** source must have the methods rewind() and read(most). read returns a Buffer with at most 'most' octets,
   * which is empty at the end. */
  addAttachmentReader(name, source, contentType = null, size = -1) {
    this._idle();
    const read = (user, buffer, capacity) => {
      if (Number(capacity) === 0) {
        source.rewind();
        return 0;
      }
      const data = octets(source.read(Number(capacity)) ?? '');
      if (data.length === 0) return 0;
      if (data.length > Number(capacity)) throw new RangeError('read returned more octets than asked for');
      koffi.encode(buffer, koffi.array('uint8_t', data.length), data);
      return data.length;
    };
    const callback = koffi.register(this.#guarded(read, -1), koffi.pointer(Read));
    this.#readers.push(callback);
    this._do('AddAttachmentReader', name, contentType, size, callback, null);
  }

  #dropReaders(name) {
    this._do(name);
    this.#readers.forEach((callback) => koffi.unregister(callback));
    this.#readers = [];
    this.#closeFiles();
  }

  /** Attaches a file (a path or a file: URL), octets, a Blob, or a stream, which is read to its end. A large
   * stream is kept in a temporary file until the mail has been sent. */
  async attach(source, { name, contentType = null } = {}) {
    this._idle();
    if (typeof source === 'string' || source instanceof URL) {
      return this.addAttachmentAs(source instanceof URL ? fileURLToPath(source) : source, name ?? null, contentType);
    }
    if (!name && typeof source?.path === 'string') name = path.basename(source.path); // fs.ReadStream
    name ||= typeof source?.name === 'string' ? source.name : ''; // File
    if (!name) throw new TypeError('attach: an attachment that is not a file needs a name');
    if (ArrayBuffer.isView(source) || source instanceof ArrayBuffer) return this.addAttachmentData(name, octets(source), contentType);
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
    this.#files.push(content);
  }

  /** Logs the dialogue with logger.debug, with secrets masked. null ends this. */
  setLogger(logger) {
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
    const content = octets(data);
    return this._later('SendRaw', [content, content.length, from, recipients], options);
  }

  /** Returns the octets that would be sent, as a Buffer. */
  renderMessage() {
    const [data, size] = [[null], [0]];
    this._do('RenderMessage', data, size);
    return Buffer.from(new Uint8Array(koffi.view(data[0], Number(size[0])))); // a copy
  }

  /** Returns a row for each recipient of the last mail, in the order To, Cc, Bcc. */
  results() {
    return Array.from({ length: this._value('GetResultCount') }, (_, row) => ({
      address: this._value('GetResultRecipient', row),
      accepted: this._value('GetResultAccepted', row) !== 0,
      code: this._value('GetResultCode', row),
      enhancedCode: this._value('GetResultEnhancedCode', row),
      reply: this._value('GetResultReply', row),
    }));
  }
}

// Default values of trailing arguments.
const defaults = {
  SetSMTPServer: [undefined, 0, true],
  ConnectRemoteServer: [undefined, 0, constants.DO_NOT_SET, true, null, null],
  SendRawFile: [undefined, null, null],
  AddRecipient: [undefined, null], AddCCRecipient: [undefined, null], AddBCCRecipient: [undefined, null],
  AddFrom: [undefined, null], SetSender: [undefined, null], SetClientCertificate: [undefined, null], SetSMIMEKeyFile: [undefined, null],
  AddAttachmentAs: [undefined, null, null], SetListUnsubscribe: [undefined, false],
  SetHTML: [true], SetFlowed: [true], SetEightBit: [true], SetStrict: [true], SetVerifyPeer: [true], SetReadReceipt: [true],
  SetClearLogin: [true], SetLoginRequired: [true], SetLMTP: [true], SetPartialDelivery: [true], SetRequireTLS: [true],
  SetOAuth2ClientCredentials: [undefined, undefined, undefined, ''],
  SetOAuth2RefreshToken: [undefined, undefined, undefined, undefined, ''],
  SetOAuth2Certificate: [undefined, undefined, undefined, null, null, null],
  SetOAuth2AssertionFile: [undefined, undefined, undefined, null],
  SetOAuth2ServiceAccount: [undefined, null, null], SetOAuth2ManagedIdentity: [undefined, null, null],
};
const promised = new Set(['Send', 'SendRawFile', 'ConnectRemoteServer', 'DisconnectRemoteServer', 'KeepAlive', 'CheckToken', 'SaveMessage']);
const booleans = new Set(['GetHTML', 'GetLoginSkipped', 'IsLoginError', 'IsSafeToRetry']);

// The other methods are generated.
for (const name of Object.keys(C)) {
  const method = name[0].toLowerCase() + name.slice(1);
  if (method in Mailer.prototype || ['New', 'Free'].includes(name) || name.startsWith('GetResult') || /^Get(Version|ErrorText|LastError)$|^Pool/.test(name)) continue;
  const complete = (args) => {
    const all = [...args, ...(defaults[name] ?? []).slice(args.length)];
    return all.map((a) => (typeof a === 'boolean' ? Number(a) : a));
  };
  Mailer.prototype[method] = promised.has(name)
    ? async function (...args) {
      const options = optionsOf(args);
      return this._later(name, complete(args), options);
    }
    : booleans.has(name)
      ? function () { return this._value(name) !== 0; }
      : name.startsWith('Get')
        ? function (...args) { return this._value(name, ...args); }
        : function (...args) { this._do(name, ...complete(args)); };
}

Mailer.prototype[Symbol.asyncDispose ?? Symbol.for('Symbol.asyncDispose')] = Mailer.prototype.close;

const Pool = require('./pool.js')({ koffi, C, constants, CSmtpError, Done, Event, eventOf, whole });
module.exports = { Mailer, Pool, CSmtpError, version: () => C.GetVersion(), errorText: (number) => C.GetErrorText(number), ...constants };
