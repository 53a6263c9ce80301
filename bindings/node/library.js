// SPDX-License-Identifier: MIT
// Loads libcsmtp through koffi, and declares its functions.
'use strict';
const prebuilt = require('./prebuilt.js');
const { checker } = require('./check.js');
const koffi = load('koffi', 'run `npm install koffi`', () => require('koffi'));

// koffi limits the number of asynchronous calls and of callbacks from other threads, and ends the process
// if the limit is exceeded. calls.js and pool.js make sure that the limit is not exceeded. If another
// module has already loaded a library through koffi, the limit cannot be changed any more.
try {
  koffi.config({ max_async_calls: 4096, resident_async_pools: 32 });
} catch { /* the present limit applies */ }
const mostAtOnce = koffi.config().max_async_calls;

// The library is the file that the environment variable CSMTP_LIBRARY names, or else the file in this
// package, or else the file that the system's loader finds.
const names = { win32: 'csmtp.dll', darwin: 'libcsmtp.dylib' };
const libraryName = names[process.platform] || 'libcsmtp.so.1';
const file = process.env.CSMTP_LIBRARY || prebuilt.find(libraryName) || libraryName;
const library = load(file, prebuilt.advice, () => koffi.load(file));

// Calls the function 'loading' and returns its result. If it fails, throws an error that says what to do.
function load(name, advice, loading) {
  try {
    return loading();
  } catch (error) {
    throw new Error(`${name} cannot be loaded: ${typeof advice === 'function' ? advice() : advice} (${error.message.split('\n')[0]})`, { cause: error });
  }
}

// The types of the callbacks.
const protos = {
  Read: koffi.proto('int64_t CSmtpReadFunction(void *user, void *buffer, size_t capacity)'),
  Token: koffi.proto('void *CSmtpTokenFunction(void *user, int refused)'),
  Progress: koffi.proto('int CSmtpProgressFunction(void *user, int64_t sent, int64_t total)'),
  Log: koffi.proto('void CSmtpLogFunction(void *user, int direction, const char *line)'),
  Sending: koffi.proto('int CSmtpSendingFunction(void *user, const char *id, unsigned int relay, const char *message_id)'),
  Ended: koffi.proto('int CSmtpEndedFunction(void *user, const char *id, unsigned int relay, int outcome, const char *queue_id, const char *reply)'),
  Reconcile: koffi.proto('int CSmtpReconcileFunction(void *user, const char *id, unsigned int relay, const char *message_id)'),
  Done: koffi.proto('void CSmtpDoneFunction(void *user, uintptr_t h, int error)'),
};
const EventStruct = koffi.struct('CSmtpEvent', {
  size: 'size_t', kind: 'int', relay: 'unsigned int', name: 'const char *', server: 'const char *', outcome: 'int', error: 'int', replyCode: 'int',
  attempts: 'unsigned int', recipients: 'unsigned int', accepted: 'unsigned int', octets: 'int64_t',
  resolve: 'int64_t', connect: 'int64_t', tls: 'int64_t', greeting: 'int64_t', ehlo: 'int64_t', login: 'int64_t',
  envelope: 'int64_t', content: 'int64_t', reply: 'int64_t', total: 'int64_t',
});
protos.Event = koffi.proto('void CSmtpEventFunction(void *user, const CSmtpEvent *event)');

/** Returns a pointer with which C can call a function. The pointer is valid until unregister. */
const register = (type, fn) => koffi.register(fn, koffi.pointer(protos[type]));
const unregister = (pointers) => {
  for (const pointer of pointers) koffi.unregister(pointer);
};

/** Returns a copy of the event to which a pointer points. */
function eventOf(pointer) {
  const { size, ...event } = koffi.decode(pointer, EventStruct);
  for (const [member, value] of Object.entries(event)) if (typeof value === 'bigint') event[member] = Number(value);
  return event;
}

const types = {
  s: 'str', b: 'int', i: 'int', u: 'unsigned int', h: 'unsigned short', q: 'int64_t', z: 'size_t', H: 'uintptr_t',
  v: 'void', d: 'const void *', p: 'void *', P: koffi.out('void **'), Z: koffi.out('size_t *'),
  B: 'const uintptr_t *', O: 'int *',
};
for (const [letter, type] of Object.entries({ R: 'Read', T: 'Token', G: 'Progress', L: 'Log', V: 'Event', D: 'Done' })) types[letter] = koffi.pointer(protos[type]);

// functions.js contains the constants and the signatures of the functions. A signature has a letter for
// the type of the result, a letter for the type of each parameter, and the names of the parameters. The
// object 'types' says which type each letter stands for.
const { signatures, constants } = require('./functions.js');
// The functions that this module does not use: see docs/node.md.
const unwrapped = new Set(['Send', 'Wait', 'PoolSend', 'PoolSetCallbacksInWait']);

/** The functions of the library. Each function has three members: 'async' calls the function on another
 * thread; 'check' checks the arguments of a later call, and calls nothing; 'count' is the number of
 * parameters. The function itself and 'async' also check the arguments. */
const C = {};
for (const [name, signature] of Object.entries(signatures)) {
  const [result, args, ...names] = signature.split(' ');
  if (unwrapped.has(name)) continue;
  const check = checker(args, names);
  const called = load(`CSmtp_${name} of ${file}`, 'install the version of csmtp that this module needs, or set CSMTP_LIBRARY to the path of its library', () => library.func('CSmtp_' + name, types[result], [...args].map((letter) => types[letter])));
  const bits = [...args].flatMap((letter, i) => (letter === 'b' ? [i] : []));
  const passed = (values) => {
    check(values);
    for (const i of bits) values[i] = Number(values[i]);
    return values;
  };
  C[name] = (...values) => called(...passed(values));
  C[name].async = (...values) => called.async(...passed(values));
  C[name].check = (...values) => check(values);
  C[name].count = args.length;
}

module.exports = { koffi, C, constants, mostAtOnce, register, unregister, eventOf };
