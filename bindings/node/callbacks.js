// SPDX-License-Identifier: MIT
// Converts the callbacks of a program to functions that C can call.
'use strict';
const { text: checkText } = require('./check.js');
const { eventOf } = require('./library.js');

/** Returns the result of a callback. Throws an exception if the result is a promise, because C cannot wait for
 * it. */
function settled(result, callback) {
  if (typeof result?.then === 'function') throw new TypeError(`the ${callback} callback must return its result, not a promise`);
  return result;
}

function tokenFunction(fn) {
  let token;
  return (user, refused) => {
    const text = fn(refused !== 0) ?? null;
    if (text !== null && typeof text !== 'string') throw new TypeError('the token callback must return a text or null, not a promise: get the token before the call');
    if (text !== null) checkText('the token', text);
    // If the function returned a string, koffi would free it before the library copies it. A Buffer
    // remains valid until the next call.
    token = text === null ? null : Buffer.from(`${text}\0`);
    return token;
  };
}

/** Describes the callback of each C function that sets one. The keys are the names of these functions. 'type'
 * is the type of the callback. 'failed' is the result that C gets if the callback throws an exception. 'make'
 * converts a JavaScript function to one that C can call. */
const callbacks = {
  SetTokenCallback: { type: 'Token', failed: null, make: tokenFunction },
  SetProgressCallback: { type: 'Progress', failed: 1, make: (fn) => (user, sent, total) => (settled(fn(Number(sent), Number(total)), 'progress') === true ? 1 : 0) },
  SetLogCallback: { type: 'Log', make: (fn) => (user, direction, line) => void fn(direction, line) },
  SetEventCallback: { type: 'Event', make: (fn) => (user, pointer) => void fn(eventOf(pointer)) },
};

module.exports = { callbacks, settled };
