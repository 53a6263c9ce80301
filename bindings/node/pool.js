// SPDX-License-Identifier: MIT
// A pool of relays. index.js exports it.
'use strict';
const { promisify } = require('node:util');
const { setTimeout: sleep } = require('node:timers/promises');

const forever = 0xffffffff;

module.exports = ({ koffi, C, constants, CSmtpError, Done, Event, eventOf, whole }) => {
  const Sending = koffi.proto('int CSmtpSendingFunction(void *user, const char *id, unsigned int relay, const char *message_id)');
  const Ended = koffi.proto('int CSmtpEndedFunction(void *user, const char *id, unsigned int relay, int outcome, const char *queue_id, const char *reply)');
  const Reconcile = koffi.proto('int CSmtpReconcileFunction(void *user, const char *id, unsigned int relay, const char *message_id)');

  /** Sends many mails over several relays. csmtp_c.h and docs/pool.md describe it. Callbacks run on Node's
   * thread. */
  class Pool {
    #handle = C.PoolNew();
    #relays = []; // their callbacks are called by the pool
    #callbacks = [];
    #mails = new Map(); // the functions that settle the promises of mails, by number
    #next = 0;
    #raised = null;
    #awake = null; // keeps Node running while mails are in the pool

    constructor() {
      if (!this.#handle) throw new CSmtpError(0, C.GetLastError(0));
      this.#callbacks.push(koffi.register((user, handle, error) => this.#ended(Number(user), handle, error), koffi.pointer(Done)));
    }

    #ended(key, handle, error) {
      const { resolve, reject } = this.#mails.get(key);
      this.#mails.delete(key);
      if (this.#mails.size === 0) clearInterval(this.#awake);
      if (error) return reject(new CSmtpError(handle, error));
      resolve({ outcome: C.GetOutcome(handle), reply: C.GetLastReply(handle), queueId: C.GetQueueID(handle), messageId: C.GetMessageID(handle) });
    }

    _do(name, ...args) {
      whole(args);
      const number = C[name](this.#handle, ...args);
      if (number) throw new CSmtpError(this.#handle, number);
    }

    async #later(name, ...args) {
      const number = await promisify(C[name].async)(this.#handle, ...args);
      const raised = this.#raised;
      this.#raised = null;
      if (raised) throw raised.error;
      if (number && number !== constants.BUSY) throw new CSmtpError(this.#handle, number);
      return number === 0;
    }

    /** An exception of a callback counts as a refusal, and wait, drain or send throws it. */
    #guarded(proto, failed, fn) {
      const call = (user, ...args) => {
        try {
          return fn(...args);
        } catch (error) {
          this.#raised ??= { error };
          return failed;
        }
      };
      const callback = koffi.register(call, koffi.pointer(proto));
      this.#callbacks.push(callback);
      return callback;
    }

    /** Adds a relay with the settings of a mailer, which must stay open. Returns its number. */
    addRelay(relay, name = null) {
      this._do('PoolAddRelay', relay._handle, name);
      this.#relays.push(relay);
      return this.#relays.length - 1;
    }

    setJournal(begin, end) {
      this._do('PoolSetJournal',
        begin && this.#guarded(Sending, 1, (id, relay, messageId) => (begin(id, relay, messageId) === false ? 1 : 0)),
        end && this.#guarded(Ended, 1, (id, relay, outcome, queueId, reply) => (end(id, relay, outcome, queueId, reply) === false ? 1 : 0)), null);
    }

    setReconcile(fn) {
      this._do('PoolSetReconcile', fn && this.#guarded(Reconcile, constants.UNKNOWN, (id, relay, messageId) => fn(id, relay, messageId)), null);
    }

    setEventCallback(fn) {
      this._do('SetEventCallback', fn && this.#guarded(Event, undefined, (pointer) => fn(eventOf(pointer))), null);
    }

    /** Puts a copy of a mail in the queue, and waits while the queue is full. Do not change the mail until
     * then. Returns an object whose promise ended is settled when the mail has ended. */
    async submit(mail, { id = null, signal } = {}) {
      whole([id]);
      const key = ++this.#next;
      for (;;) {
        signal?.throwIfAborted();
        mail._idle();
        if (this.#mails.size === 0) this.#awake = setInterval(() => {}, 0x7fffffff);
        const ended = new Promise((resolve, reject) => this.#mails.set(key, { resolve, reject }));
        const number = C.PoolSubmit(this.#handle, mail._handle, id, 0, this.#callbacks[0], BigInt(key), null);
        if (number === 0) {
          ended.catch(() => {}); // a program need not look at the result
          return { ended };
        }
        this.#mails.delete(key);
        if (this.#mails.size === 0) clearInterval(this.#awake);
        if (number !== constants.BUSY) throw new CSmtpError(this.#handle, number);
        await sleep(10);
      }
    }

    /** Sends a mail and waits for the outcome. */
    async send(mail, options) {
      await mail._during((handle) => promisify(C.PoolSend.async)(this.#handle, handle), options);
      const raised = this.#raised;
      this.#raised = null;
      if (raised) throw raised.error;
    }

    /** Waits until all mails have ended, for at most `milliseconds` ms. Returns false if mails remain. */
    wait(milliseconds = forever) {
      return this.#later('PoolWait', milliseconds);
    }

    /** Makes the pool refuse further mails, and waits as wait does. */
    drain(milliseconds = forever) {
      return this.#later('PoolDrain', milliseconds);
    }

    /** Cancels all mails. */
    cancel() {
      C.Cancel(this.#handle);
    }

    /** Cancels all mails, and frees the pool when their promises are settled. */
    async close() {
      const handle = this.#handle;
      if (!handle) return;
      this.#handle = 0;
      await promisify(C.Free.async)(handle);
      this.#callbacks.forEach((callback) => koffi.unregister(callback));
      clearInterval(this.#awake);
    }

    getCount(relay, what) { return C.PoolGetCount(this.#handle, relay, what); }
    getQueued() { return C.PoolGetQueued(this.#handle); }
    getRelayName(relay) { return C.PoolGetRelayName(this.#handle, relay); }
    getRelayError(relay) { return C.PoolGetRelayError(this.#handle, relay); }
  }

  for (const name of ['SetWeight', 'SetSessions', 'SetRate', 'SetSessionMails', 'SetIdle', 'SetQueue', 'SetPause', 'SetPatience']) {
    Pool.prototype[name[0].toLowerCase() + name.slice(1)] = function (...args) { this._do('Pool' + name, ...args); };
  }
  Pool.prototype[Symbol.asyncDispose ?? Symbol.for('Symbol.asyncDispose')] = Pool.prototype.close;
  return Pool;
};
