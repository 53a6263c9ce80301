// SPDX-License-Identifier: MIT
// Tests many calls at once, and calls that are canceled; examples/check.sh runs it.
'use strict';
const assert = require('node:assert/strict');
const { pbkdf2 } = require('node:crypto');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { after, test } = require('node:test');
const { setTimeout: sleep } = require('node:timers/promises');
const { promisify } = require('node:util');
const csmtp = require('./index.js');
const { mailer, run, start } = require('./test_helpers.js');

const { CANCELED, NOT_SENT, ACCEPTED } = csmtp;
const closeAll = (all) => Promise.all(all.map((mail) => mail.close()));

// Returns mailers without login and TLS. If 'own' is true, their settings differ, and each mailer has
// its own session.
const simple = (server, count, { own = true } = {}) => Array.from({ length: count }, (_, i) => {
  const mail = mailer(server);
  mail.setSMTPServer('localhost', server.port, false);
  mail.setSecurityType(csmtp.NO_SECURITY);
  if (own) mail.setTimeout(csmtp.TIMEOUT_TOTAL, 600000 + i);
  return mail;
});

test('1,000 mails are sent at once with a logger', async () => {
  const server = await start('--keep', '2000');
  let lines = 0;
  const mails = simple(server, 1000, { own: false });
  for (const mail of mails) mail.setLogger({ debug: () => lines++ });
  await Promise.all(mails.map((mail) => mail.send()));
  assert.ok(lines > 4000, `${lines} lines`);
  assert.equal((await server.mails()).length, 1000);
  assert.deepEqual(new Set(mails.map((mail) => mail.getOutcome())), new Set([ACCEPTED]));
  await closeAll(mails);
});

test('300 mailers with their own sessions and all callbacks send at once', async () => {
  const server = await start('--max-sessions', '1000');
  const mails = simple(server, 300);
  const counts = { log: 0, progress: 0, event: 0, read: 0 };
  for (const mail of mails) {
    mail.setLogCallback(() => { counts.log++; });
    mail.setProgressCallback(() => { counts.progress++; });
    mail.setEventCallback(() => { counts.event++; });
    let rest = 2;
    mail.addAttachmentReader('a.bin', { rewind: () => { rest = 2; }, read: () => (counts.read++, rest-- > 0 ? Buffer.alloc(1000) : null) });
  }
  await Promise.all(mails.map((mail) => mail.send()));
  for (const [name, count] of Object.entries(counts)) assert.ok(count >= 300, `${name}: ${count}`);
  assert.equal((await server.mails()).length, 300);
  await closeAll(mails);
});

test('300 mailers with a logger are closed while they send', async () => {
  const server = await start('--max-sessions', '1000', '--fault', 'latency 20ms');
  const mails = simple(server, 300);
  let lines = 0;
  const enough = new Promise((resolve) => {
    for (const mail of mails) mail.setLogger({ debug: () => ++lines === 500 && resolve() });
  });
  const sent = Promise.allSettled(mails.map((mail) => mail.send()));
  await enough;
  await closeAll(mails);
  const results = await sent;
  for (const { status, reason } of results) if (status === 'rejected') assert.equal(reason.number, CANCELED, String(reason));
  assert.ok(results.some(({ status }) => status === 'rejected'));
});

test('a process can end while mails are being sent', async () => {
  const server = await start('--fault', 'latency 20ms', '--max-sessions', '1000');
  const child = run(`const csmtp = require($MODULE);
    let lines = 0;
    for (let i = 0; i < 100; i++) {
      const mail = new csmtp.Mailer();
      mail.setSMTPServer('localhost', ${server.port}, false);
      mail.setTimeout(csmtp.TIMEOUT_TOTAL, 600000 + i);
      mail.setSenderMail('alice@test.example');
      mail.addRecipient('bob@test.example');
      mail.setLogger({ debug: () => ++lines === 150 && process.exit(3) });
      mail.send();
    }`);
  assert.deepEqual([child.status, child.signal, child.stderr], [3, null, '']);
});

test('the limits of koffi apply if another module has loaded a library before', async () => {
  const server = await start('--max-sessions', '1000');
  const child = run(`require('koffi').load(process.platform === 'darwin' ? 'libSystem.dylib' : 'libc.so.6');
    const csmtp = require($MODULE);
    const mails = Array.from({ length: 300 }, (_, i) => {
      const mail = new csmtp.Mailer();
      mail.setSMTPServer('localhost', ${server.port}, false);
      mail.setTimeout(csmtp.TIMEOUT_TOTAL, 600000 + i);
      mail.setSenderMail('alice@test.example');
      mail.addRecipient('bob@test.example');
      mail.setLogger({ debug: () => {} });
      return mail;
    });
    const pool = new csmtp.Pool();
    pool.addRelay(mails[0]);
    Promise.all([...mails.map((mail) => mail.send().finally(() => mail.close())), pool.close()]).then(() => console.log('sent'));`);
  assert.deepEqual([child.status, child.stdout.trim(), child.stderr], [0, 'sent', '']);
  assert.equal((await server.mails()).length, 300);
});

