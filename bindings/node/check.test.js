// SPDX-License-Identifier: MIT
// Tests the checks of arguments; examples/check.sh runs it.
'use strict';
const assert = require('node:assert/strict');
const fs = require('node:fs');
const path = require('node:path');
const { test } = require('node:test');
const csmtp = require('./index.js');
const { mailer, start } = require('./test_helpers.js');

const types = fs.readFileSync(path.join(__dirname, 'index.d.ts'), 'utf8');

// Returns the methods that index.d.ts declares for a class, as [name, parameters].
function declared(name) {
  const body = types.slice(types.indexOf(`export class ${name} {`));
  return [...body.slice(0, body.indexOf('\n}')).matchAll(/^  (\w+)\(([^;]*)\): [^;]*;$/gm)]
    .map(([, method, list]) => [method, [...list.matchAll(/(\w+)(\??): ((?:\((?:\([^)]*\)|[^()])*\)|\{[^}]*\}|[^,({])+)/g)].map(([, parameter, optional, type]) => ({ name: parameter, optional: optional !== '', type: type.trim() }))]);
}

const secret = 's3cret';
const anything = {
  number: 79261234567, address: 0x400000, BigInt: 79261234567n, Buffer: Buffer.from(secret), Uint8Array: new Uint8Array([65, 66]), ArrayBuffer: new ArrayBuffer(8),
  array: [secret], object: { a: secret }, symbol: Symbol(secret), undefined, boolean: true, function: () => secret, String: new String(secret), Date: new Date(0),
};
const without = (...names) => Object.fromEntries(Object.entries(anything).filter(([name]) => !names.includes(name)));
const octets = ['Buffer', 'Uint8Array', 'ArrayBuffer'];
const badTexts = { NUL: `${secret}\0`, high: `${secret}\ud800`, low: `\udc00${secret}`, reversed: '\udc00\ud800' };

// Returns an object with values that are not valid for the given type. The key of each value says
// what kind of value it is.
function wrongFor(type, other) {
  switch (type.replace(/ \| null$/, '')) {
    case 'string': return { ...anything, ...badTexts };
    case 'number': return { ...without('number', 'address'), text: '25', NaN, fraction: 1.9, infinite: -Infinity, small: -(2 ** 53), large: 2 ** 53 };
    case 'boolean': return { ...without('boolean'), text: 'true', null: null };
    case 'Octets': return { ...without(...octets), null: null, high: badTexts.high };
    case 'Mailer': return { ...anything, text: secret, null: null };
    case 'Mailer[]': return { ...anything, text: secret, null: null, mixed: [other, 1] };
    case 'Source': case '{ debug(line: string): void }': return { ...anything, text: secret };
    case 'Attachable': return { ...without(...octets, 'array', 'object', 'String', 'Date'), null: null };
    case 'CallOptions': case 'AttachmentOptions': case 'CallOptions & { id?: string': case 'CallOptions & { id?: string | null }':
      return { ...without('object', 'undefined', 'String', 'Date', 'ArrayBuffer'), text: secret };
    default:
      assert.match(type, /=>/, `the type ${type} is unknown to this test`);
      return { ...without('function'), text: secret };
  }
}

function rightFor(type, other) {
  if (/^string/.test(type)) return 'x';
  if (type === 'number') return 0;
  if (type === 'boolean') return false;
  if (type === 'Octets') return Buffer.from('x');
  if (type === 'Mailer') return other;
  if (type === 'Mailer[]') return [other];
  if (type === 'Source') return { rewind() {}, read() {} };
  if (type === 'Attachable') return 'x';
  if (/Options/.test(type)) return {};
  return () => {};
}

// Returns the error of a call, or undefined.
async function errorOf(call) {
  try {
    await call();
  } catch (error) {
    return error;
  }
}

