// SPDX-License-Identifier: MIT
// Tests the module against csmtp-testserver; examples/check.sh runs it.
'use strict';
const assert = require('node:assert/strict');
const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const http = require('node:http');
const os = require('node:os');
const path = require('node:path');
const { test } = require('node:test');
const { setTimeout: sleep } = require('node:timers/promises');
const csmtp = require('./index.js');
const { mailer, start } = require('./test_helpers.js');

// A list of the functions and numbers of csmtp_c.h.
const abi = fs.readFileSync(path.join(__dirname, '../../tests/embed/abi.txt'), 'utf8');
const types = fs.readFileSync(path.join(__dirname, 'index.d.ts'), 'utf8');
const numberTypes = fs.readFileSync(path.join(__dirname, 'numbers.d.ts'), 'utf8');

const content = async (server, n) => (await server.wait(n))[n - 1].raw();

test('if the library or koffi cannot be loaded, the error says what to do', () => {
  const said = (env, folder = __dirname) => {
    const child = spawnSync(process.execPath, ['-e', 'require(process.argv[1])', path.join(folder, 'index.js')], { env: { ...process.env, ...env }, encoding: 'utf8', cwd: '/' });
    assert.notEqual(child.status, 0);
    return child.stderr;
  };
  assert.match(said({ CSMTP_LIBRARY: '/nowhere/libcsmtp.so' }), /Error: \/nowhere\/libcsmtp.so cannot be loaded: install csmtp, or set CSMTP_LIBRARY to the path of its library \(/);
  assert.match(said({ CSMTP_LIBRARY: 'libc.so.6' }), /Error: CSmtp_\w+ of libc.so.6 cannot be loaded: install the version of csmtp that this module needs, or set CSMTP_LIBRARY/);
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'csmtp-no-koffi-'));
  try {
    for (const name of fs.readdirSync(__dirname).filter((file) => file.endsWith('.js'))) fs.copyFileSync(path.join(__dirname, name), path.join(folder, name));
    assert.match(said({ NODE_PATH: folder, HOME: folder }, folder), /Error: koffi cannot be loaded: run `npm install koffi` \(/);

    // Simulates another system. CSMTP_LIBRARY is empty, so the library is searched for in the package.
    const elsewhere = (platform, arch, glibc) => spawnSync(process.execPath, ['-e', `require('koffi');
      Object.defineProperty(process, 'platform', { value: '${platform}' });
      Object.defineProperty(process, 'arch', { value: '${arch}' });
      process.report.getReport = () => ({ header: { glibcVersionRuntime: '${glibc}' } });
      require(process.argv[1]);`, path.join(folder, 'index.js')], { env: { ...process.env, CSMTP_LIBRARY: '', LD_LIBRARY_PATH: '', PATH: '' }, encoding: 'utf8' }).stderr;
    for (const [name, library] of [['linux-x64', 'libcsmtp.so.1'], ['win32-x64', 'csmtp.dll']]) {
      fs.mkdirSync(path.join(folder, 'prebuilds', name), { recursive: true });
      fs.writeFileSync(path.join(folder, 'prebuilds', name, library), 'damaged');
    }
    assert.match(elsewhere('linux', 'x64', ''), /Error: .*linux-x64.libcsmtp\.so\.1 cannot be loaded: programs that use musl cannot load it: use a system or an image with glibc, such as node:22-slim \(/);
    assert.match(elsewhere('linux', 'x64', '2.36'), /Error: .*linux-x64.libcsmtp\.so\.1 cannot be loaded: install csmtp, or set CSMTP_LIBRARY to the path of its library \(/);
    assert.match(elsewhere('win32', 'x64', ''), /Error: .*win32-x64.csmtp\.dll cannot be loaded: install csmtp, or set CSMTP_LIBRARY to the path of its library \(/);
    assert.match(elsewhere('win32', 'arm64', ''), /Error: csmtp\.dll cannot be loaded: the package has no library for win32-arm64, but for linux-x64, win32-x64: install csmtp, or set/);
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
});

test('methods, types and constants match csmtp_c.h', () => {
  const functions = [...abi.matchAll(/^function .*?CSmtp_(\w+)\(/gm)].map((m) => m[1]);
  assert.equal(functions.length, Object.keys(require('./functions.js').signatures).length);
  const otherwise = { New: 'constructor', Free: 'close', SendAsync: 'send', Poll: 'send', Wait: 'send', GetLastError: 'send' };
  for (const name of functions) {
    if (/^Get(Version|ErrorText)$|^Pool/.test(name)) continue;
    const method = otherwise[name] ?? (name.startsWith('GetResult') ? 'results' : name[0].toLowerCase() + name.slice(1));
    assert.equal(typeof csmtp.Mailer.prototype[method], 'function', name);
    assert.match(types, new RegExp(`\\b${method}\\(`), name);
  }
  const declared = types.slice(types.indexOf('class Mailer'), types.indexOf('class Pool'));
  for (const [, method] of declared.matchAll(/^  (\w+)\(/gm)) assert.ok(method in csmtp.Mailer.prototype, method);
  const numbers = Object.fromEntries([...abi.matchAll(/CSMTP_(\w+) = (\d+)/g)].map((m) => [m[1], Number(m[2])]));
  for (const [name, value] of Object.entries(csmtp)) {
    if (typeof value !== 'number') continue;
    assert.equal(value, numbers[name], name);
    assert.match(numberTypes, new RegExp(`\\b${name}: ${value};`), name);
  }
  assert.match(csmtp.version(), /^\d+\.\d+\.\d+$/);
});

test('a batch uses one session and returns a number for each mail', async () => {
  const server = await start('--fault', 'RCPT#2: 550 5.1.1 No such user');
  const [carrier, ...mails] = Array.from({ length: 4 }, () => mailer(server));
  assert.deepEqual(await carrier.sendBatch(mails), [0, csmtp.COMMAND_RCPT_TO, 0]);
  assert.deepEqual(mails.map((mail) => mail.getOutcome()), [csmtp.ACCEPTED, csmtp.REJECTED_PERMANENT, csmtp.ACCEPTED]);
  assert.equal(mails[1].getLastReply(), '550 5.1.1 No such user');
  for (const mail of [carrier, ...mails]) await mail.close();
});

test('mails are sent in parallel without blocking Node', async () => {
  const server = await start('--fault', 'latency 20ms');
  const mails = Array.from({ length: 12 }, () => mailer(server));
  let ticks = 0;
  const ticking = setInterval(() => ticks++, 5);
  await Promise.all(mails.map((mail) => mail.send()));
  clearInterval(ticking);
  assert.ok(ticks > 5, `${ticks} ticks`);
  for (const mail of mails) {
    assert.equal(mail.getOutcome(), csmtp.ACCEPTED);
    assert.deepEqual(mail.results().map((r) => [r.address, r.accepted]), [['bob@test.example', true]]);
    await mail.close();
  }
  assert.ok((await content(server, 12)).length > 0);
});

test('errors have number, reply and text', async () => {
  const server = await start('--fault', 'RCPT: 550 5.1.1 No such user here');
  const mail = mailer(server);
  await assert.rejects(mail.send(), (error) => {
    assert.ok(error instanceof csmtp.CSmtpError);
    assert.equal(error.number, csmtp.COMMAND_RCPT_TO);
    assert.deepEqual([error.replyCode, error.enhancedCode, error.reply], [550, '5.1.1', '550 5.1.1 No such user here']);
    assert.match(error.message, /550 5\.1\.1 No such user here/);
    assert.ok(error.message.startsWith(csmtp.errorText(csmtp.COMMAND_RCPT_TO) + ' '), error.message);
    assert.deepEqual([error.phase, error.kind, error.loginError], [csmtp.PHASE_RCPT, csmtp.KIND_REFUSED, false]);
    assert.deepEqual([error.outcome, error.safeToRetry], [csmtp.REJECTED_PERMANENT, false]);
    return true;
  });
  mail.setSubject('a\r\nBcc: eve@test.example');
  await assert.rejects(mail.send(), { number: csmtp.BAD_INPUT });
  await mail.close();
  assert.throws(() => mail.setSubject('closed'), { number: 900 });
});

test('text with a NUL is refused', async () => {
  const mail = new csmtp.Mailer();
  const cut = 'eve@test.example\0@test.example';
  for (const set of ['addRecipient', 'setSubject', 'setHTMLBody', 'setSenderMail', 'setPassword']) assert.throws(() => mail[set](cut), TypeError);
  await assert.rejects(mail.sendRaw(Buffer.from('From: a@test.example\n\n'), 'a@test.example', cut), TypeError);
  assert.equal(mail.getRecipientCount(), 0);
  await mail.close();
});

test('attachments and a reader arrive as rendered', async () => {
  const server = await start();
  const mail = mailer(server);
  const big = Buffer.alloc(100000, 'y');
  let at = 0;
  mail.addAttachmentData('menü.bin', Buffer.from([0, 255, 10]), 'application/octet-stream');
  mail.addAttachmentReader('big.bin', { rewind: () => { at = 0; }, read: (most) => big.subarray(at, (at += most)) });
  mail.setMessageID('<1@test.example>');
  mail.setDate(1700000000);
  await mail.send();
  const text = (await content(server, 1)).toString();
  assert.match(text, /^Message-ID: <1@test\.example>\r$/m);
  assert.match(text, /AP8K\r\n/);
  assert.ok(text.replaceAll('\r\n', '').includes(big.toString('base64')));
  mail.delAttachments();
  const rendered = mail.renderMessage();
  await mail.sendRaw(rendered);
  assert.deepEqual(await content(server, 2), rendered);
  await mail.sendRaw('From: a@test.example\r\n\r\nGrüße, übermorgen\r\n', null, 'b@test.example');
  assert.match((await content(server, 3)).toString(), /Grüße, übermorgen\r\n$/);
  await mail.close();
});

test('callbacks for log, progress and token, and their exceptions', async () => {
  const server = await start('--mechanisms', 'XOAUTH2');
  const mail = mailer(server);
  const lines = [];
  let last;
  const events = [];
  mail.setEventCallback((event) => events.push(event));
  mail.setLogCallback((direction, line) => lines.push([direction, line]));
  mail.setProgressCallback((sent, total) => { last = [sent, total]; });
  mail.setTokenCallback(async () => 'good-token');
  await assert.rejects(mail.send(), TypeError);
  events.length = lines.length = 0;
  mail.setTokenCallback(() => 'good-token');
  mail.setSecurityType(csmtp.NO_SECURITY);
  await assert.rejects(mail.send(), { number: 417, message: /SetTokenCallback: an access token needs TLS/ });
  mail.setSecurityType(csmtp.USE_TLS);
  await mail.send();
  assert.ok(lines.some(([d, l]) => d === csmtp.LOG_SERVER && l.startsWith('220 ')));
  assert.ok(!lines.flat().join().includes('good-token'));
  assert.equal(last[0], last[1]);
  assert.deepEqual(events.map((e) => e.kind), [csmtp.EVENT_FAILED, csmtp.EVENT_CONNECTED, csmtp.EVENT_TLS, csmtp.EVENT_LOGIN,
    csmtp.EVENT_READY, csmtp.EVENT_SENT]);
  const sent = events.at(-1);
  assert.equal(events[0].error, 417);
  assert.deepEqual([sent.outcome, sent.error, sent.replyCode, sent.attempts, sent.recipients, sent.name], [csmtp.ACCEPTED, 0, 250, 1, sent.accepted, '']);
  assert.match(sent.server, /^127\.0\.0\.1:|^localhost:/);
  assert.ok(sent.octets > 0 && sent.total >= sent.envelope + sent.content + sent.reply);
  mail.setLogCallback(null);
  mail.setProgressCallback(() => { throw new RangeError('mine'); });
  await assert.rejects(mail.send(), { name: 'RangeError', message: 'mine' });
  mail.setProgressCallback(async () => true);
  await assert.rejects(mail.send(), TypeError);
  mail.setProgressCallback(() => true);
  await assert.rejects(mail.send(), { number: csmtp.CANCELED });
  mail.setProgressCallback(null);
  events.length = 0;
  await mail.send();
  await mail.close();
  assert.deepEqual(events.map((e) => e.kind), [csmtp.EVENT_CONNECTED, csmtp.EVENT_TLS, csmtp.EVENT_LOGIN, csmtp.EVENT_READY, csmtp.EVENT_SENT, csmtp.EVENT_DISCONNECTED]);
});

test('access tokens of the library', async () => {
  const asked = [];
  const tokens = http.createServer((request, response) => {
    asked.push(request.url);
    response.end('{"access_token":"good-token","token_type":"Bearer","expires_in":"3600"}');
  });
  await new Promise((resolve) => tokens.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${tokens.address().port}/token`;
  const mail = mailer(await start('--mechanisms', 'XOAUTH2'));
  assert.throws(() => mail.setOAuth2Certificate(url, 'id', '/nowhere/c.pem'), { number: csmtp.FILE_NOT_EXIST });
  assert.throws(() => mail.setOAuth2ServiceAccount('/nowhere/key.json'), { number: csmtp.FILE_NOT_EXIST });
  assert.throws(() => mail.setOAuth2AssertionFile(url, 'id', ''), { number: csmtp.BAD_ARGUMENT });
  assert.throws(() => mail.setOAuth2ManagedIdentity('moon'), { number: csmtp.BAD_ARGUMENT });
  mail.setOAuth2ManagedIdentity(`azure:${url}`, 'the-client');
  await mail.checkToken();
  assert.equal(mail.getTokenInfo(), '');
  await mail.send();
  assert.equal(asked.length, 1);
  assert.match(asked[0], /client_id=the-client/);
  await mail.close();
  tokens.close();
});

test('a pending mailer can only be canceled and closed', async () => {
  const server = await start('--fault', 'DATA: stall');
  const mail = mailer(server);
  const sending = mail.send();
  assert.throws(() => mail.setSubject('now'), { number: csmtp.BUSY });
  await assert.rejects(mail.send(), { number: csmtp.BUSY });
  await sleep(300);
  mail.cancel();
  await assert.rejects(sending, { number: csmtp.CANCELED });
  const again = mail.send();
  await Promise.all([assert.rejects(again), mail.close()]);
});
