// SPDX-License-Identifier: MIT
// A pool of relays. index.js exports it.
'use strict';
const { setTimeout: sleep } = require('node:timers/promises');
const { C, constants, mostAtOnce, register, unregister } = require('./library.js');
const { callbacks, settled } = require('./callbacks.js');
const { CSmtpError, report, rows, notBegun, warn } = require('./report.js');
const { free, mostSends, withDone } = require('./calls.js');

const forever = 0xffffffff;

// How many callbacks the pools can run at the same time: 32 each for the ends of mails and
// for mails in doubt, and one for events; for each relay, one each for its log and its token;
// for each session, one each for the beginning of a mail and the end of the mail before.
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

/** Sends many mails over several relays. csmtp_c.h and docs/pool.md describe it. Callbacks run on Node's
 * thread. */
class Pool {
  #handle;
  #held; // what remains to be released when the pool is closed or forgotten
  #sessions = []; // by relay
  #functions = []; // what C calls, by number
  #mails = 0; // how many have not ended
  #waiting = []; // the functions to be called when all mails have ended
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
    for (const arg of args) if (typeof arg === 'string' && arg.includes('\0')) throw new TypeError('the text contains a NUL character');
    const number = C[name](this.#handle, ...args);
    if (number) throw CSmtpError.of(this.#handle, number);
  }

  // Returns a pointer for C to a callback. An exception counts as a refusal.
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

  /** Adds a relay with the settings of a mailer, whose later changes have no effect on the pool. Returns its
   * number. */
  addRelay(relay, name = null) {
    relay._idle();
    const count = 4 * ofSession + ofRelay;
    reserve(count);
    // The pool has its own pointers to the callbacks, which it keeps until it is freed. They
    // are set in a copy.
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
    const more = ofSession * (sessions - (this.#sessions[relay] ?? sessions));
    if (more > 0) reserve(more);
    try {
      this._do('PoolSetSessions', relay, sessions);
    } catch (error) {
      if (more > 0) callbacksNow -= more;
      throw error;
    }
    // After a reduction, callbacks of the earlier sessions can still run.
    if (more > 0) {
      this.#held.reserved += more;
      this.#sessions[relay] = sessions;
    }
  }

  setJournal(begin, end) {
    const refused = (result) => (settled(result, 'journal') === false ? 1 : 0);
    this._do('PoolSetJournal',
      begin && this.#pointer('Sending', 1, (user, id, relay, messageId) => refused(begin(id, relay, messageId))),
      end && this.#pointer('Ended', 1, (user, id, relay, outcome, queueId, reply) => refused(end(id, relay, outcome, queueId, reply))), null);
  }

  setReconcile(fn) {
    const found = [constants.UNKNOWN, constants.DELIVERED, constants.NOT_DELIVERED];
    this._do('PoolSetReconcile', fn && this.#pointer('Reconcile', constants.UNKNOWN, (user, id, relay, messageId) => {
      const answer = settled(fn(id, relay, messageId), 'reconcile');
      if (!found.includes(answer)) throw new TypeError('the reconcile callback must return DELIVERED, NOT_DELIVERED or UNKNOWN');
      return answer;
    }), null);
  }

  setEventCallback(fn) {
    this._do('SetEventCallback', fn && this.#pointer('Event', undefined, callbacks.SetEventCallback.make(fn)), null);
  }

  // Puts a copy of a mail in the queue. ended is called with the handle of the copy and the
  // error number when the mail has ended. Returns an error number, which is BUSY if the queue
  // is full.
  #submit(mail, id, copied, ended) {
    const number = withDone((fn, user) => mail._inside(() => C.PoolSubmit(this.#handle, mail._handle, id, 0, fn, user, copied)), (handle, error) => {
      ended(handle, error);
      if (--this.#mails === 0) this.#waiting.splice(0).forEach((wake) => wake());
    });
    if (number === 0) this.#mails++;
    else mail._raise();
    return number;
  }

  /** Puts a copy of a mail in the queue, and waits while the queue is full. Do not change the mail until
   * then. Returns an object whose promise ended is settled when the mail has ended. */
  async submit(mail, { id = null, signal } = {}) {
    if (id?.includes('\0')) throw new TypeError('the text contains a NUL character');
    for (;;) {
      signal?.throwIfAborted();
      mail._idle();
      mail._renew();
      let settle;
      const ended = new Promise((resolve, reject) => { settle = { resolve, reject }; });
      const number = this.#submit(mail, id, null, (handle, error) => {
        if (error) return settle.reject(new CSmtpError(error, report(handle)));
        settle.resolve({ outcome: C.GetOutcome(handle), reply: C.GetLastReply(handle), queueId: C.GetQueueID(handle), messageId: C.GetMessageID(handle) });
      });
      if (number === 0) {
        mail._sent();
        ended.catch(() => {}); // a program need not look at the result
        return { ended };
      }
      if (number !== constants.BUSY) throw CSmtpError.of(this.#handle, number);
      await sleep(10);
    }
  }

  /** Sends a mail and waits for the outcome, which the getters of the mail then report. */
  async send(mail, options) {
    let id;
    try {
      await mail._during(() => this.#sending(mail, (messageId) => { id = messageId; }), options);
    } catch (error) {
      if (id && mail._handle) mail._keep(id);
      throw error;
    }
  }

  // Submits a mail, and returns the call that waits for its end.
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
    if (!(milliseconds >= 0)) throw new RangeError('the time must be a number of milliseconds');
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

  // Waits until all mails have ended, but not longer than a number of milliseconds. If all
  // have ended, it gives their callbacks time to return.
  async #allEnded(milliseconds) {
    if (this.#mails === 0) return sleep(Math.min(milliseconds, 1));
    let timer;
    await new Promise((resolve) => {
      this.#waiting.push(resolve);
      if (milliseconds < forever) timer = setTimeout(resolve, Math.min(milliseconds, 0x7fffffff));
    });
    clearTimeout(timer);
  }

  /** Waits until all mails have ended, for at most `milliseconds` ms. Returns false if mails remain. */
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

  /** Cancels all mails, and frees the pool when their promises are settled. */
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