test('calls that hang leave threads for other work', async () => {
  const server = await start('--max-sessions', '1000', '--fault', 'greeting: stall');
  const mails = simple(server, 24);
  const pool = new csmtp.Pool();
  pool.addRelay(mails[0]);
  pool.setQueue(4);
  const pending = [
    ...mails.slice(0, 8).map((mail) => mail.send()),
    ...mails.slice(8, 16).map((mail) => mail.connectRemoteServer('localhost', server.port, csmtp.NO_SECURITY, false)),
    ...mails.slice(16).map((mail) => pool.send(mail)),
    pool.wait(), pool.wait(), pool.drain(), pool.drain(),
  ];
  const ended = Promise.allSettled(pending);
  await sleep(200);
  await Promise.all(Array.from({ length: 16 }, () => promisify(fs.stat)(__filename)));
  assert.equal(await pool.wait(50), false);
  await pool.close();
  await closeAll(mails);
  const reasons = (await ended).slice(0, 24).map(({ reason }) => reason?.number);
  assert.deepEqual(new Set(reasons), new Set([CANCELED]));
});

const raw = 'From: a@test.example\r\n\r\nx\r\n';
const rawFile = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'csmtp-calls-')), 'raw.eml');
fs.writeFileSync(rawFile, raw);
after(() => fs.rmSync(path.dirname(rawFile), { recursive: true }));

// Some of the methods that use the network.
const kinds = {
  send: (mail, server, options) => mail.send(options),
  sendRaw: (mail, server, options) => mail.sendRaw(raw, null, 'b@test.example', options),
  sendRawFile: (mail, server, options) => mail.sendRawFile(rawFile, 'a@test.example', 'b@test.example', options),
  connectRemoteServer: (mail, server, options) => mail.connectRemoteServer('localhost', server.port, csmtp.NO_SECURITY, false, options),
  'Pool.send': async (mail, server, options) => {
    const pool = new csmtp.Pool();
    try {
      pool.addRelay(mail);
      await pool.send(mail, options);
    } finally {
      await pool.close();
    }
  },
};
const ends = {
  'cancel()': (mail) => mail.cancel(),
  'close()': (mail) => mail.close(),
  'a signal': (mail, controller) => controller.abort(new Error('mine')),
};

for (const [way, end] of Object.entries(ends)) {
  test(`${way} directly after a call cancels it`, async () => {
    const server = await start();
    const stalled = await start('--fault', 'greeting: stall');
    for (const [name, call] of Object.entries(kinds)) {
      const [mail] = simple(server, 1);
      await mail.send();
      mail.setSMTPServer('localhost', stalled.port, false);
      // This work occupies libuv's threads, so the call does not begin at once.
      const work = Array.from({ length: 6 }, () => promisify(pbkdf2)('x', 'y', 30000, 32, 'sha256'));
      const controller = new AbortController();
      const pending = call(mail, stalled, { signal: controller.signal });
      const closed = end(mail, controller);
      await assert.rejects(pending, way === 'a signal' ? /^Error: mine$/ : { number: CANCELED, outcome: NOT_SENT, kind: csmtp.KIND_CANCELED }, name);
      await Promise.all([closed, ...work]);
      if (way !== 'close()') {
        assert.equal(mail.getOutcome(), NOT_SENT, name);
        mail.setSMTPServer('localhost', server.port, false);
        await mail.send(); // the mailer can be used again
        assert.equal(mail.getOutcome(), ACCEPTED, name);
        await mail.close();
      }
    }
    assert.deepEqual(await stalled.mails(), []);
  });
}

