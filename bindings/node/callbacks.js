// SPDX-License-Identifier: MIT
// What C calls for the functions of a program.
'use strict';
const { eventOf } = require('./library.js');

/** Returns the result of a callback, unless it is a promise, for which C cannot wait. */
function settled(result, callback) {
  if (typeof result?.then === 'function') throw new TypeError(`the ${callback} callback must return its result, not a promise`);
  return result;
}

function tokenFunction(fn) {
  let token;
  return (user, refused) => {
    const text = fn(refused !== 0) ?? null;
    if (text !== null && typeof text !== 'string') throw new TypeError('the token callback must return a text or null, not a promise: get the token before the call');
    // koffi frees a text before the library copies it, so a Buffer holds it until the next call.
    token = text === null ? null : Buffer.from(`${text}\0`);
    return token;
  };
}

/** For each function that sets a callback: the type, the result if the callback throws an exception, and a
 * function that returns what C calls for a function of the program. */
const callbacks = {
  SetTokenCallback: { type: 'Token', failed: null, make: tokenFunction },
  SetProgressCallback: { type: 'Progress', failed: 1, make: (fn) => (user, sent, total) => (settled(fn(Number(sent), Number(total)), 'progress') === true ? 1 : 0) },
  SetLogCallback: { type: 'Log', make: (fn) => (user, direction, line) => void fn(direction, line) },
  SetEventCallback: { type: 'Event', make: (fn) => (user, pointer) => void fn(eventOf(pointer)) },
};

module.exports = { callbacks, settled };
