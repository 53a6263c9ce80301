// SPDX-License-Identifier: MIT
// Calls of the library that take time.
'use strict';
const { promisify } = require('node:util');
const { C, constants, mostAtOnce, register } = require('./library.js');
const { notBegun } = require('./report.js');

/** Begins calls in turn, so that at most 'most' are in progress. */
class Queue {
  #waiting = new Set();
  #running = 0;
  #most;

  constructor(most) {
    this.#most = most;
  }

  /** Calls begin, which returns a promise, in its turn. Returns this promise, and a function that
   * removes the call and resolves the promise if the call has not begun. */
  add(begin) {
    const call = { begin };
    const ended = new Promise((resolve, reject) => Object.assign(call, { resolve, reject }));
    this.#waiting.add(call);
    this.#next();
    return { ended, remove: (result) => this.#waiting.delete(call) && (call.resolve(result), true) };
  }

  #next() {
    for (const call of this.#waiting) {
      if (this.#running >= this.#most) return;
      this.#waiting.delete(call);
      this.#running++;
      new Promise((resolve) => resolve(call.begin())).then(call.resolve, call.reject).finally(() => {
        this.#running--;
        this.#next();
      });
    }
  }
}

// koffi calls functions on the threads of libuv, which also do the work of fs, dns and
// crypto. At most half of them are used for calls, and one for CSmtp_Free.
const threads = Math.min(Math.max(Math.trunc(Number(process.env.UV_THREADPOOL_SIZE)) || 4, 1), 64);
const onThreads = new Queue(Math.max(threads >> 1, 1));
const frees = new Queue(1);
// A Send runs on a thread of the library. While one of its callbacks runs, it needs memory
// of koffi.
const mostSends = Math.min(mostAtOnce >> 2, 512);
const sends = new Queue(mostSends);

// Keeps Node.js running while calls are in progress on threads of the library.
let awake = 0;
let timer;
function stayAwake() {
  if (awake++ === 0) timer = setInterval(() => {}, 0x7fffffff);
}
function sleepAgain() {
  if (--awake === 0) clearInterval(timer);
}

// The functions that are called at the end of asynchronous Sends and of the mails of pools,
// by the number that the library passes to 'done'.
const handlers = new Map();
let last = 0;
const done = register('Done', (user, handle, error) => {
  const ended = handlers.get(Number(user));
  handlers.delete(Number(user));
  sleepAgain();
  ended(handle, error);
});

/** Calls begin with the callback and its argument for C. If the result is 0, ended is called
 * once with a handle and an error number. Returns the result. */
function withDone(begin, ended) {
  const key = ++last;
  handlers.set(key, ended);
  const number = begin(done, BigInt(key));
  if (number === 0) stayAwake();
  else handlers.delete(key);
  return number;
}

// The Send of a handle is in progress until 'done' has returned.
function returned(handle, then) {
  const ask = () => (C.Poll(handle) === constants.BUSY ? setImmediate(ask) : then());
  setImmediate(ask);
}

function begin(handle) {
  return new Promise((resolve) => {
    const number = withDone((fn, user) => C.SendAsync(handle, fn, user), (_, error) => returned(handle, () => resolve(error)));
    if (number) resolve(number);
  });
}

const canceled = (sends) => ({ number: constants.CANCELED, report: notBegun(sends) });

/** Sends the mail of a handle. Returns a call: 'ended' is a promise of the error number, or of
 * an object with the number and the report. cancel cancels the call. */
function send(handle) {
  const { ended, remove } = sends.add(() => begin(handle));
  return { ended, cancel: () => remove(canceled(true)) || C.Cancel(handle) };
}

/** Calls a function on a thread of libuv. Returns a call, as send does. 'sends' says whether the
 * function clears the results of the last mail. */
function onThread(name, handle, args, sends) {
  const { ended, remove } = onThreads.add(() => promisify(C[name].async)(handle, ...args));
  // CSmtp_Cancel has no effect on a call that a thread has yet to begin.
  let again;
  let over = false;
  const repeat = (count) => {
    if (over) return;
    C.Cancel(handle);
    again = count < 10000 ? setImmediate(repeat, count + 1) : setTimeout(repeat, 1, count);
  };
  const end = () => {
    over = true;
    clearImmediate(again);
    clearTimeout(again);
  };
  ended.then(end, end);
  return { ended, cancel: () => remove(canceled(sends)) || repeat(0) };
}

/** Frees a handle. */
const free = (handle) => frees.add(() => promisify(C.Free.async)(handle)).ended;

/** Waits for a call. An aborted signal cancels it. */
async function following(call, signal) {
  signal?.addEventListener('abort', call.cancel, { once: true });
  try {
    return await call.ended;
  } finally {
    signal?.removeEventListener('abort', call.cancel);
  }
}

module.exports = { send, onThread, free, following, withDone, mostSends };
