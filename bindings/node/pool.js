// SPDX-License-Identifier: MIT
// A pool of relays. index.js exports it.
'use strict';
const { setTimeout: sleep } = require('node:timers/promises');
const { C, constants, mostAtOnce, register, unregister } = require('./library.js');
const check = require('./check.js');
const { callbacks, settled } = require('./callbacks.js');
const { CSmtpError, report, rows, notBegun, warn } = require('./report.js');
const { free, mostSends, onAbort, withDone } = require('./calls.js');

const forever = 0xffffffff;

// The numbers of callbacks that can run at the same time: mostCallbacks in all pools together, and ofPool in
// each pool, namely 32 for mails whose outcome is known, 32 for mails in doubt, and one for events. Each relay
// adds ofRelay, one for its log and one for its token. Each session adds ofSession, one for the beginning of a
// mail and one for the end of the previous mail.
const mostCallbacks = mostAtOnce - mostSends - 64;
const ofPool = 65;
const ofRelay = 2;
const ofSession = 2;
let callbacksNow = 0;

function reserve(count) {
  if (callbacksNow + count > mostCallbacks) throw new RangeError(`the pools of this process would have more than ${mostCallbacks} callbacks at the same time: use fewer pools, relays or sessions`);
  callbacksNow += count;
}

// Frees the handles of pools that are no longer reachable.
const forgotten = new FinalizationRegistry(release);

async function release(held) {
  await free(held.handle);
  unregister(held.pointers);
  callbacksNow -= held.reserved;
}

/** Sends many mails over several relays: see csmtp_c.h and docs/pool.md. Callbacks run on Node's thread. */
class Pool {
  #handle;
  #held; // the resources that are released when the pool is closed or garbage-collected
  #sessions = []; // the number of sessions of each relay
  #functions = []; // the functions that C calls, by number
  #mails = 0; // the number of mails whose outcome is not yet known
  #waiting = []; // the functions to be called when no mails are pending
  #raised = []; // the exceptions that callbacks have thrown
  #closing = null;

