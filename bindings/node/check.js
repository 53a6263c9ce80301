// SPDX-License-Identifier: MIT
// Checks arguments. koffi would pass a number, a BigInt or an array as a pointer where C expects a text,
// and would truncate numbers. The errors name the parameter, and never quote the argument, which could be
// a password.
'use strict';

const kindOf = (value) => (value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value);

const wrong = (name, expected, value) => new TypeError(`${name} must be ${expected}, not ${kindOf(value)}`);

/** Throws an exception if a value is not a text, or if the text cannot be passed to C as UTF-8. */
function text(name, value) {
  if (typeof value !== 'string') throw wrong(name, 'a string', value);
  if (value.includes('\0')) throw new TypeError(`${name} contains a NUL character`);
  wellFormed(name, value);
}

/** Throws an exception if a text contains half of a surrogate pair, which UTF-8 cannot represent. */
function wellFormed(name, value) {
  if (/\p{Surrogate}/u.test(value)) throw new TypeError(`${name} contains half of a surrogate pair`);
}

function integer(name, value, least, most) {
  if (typeof value !== 'number') throw wrong(name, 'a number', value);
  if (!Number.isInteger(value) || value < least || value > most) throw new RangeError(`${name} must be an integer from ${least} to ${most}`);
}

const numbers = (least, most) => (name, value) => integer(name, value, least, most);

// Maps the letter of a parameter's type (see 'types' in library.js) to a function that checks the argument.
// Arguments for the other letters are not checked, because they come from this module, not from the program.
const byLetter = {
  s: (name, value) => value === null || text(name, value),
  b: (name, value) => {
    if (typeof value !== 'boolean') throw wrong(name, 'a boolean', value);
  },
  i: numbers(-0x80000000, 0x7fffffff),
  u: numbers(0, 0xffffffff),
  h: numbers(0, 0xffff),
  q: numbers(Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER),
  d: (name, value) => {
    if (!ArrayBuffer.isView(value)) throw wrong(name, 'a Buffer', value);
  },
};

/** Returns a function that throws an exception if its arguments do not have the types of the parameters.
 * 'letters' contains the letter of each parameter's type, and 'names' contains the parameters' names. */
function checker(letters, names) {
  return (args) => names.forEach((name, i) => byLetter[letters[i]]?.(name, args[i]));
}

/** Throws an exception if a value is neither a function nor null. */
function functionOrNull(name, value) {
  if (value !== null && typeof value !== 'function') throw wrong(name, 'a function or null', value);
}

// All mailers.
const mailers = new WeakSet();

function mailer(name, value) {
  if (!mailers.has(value)) throw wrong(name, 'a Mailer', value);
}

/** Reports whether a value can be an object with options. */
const isOptions = (value) => typeof value === 'object' && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value);

/** Throws an exception if a value is neither undefined nor an object with options, or if its option 'signal'
 * is not an AbortSignal. */
function options(value) {
  if (value === undefined) return;
  if (!isOptions(value)) throw wrong('options', 'an object', value);
  const { signal } = value;
  if (signal !== undefined && (typeof signal?.aborted !== 'boolean' || typeof signal.addEventListener !== 'function')) throw wrong('signal', 'an AbortSignal', signal);
}

module.exports = { checker, functionOrNull, isOptions, mailer, mailers, options, text, wellFormed, wrong };