test('every method refuses arguments of wrong types', async () => {
  const other = new csmtp.Mailer();
  let calls = 0;
  for (const name of ['Mailer', 'Pool']) {
    const methods = declared(name);
    assert.ok(methods.length > (name === 'Pool' ? 20 : 130), `${methods.length} methods of ${name}`);
    const object = new csmtp[name]();
    for (const [method, parameters] of methods) {
      for (const [i, parameter] of parameters.entries()) {
        for (const [kind, value] of Object.entries(wrongFor(parameter.type, other))) {
          if (value === undefined && parameter.optional) continue;
          // wait and drain accept any number that is not negative.
          if (parameter.name === 'milliseconds' && /^(wait|drain)$/.test(method) && ['fraction', 'large'].includes(kind)) continue;
          const args = parameters.slice(0, i).map(({ type }) => rightFor(type, other));
          const error = await errorOf(() => object[method](...args, value, ...parameters.slice(i + 1).filter(({ optional }) => !optional).map(({ type }) => rightFor(type, other))));
          const call = `${name}.${method}: ${parameter.name} is of the kind ${kind}: ${error}`;
          assert.ok(error instanceof TypeError || error instanceof RangeError, call);
          assert.match(error.message, /Options/.test(parameter.type) ? /^options / : new RegExp(`^${parameter.name} `), call);
          assert.doesNotMatch(error.message, /s3cret|7926|4194304|undefined \(/, call);
          calls++;
        }
      }
    }
    await object.close();
  }
  assert.ok(calls > 2000, `${calls} calls`);
  await other.close();
});

test('functions and constructors refuse arguments of wrong types', () => {
  for (const value of [...Object.values(without('number', 'address')), '1', NaN, 1.5, 2 ** 31]) assert.throws(() => csmtp.errorText(value), /^(Type|Range)Error: error /);
  for (const value of Object.values(without('undefined'))) assert.throws(() => new csmtp.Mailer(value), TypeError);
});

test('numbers are refused outside the range of their parameter', async () => {
  const mail = new csmtp.Mailer();
  for (const port of [-1, 65536, 68137, 2 ** 33]) assert.throws(() => mail.setSMTPServer('localhost', port), { name: 'RangeError', message: 'port must be an integer from 0 to 65535' });
  for (const time of [-1, 2 ** 32, 2 ** 33, 1.9]) assert.throws(() => mail.setTimeout(csmtp.TIMEOUT_TOTAL, time), { name: 'RangeError', message: 'milliseconds must be an integer from 0 to 4294967295' });
  for (const priority of [2 ** 31, -(2 ** 31) - 1]) assert.throws(() => mail.setMTPriority(priority), RangeError);
  mail.setSMTPServer('localhost', 65535);
  mail.setTimeout(csmtp.TIMEOUT_TOTAL, 0xffffffff);
  mail.setDate(2 ** 33);
  await mail.close();
});

test('half of a surrogate pair is refused in all texts', async () => {
  const server = await start();
  const mail = mailer(server);
  mail.setSubject('\u{1F600}');
  assert.equal(mail.getSubject(), '\u{1F600}');
  await assert.rejects(mail.sendRaw('Subject: \ud800\r\n\r\n'), /^TypeError: data contains half of a surrogate pair$/);
  async function* parts() { yield 'a\udc00'; }
  await assert.rejects(mail.attach(parts(), { name: 'a.txt' }), /a part of the stream contains half of a surrogate pair/);
  for (const token of ['a\ud800', 'a\0b']) {
    mail.setTokenCallback(() => token);
    await assert.rejects(mail.send(), /^TypeError: the token contains/);
  }
  await mail.close();
});

test('an optional argument may be undefined, but not the value of a setting', async () => {
  const mail = new csmtp.Mailer();
  mail.addRecipient('bob@test.example', undefined);
  mail.setSMTPServer('localhost', undefined, undefined);
  mail.setClearLogin();
  assert.throws(() => mail.setClearLogin(undefined), { name: 'TypeError', message: 'allow must be a boolean, not undefined' });
  assert.throws(() => mail.setVerifyPeer(0), { message: 'verify must be a boolean, not number' });
  await mail.close();
});

test('a signal must be an AbortSignal', async () => {
  const mail = new csmtp.Mailer();
  for (const signal of [1, {}, 'x', null]) await assert.rejects(mail.checkToken({ signal }), /^TypeError: signal must be an AbortSignal/);
  await assert.rejects(mail.checkToken({ signal: AbortSignal.abort() }), { name: 'AbortError' });
  await mail.close();
});
