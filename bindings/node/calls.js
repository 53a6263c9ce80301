// SPDX-License-Identifier: MIT
// Makes the calls to the library that take time, without blocking Node's thread.
'use strict';
const { promisify } = require('node:util');
const { C, constants, mostAtOnce, register } = require('./library.js');
const { notBegun } = require('./report.js');

/** A queue that begins calls in the order in which they were added. At most 'most' calls are in progress at a
 * time. */
class Queue {
  #waiting = new Set();
  #running = 0;
  #most;

  constructor(most) {
    this.#most = most;
  }

  /** Adds a call to the queue. When the turn of the call comes, the queue calls the function 'begin', which
   * returns a promise. add returns an object with two members. 'ended' is a promise with the same result as
   * the promise of 'begin'. 'remove' is a function: if the call has not begun, remove(result) removes the
   * call from the queue, resolves 'ended' with this result, and returns true. */
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

// koffi makes asynchronous calls on the threads of libuv. The modules fs, dns and crypto use these threads,
// too. At most half of the threads are used for calls to the library, and one more for CSmtp_Free.
const threads = Math.min(Math.max(Math.trunc(Number(process.env.UV_THREADPOOL_SIZE)) || 4, 1), 64);
const onThreads = new Queue(Math.max(threads >> 1, 1));
const frees = new Queue(1);
// The maximum number of asynchronous Sends. They run on threads of the library, and each of their
// callbacks that is running counts towards koffi's limit (see library.js).
const mostSends = Math.min(mostAtOnce >> 2, 512);
const sends = new Queue(mostSends);

// stayAwake and sleepAgain keep Node.js running while threads of the library execute calls.
let awake = 0;
let timer;
function stayAwake() {
  if (awake++ === 0) timer = setInterval(() => {}, 0x7fffffff);
}
function sleepAgain() {
  if (--awake === 0) clearInterval(timer);
}

// The functions to be called when an asynchronous Send has ended, or when the outcome of a mail of a pool
// is known. The key of a function is the number that the library passes to 'done' as the argument 'user'.
const handlers = new Map();
let last = 0;
const done = register('Done', (user, handle, error) => {
  const ended = handlers.get(Number(user));
  handlers.delete(Number(user));
  sleepAgain();
  ended(handle, error);
});

/** Calls the function 'begin' with a done callback and the argument for this callback. 'begin' starts a Send,
 * or submits a mail to a pool, and returns an error number, which withDone returns, too. If the number is 0,
 * the function 'ended' is called at the end, with the handle and the error number of the mail. */
function withDone(begin, ended) {
  const key = ++last;
  handlers.set(key, ended);
  const number = begin(done, BigInt(key));
  if (number === 0) stayAwake();
  else handlers.delete(key);
  return number;
}

// Calls 'then' as soon as the Send of a handle is over. For the library, the Send is in progress until
// the done callback has returned.
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

/** Sends the mail of a handle. Returns an object for the call, with two members. 'cancel' is a function that
 * cancels the call. 'ended' is a promise that is resolved with the error number. If the call was canceled
 * before it began, 'ended' is resolved with an object that contains the number and a report (see
 * report.js). */
function send(handle) {
  const { ended, remove } = sends.add(() => begin(handle));
  return { ended, cancel: () => remove(canceled(true)) || C.Cancel(handle) };
}

/** Calls a function of the library on a thread of libuv. Returns an object for the call, as send does.
 * 'sends' says whether the call clears the results of the last mail. */
function onThread(name, handle, args, sends) {
  const { ended, remove } = onThreads.add(() => promisify(C[name].async)(handle, ...args));
  // CSmtp_Cancel has no effect before libuv's thread has begun the call, so call it again until the call has
  // ended.
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

// The functions to be called when a signal is aborted. Each signal has only one listener, because one signal
// can cancel many mails: Node.js warns about a leak if a signal has more than ten listeners.
const aborts = new WeakMap();

/** Calls the function 'cancel' when the signal is aborted, or at once if it is aborted already. Returns a
 * function that ends this. The signal can be undefined. */
function onAbort(signal, cancel) {
  if (!signal) return () => {};
  if (signal.aborted) {
    cancel();
    return () => {};
  }
  let all = aborts.get(signal);
  if (!all) {
    const cancels = new Set();
    const listener = () => cancels.forEach((each) => each());
    all = { cancels, listener };
    aborts.set(signal, all);
    signal.addEventListener('abort', listener, { once: true });
  }
  const { cancels, listener } = all;
  cancels.add(cancel);
  return () => {
    if (!cancels.delete(cancel) || cancels.size > 0) return;
    aborts.delete(signal);
    signal.removeEventListener('abort', listener);
  };
}

/** Waits for a call, and returns its result. If the signal is aborted, the call is canceled. */
async function following(call, signal) {
  const leave = onAbort(signal, call.cancel);
  try {
    return await call.ended;
  } finally {
    leave();
  }
}

module.exports = { send, onThread, free, following, onAbort, withDone, mostSends };