  constructor() {
    reserve(ofPool);
    this.#handle = C.PoolNew();
    if (!this.#handle) {
      callbacksNow -= ofPool;
      throw CSmtpError.of(0, C.GetLastError(0));
    }
    this.#held = { handle: this.#handle, pointers: [], reserved: ofPool };
    forgotten.register(this, this.#held, this);
  }

  _do(name, ...args) {
    const number = C[name](this.#handle, ...args);
    if (number) throw CSmtpError.of(this.#handle, number);
  }

  // Returns a pointer with which C calls a callback. If the callback throws an exception, C gets 'failed'.
  #pointer(type, failed, call) {
    const pool = new WeakRef(this);
    const key = this.#functions.push(call) - 1;
    const pointer = register(type, (...args) => {
      const self = pool.deref();
      try {
        return self ? self.#functions[key](...args) : failed;
      } catch (error) {
        self.#raised.push({ error });
        return failed;
      }
    });
    this.#held.pointers.push(pointer);
    return pointer;
  }

  /** Adds a relay with the settings, the log callback and the token callback of a mailer, and returns the
   * number of the relay. Later changes to the mailer have no effect on the pool. */
  addRelay(relay, name = null) {
    check.mailer('relay', relay);
    relay._idle();
    const count = 4 * ofSession + ofRelay;
    reserve(count);
    // The callbacks are set in a copy of the relay, with pointers that belong to the pool and exist until
    // the pool is freed.
    const copy = C.Clone(relay._handle);
    try {
      if (!copy) throw CSmtpError.of(0, C.GetLastError(0));
      for (const callback of relay._callbacks(['SetTokenCallback', 'SetLogCallback'])) {
        C[callback.name](copy, this.#pointer(callback.type, callback.failed, callback.call), null);
      }
      this._do('PoolAddRelay', copy, name);
    } catch (error) {
      callbacksNow -= count;
      throw error;
    } finally {
      if (copy) C.Free(copy);
    }
    this.#held.reserved += count;
    return this.#sessions.push(4) - 1;
  }

  setSessions(relay, sessions) {
    C.PoolSetSessions.check(this.#handle, relay, sessions);
    const more = ofSession * (sessions - (this.#sessions[relay] ?? sessions));
    if (more > 0) reserve(more);
    try {
      this._do('PoolSetSessions', relay, sessions);
    } catch (error) {
      if (more > 0) callbacksNow -= more;
      throw error;
    }
    // If the number of sessions decreases, keep the old number: callbacks of the earlier sessions can still
    // run.
    if (more > 0) {
      this.#held.reserved += more;
      this.#sessions[relay] = sessions;
    }
  }

  setJournal(begin, end) {
    check.functionOrNull('begin', begin);
    check.functionOrNull('end', end);
    const refused = (result) => (settled(result, 'journal') === false ? 1 : 0);
    this._do('PoolSetJournal',
      begin && this.#pointer('Sending', 1, (user, id, relay, messageId) => refused(begin(id, relay, messageId))),
      end && this.#pointer('Ended', 1, (user, id, relay, outcome, queueId, reply) => refused(end(id, relay, outcome, queueId, reply))), null);
  }

  setReconcile(fn) {
    check.functionOrNull('fn', fn);
    const found = [constants.UNKNOWN, constants.DELIVERED, constants.NOT_DELIVERED];
    this._do('PoolSetReconcile', fn && this.#pointer('Reconcile', constants.UNKNOWN, (user, id, relay, messageId) => {
      const answer = settled(fn(id, relay, messageId), 'reconcile');
      if (!found.includes(answer)) throw new TypeError('the reconcile callback must return DELIVERED, NOT_DELIVERED or UNKNOWN');
      return answer;
    }), null);
  }

  setEventCallback(fn) {
    check.functionOrNull('fn', fn);
    this._do('SetEventCallback', fn && this.#pointer('Event', undefined, callbacks.SetEventCallback.make(fn)), null);
  }

  // Puts a copy of a mail in the queue, and returns an error number, which is BUSY if the queue is full.
  // Stores the handle of the copy in 'copied'. When the outcome of the mail is known, the
  // function 'ended' is called with the handle of the copy and the error number of the mail.
  #submit(mail, id, copied, ended) {
    const number = withDone((fn, user) => mail._inside(() => C.PoolSubmit(this.#handle, mail._handle, id, 0, fn, user, copied)), (handle, error) => {
      ended(handle, error);
      if (--this.#mails === 0) this.#waiting.splice(0).forEach((wake) => wake());
    });
    if (number === 0) this.#mails++;
    else mail._raise();
    return number;
  }

  /** Puts a copy of a mail in the queue. While the queue is full, the promise of submit is pending: do not
   * change the mail before the promise is resolved. The result is an object that contains the promise
   * 'ended', which is settled when the outcome of the mail is known. If options.signal is aborted before
   * that, the mail is canceled. */
  async submit(mail, options = {}) {
    check.mailer('mail', mail);
    check.options(options);
    const { id = null, signal } = options;
    if (id !== null) check.text('id', id);
    for (;;) {
      signal?.throwIfAborted();
      mail._idle();
      mail._renew();
      let settle;
      const ended = new Promise((resolve, reject) => { settle = { resolve, reject }; });
      const copied = new BigUint64Array(1);
      const cancel = () => C.Cancel(Number(copied[0]));
      let leave = () => {};
      const number = this.#submit(mail, id, copied, (handle, error) => {
        leave();
        if (error) {
          const failed = new CSmtpError(error, report(handle));
          const bySignal = signal?.aborted && error === constants.CANCELED && failed.outcome === constants.NOT_SENT;
          return settle.reject(bySignal ? signal.reason : failed);
        }
        settle.resolve({ outcome: C.GetOutcome(handle), reply: C.GetLastReply(handle), queueId: C.GetQueueID(handle), messageId: C.GetMessageID(handle) });
      });
      if (number === 0) {
        mail._sent();
        ended.catch(() => {}); // a program is allowed to ignore the result
        leave = onAbort(signal, cancel); // a source of the mail may already have aborted the signal
        return { ended };
      }
      if (number !== constants.BUSY) throw CSmtpError.of(this.#handle, number);
      await sleep(10);
    }
  }

  /** Sends a mail and waits for the outcome. The getters of the mail then report on the outcome. */
  async send(mail, options = undefined) {
    check.mailer('mail', mail);
    let id;
    try {
      await mail._during(() => this.#sending(mail, (messageId) => { id = messageId; }), options);
    } catch (error) {
      if (id && mail._handle) mail._keep(id);
      throw error;
    }
  }

  // Submits a mail. Returns an object for the call, as send in calls.js does. Calls the function 'used'
  // with the Message-ID of the mail that was sent.
  #sending(mail, used) {
    let canceled = false;
    const copied = new BigUint64Array(1);
    const result = async () => {
      for (; !canceled; await sleep(10)) {
        let settle;
        const ended = new Promise((resolve) => { settle = resolve; });
        const number = this.#submit(mail, null, copied, (handle, error) => {
          used(C.GetMessageID(handle));
          settle({ number: error, report: { ...report(handle), rows: rows(handle) } });
        });
        if (number === 0) return ended;
        if (number !== constants.BUSY) return { number, report: { ...report(this.#handle), rows: [] } };
      }
      return { number: constants.CANCELED, report: notBegun(true) };
    };
    const cancel = () => {
      canceled = true;
      if (copied[0]) C.Cancel(Number(copied[0]));
    };
    return { ended: result(), cancel };
  }

  async #wait(name, milliseconds) {
    if (typeof milliseconds !== 'number') throw check.wrong('milliseconds', 'a number', milliseconds);
    if (!(milliseconds >= 0)) throw new RangeError('milliseconds must be 0 or more');
    const end = performance.now() + (milliseconds >= forever ? Infinity : milliseconds);
    for (let number = C[name](this.#handle, 0); ; number = this.#handle ? C.PoolWait(this.#handle, 0) : this.#mails && constants.BUSY) {
      const left = end - performance.now();
      if (number !== constants.BUSY || left <= 0) {
        const [raised, ...others] = this.#raised.splice(0);
        others.forEach(warn);
        if (raised) throw raised.error;
        if (number && number !== constants.BUSY) throw CSmtpError.of(this.#handle, number);
        return number === 0;
      }
      await this.#allEnded(left);
    }
  }

  // Waits until no mails are pending, but at most for a number of milliseconds. If no mail is pending at
  // the beginning, waits for a millisecond, so that callbacks can return.
  async #allEnded(milliseconds) {
    if (this.#mails === 0) return sleep(Math.min(milliseconds, 1));
    let timer;
    await new Promise((resolve) => {
      this.#waiting.push(resolve);
      if (milliseconds < forever) timer = setTimeout(resolve, Math.min(milliseconds, 0x7fffffff));
    });
    clearTimeout(timer);
  }

  /** Waits until no mails are pending, but at most `milliseconds` ms. Returns false if mails are still
   * pending. */
  wait(milliseconds = forever) {
    return this.#wait('PoolWait', milliseconds);
  }

  /** Makes the pool refuse further mails, and waits as wait does. */
  drain(milliseconds = forever) {
    return this.#wait('PoolDrain', milliseconds);
  }

  /** Cancels all mails. */
  cancel() {
    C.Cancel(this.#handle);
  }

  /** Cancels all mails, and frees the pool when the promises of all mails are settled. */
  close() {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close() {
    C.Cancel(this.#handle);
    this.#handle = 0;
    forgotten.unregister(this);
    while (this.#mails > 0) await this.#allEnded(forever);
    await release(this.#held);
    this.#raised.splice(0).forEach(warn);
  }

  getCount(relay, what) { return C.PoolGetCount(this.#handle, relay, what); }
  getQueued() { return C.PoolGetQueued(this.#handle); }
  getRelayName(relay) { return C.PoolGetRelayName(this.#handle, relay); }
  getRelayError(relay) { return C.PoolGetRelayError(this.#handle, relay); }
}

for (const name of ['SetWeight', 'SetRate', 'SetSessionMails', 'SetIdle', 'SetQueue', 'SetPause', 'SetPatience']) {
  Pool.prototype[name[0].toLowerCase() + name.slice(1)] = function (...args) { this._do('Pool' + name, ...args); };
}
Pool.prototype[Symbol.asyncDispose ?? Symbol.for('Symbol.asyncDispose')] = Pool.prototype.close;
module.exports = { Pool };