test('a call that waits for its turn is canceled before it begins', async () => {
  const stalled = await start('--max-sessions', '1000', '--fault', 'greeting: stall');
  const server = await start();
  const others = simple(stalled, 16);
  const pending = Promise.allSettled(others.map((mail) => mail.connectRemoteServer('localhost', stalled.port, csmtp.USE_TLS, false)));
  const [mail] = simple(server, 1);
  await mail.send();
  for (const [name, call] of Object.entries(kinds)) {
    if (/send$/.test(name)) continue;
    const controller = new AbortController();
    const waiting = call(mail, server, { signal: controller.signal });
    await sleep(20);
    controller.abort(new Error('mine'));
    await assert.rejects(waiting, /^Error: mine$/);
    assert.deepEqual([mail.getOutcome(), mail.results(), mail.getLastReply(), mail.getErrorKind()], [NOT_SENT, [], '', csmtp.KIND_CANCELED], name);
    assert.throws(() => mail.setDate(-1), { number: csmtp.BAD_ARGUMENT });
    assert.deepEqual([mail.getOutcome(), mail.getErrorKind()], [NOT_SENT, csmtp.KIND_LOCAL], name);
  }
  const batch = mail.sendBatch([mailer(server), mailer(server)]);
  mail.cancel();
  assert.deepEqual(await batch, [CANCELED, CANCELED]);
  const keeping = mail.keepAlive();
  mail.cancel();
  await assert.rejects(keeping, { number: CANCELED });
  assert.equal((await server.mails()).length, 1);
  await closeAll(others);
  await pending;
  await mail.send();
  assert.equal(mail.getOutcome(), ACCEPTED);
  await mail.close();
});

test('a signal that is already aborted makes the outcome NOT_SENT', async () => {
  const server = await start();
  const mail = mailer(server);
  await mail.send();
  const signal = AbortSignal.abort(new Error('mine'));
  const pool = new csmtp.Pool();
  pool.addRelay(mail);
  for (const send of [() => mail.send({ signal }), () => mail.sendBatch([mailer(server)], { signal }), () => pool.send(mail, { signal })]) {
    await assert.rejects(send(), /^Error: mine$/);
    assert.deepEqual([mail.getOutcome(), mail.results()], [NOT_SENT, []]);
    await mail.send();
    assert.equal(mail.getOutcome(), ACCEPTED);
  }
  await pool.close();
  await mail.close();
});

test('sendBatch rejects if a signal ends it, and says which mails were accepted', async () => {
  const server = await start('--fault', 'MAIL#2: stall');
  const carrier = mailer(server);
  const mails = [mailer(server), mailer(server), mailer(server)];
  const controller = new AbortController();
  const batch = carrier.sendBatch(mails, { signal: controller.signal });
  await server.wait(1);
  await sleep(50);
  controller.abort(new Error('mine'));
  await assert.rejects(batch, /^Error: mine$/);
  assert.deepEqual(mails.map((mail) => mail.getOutcome()), [ACCEPTED, NOT_SENT, NOT_SENT]);
  await closeAll([carrier, ...mails]);
});

test('the getters report the last call, whichever way it was made', async () => {
  const server = await start('--fault', 'RCPT#2: 550 5.1.1 No such user');
  const [mail, other] = [mailer(server), mailer(server)];
  await mail.send();
  await assert.rejects(mail.send(), { replyCode: 550 });
  assert.deepEqual([mail.getOutcome(), mail.results()[0].code], [csmtp.REJECTED_PERMANENT, 550]);
  await mail.sendRaw(mail.renderMessage());
  assert.deepEqual([mail.getOutcome(), mail.results()[0].code, mail.getLastReplyCode()], [ACCEPTED, 250, 250]);
  assert.deepEqual(await other.sendBatch([mail]), [0]);
  assert.equal(mail.getOutcome(), ACCEPTED);
  await assert.rejects(mail.connectRemoteServer('localhost', 1, csmtp.NO_SECURITY), { number: csmtp.WSA_CONNECT });
  assert.equal(mail.getOutcome(), NOT_SENT);
  await closeAll([mail, other]);
});

test('an open session is used by send, and not closed', async () => {
  const server = await start();
  const mail = mailer(server);
  await mail.connectRemoteServer('localhost', server.port, csmtp.USE_TLS, true, 'alice@test.example', 's3cret pass');
  for (let i = 0; i < 3; i++) await mail.send();
  assert.match(mail.getTLSInfo(), /^TLS/);
  assert.equal((await server.sessions()).length, 1);
  await mail.disconnectRemoteServer();
  const [session] = await server.sessions();
  assert.ok(JSON.stringify(session).length > 0);
  await mail.close();
});

test('close ends the sessions of send', async () => {
  const server = await start();
  const mails = [mailer(server), mailer(server)];
  await Promise.all(mails.map((mail) => mail.send()));
  await closeAll(mails);
  for (const mail of await server.mails()) assert.equal((await mail.dialogue()).filter((line) => line.startsWith('C: ')).at(-1), 'C: QUIT');
  assert.equal(mails[0].close(), mails[0].close());
});
