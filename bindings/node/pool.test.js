// SPDX-License-Identifier: MIT
// Tests pools of relays; examples/check.sh runs it.
'use strict';
const assert = require('node:assert/strict');
const fs = require('node:fs');
const path = require('node:path');
const { test } = require('node:test');
const { setTimeout: sleep } = require('node:timers/promises');
const csmtp = require('./index.js');
const { mailer, run, start } = require('./test_helpers.js');

test('a pool sends over the relay that works', async () => {
  const bad = await start('--fault', 'MAIL: 451 4.3.0 Not now');
  const good = await start();
  const [first, second] = [mailer(bad), mailer(good)];
  const pool = new csmtp.Pool();
  pool.addRelay(first, 'bad');
  pool.addRelay(second, 'good');
  pool.setQueue(5);
  const begun = [];
  const ends = [];
  pool.setJournal((id) => { begun.push(id); }, (id, relay, outcome) => { ends.push(outcome); });
  pool.setReconcile(() => csmtp.UNKNOWN);
  const events = [];
  pool.setEventCallback((event) => events.push(event));
  const submitted = [];
  for (let i = 0; i < 20; i++) submitted.push((await pool.submit(second, { id: String(i) })).ended);
  const results = await Promise.all(submitted);
  assert.deepEqual(results.map((r) => r.outcome), Array(20).fill(csmtp.ACCEPTED));
  assert.match(results[0].messageId, /@/);
  assert.equal(await pool.wait(), true);
  assert.deepEqual(new Set(begun), new Set(Array.from({ length: 20 }, (_, i) => String(i))));
  assert.ok(ends.includes(csmtp.ACCEPTED));
  assert.ok(events.some((event) => event.kind === csmtp.EVENT_CONNECTED && event.total > 0));
  assert.equal(pool.getCount(1, csmtp.POOL_SENT), 20);
  assert.match(pool.getRelayError(0), /Not now/);
  assert.deepEqual([pool.getRelayName(0), pool.getQueued()], ['bad', 0]);
  await pool.send(second);
  assert.throws(() => pool.setWeight(2, 1), (error) => error instanceof csmtp.CSmtpError && error.number === csmtp.BAD_ARGUMENT);
  assert.equal(await pool.drain(), true);
  await pool.close();
  await first.close();
  await second.close();
});

test('a mail of a pool that is refused rejects its promise', async () => {
  const server = await start('--fault', 'RCPT: 550 5.1.1 No such user');
  const mail = mailer(server);
  const pool = new csmtp.Pool();
  pool.addRelay(mail);
  const { ended } = await pool.submit(mail);
  await assert.rejects(ended, (error) => error instanceof csmtp.CSmtpError && error.replyCode === 550 && error.outcome === csmtp.REJECTED_PERMANENT);
  await assert.rejects(pool.send(mail), (error) => error.replyCode === 550);
  pool.setWeight(0, 2);
  await pool.close();
  await mail.close();
});

test('every function of pools has a method', () => {
  const types = fs.readFileSync(path.join(__dirname, 'index.d.ts'), 'utf8');
  const declared = types.slice(types.indexOf('export class Pool'));
  for (const name of Object.keys(require('./functions.js').signatures).filter((n) => /^Pool/.test(n))) {
    if (['PoolNew', 'PoolSetCallbacksInWait'].includes(name)) continue;
    const method = name[4].toLowerCase() + name.slice(5);
    assert.equal(typeof csmtp.Pool.prototype[method], 'function', name);
    assert.match(declared, new RegExp(`\\b${method}\\(`), name);
  }
});

// Starts to collect the warnings of the process. Returns a function that stops collecting and returns the
// messages of the warnings.
function warnings() {
  const messages = [];
  const listener = (warning) => messages.push(warning.message);
  process.on('warning', listener);
  return async () => {
    await sleep(1);
    process.off('warning', listener);
    return messages;
  };
}

test('a relay can be changed and closed while the pool uses its callbacks', async () => {
  const server = await start('--mechanisms', 'XOAUTH2', '--fault', 'latency 2ms');
  const [relay, mail] = [mailer(server), mailer(server)];
  const counts = { log: 0, token: 0, later: 0 };
  relay.setLogCallback(() => { counts.log++; });
  relay.setTokenCallback(() => { counts.token++; return 'good-token'; });
  const pool = new csmtp.Pool();
  pool.addRelay(relay);
  pool.setSessionMails(0, 1);
  const submitted = [];
  for (let i = 0; i < 60; i++) {
    submitted.push((await pool.submit(mail)).ended);
    if (i === 10) relay.setLogCallback(() => { counts.later++; });
    if (i === 20) relay.setLogCallback(null);
    if (i === 30) relay.setTokenCallback(() => { counts.later++; return 'bad-token'; });
    if (i === 40) await relay.close();
  }
  for (const result of await Promise.all(submitted)) assert.equal(result.outcome, csmtp.ACCEPTED);
  assert.ok(counts.log > 300 && counts.token > 0, JSON.stringify(counts));
  assert.equal(counts.later, 0);
  await pool.close();
  await mail.close();
});

test('a relay that is no longer reachable is used by the pool', async () => {
  const server = await start();
  const child = run(`const csmtp = require($MODULE);
    const { setTimeout: sleep } = require('node:timers/promises');
    (async () => {
      const pool = new csmtp.Pool();
      let lines = 0;
      (() => {
        const relay = new csmtp.Mailer();
        relay.setSMTPServer('localhost', ${server.port}, false);
        relay.setLogger({ debug: () => lines++ });
        pool.addRelay(relay);
      })();
      for (let i = 0; i < 5; i++) { gc(); await sleep(20); }
      const mail = new csmtp.Mailer();
      mail.setSenderMail('alice@test.example');
      mail.addRecipient('bob@test.example');
      const { ended } = await pool.submit(mail);
      await ended;
      await pool.close();
      console.log(lines > 5);
    })();`, '--expose-gc');
  assert.deepEqual([child.status, child.stdout.trim(), child.stderr], [0, 'true', '']);
});

test('send and submit throw no exception of another callback; wait does', async () => {
  const server = await start();
  const [relay, mail, other] = [mailer(server), mailer(server), mailer(server)];
  let lines = 0;
  relay.setLogCallback(() => { if (lines++ === 0) throw new Error('log'); });
  const pool = new csmtp.Pool();
  pool.addRelay(relay);
  let refuse = true;
  pool.setJournal((id) => { if (id === 'bad' && refuse) throw new Error('journal'); }, null);
  const { ended } = await pool.submit(other, { id: 'bad' });
  await assert.rejects(ended, { number: csmtp.CANCELED });
  refuse = false;
  await pool.send(mail);
  assert.equal(mail.getOutcome(), csmtp.ACCEPTED);
  relay.setSubject('the relay throws no exception of the pool');
  const said = warnings();
  await assert.rejects(pool.wait(), /^Error: log$/);
  assert.deepEqual(await said(), ['journal']);
  assert.equal(await pool.wait(), true);
  assert.equal((await server.mails()).length, 1);

  refuse = true;
  const again = await pool.submit(other, { id: 'bad' });
  await assert.rejects(again.ended, { number: csmtp.CANCELED });
  const atEnd = warnings();
  await pool.close();
  assert.deepEqual(await atEnd(), ['journal']);
  await Promise.all([relay, mail, other].map((m) => m.close()));
});

test('the exception of a source is thrown by the call that reads it, and by no other', async () => {
  const server = await start();
  const [relay, mail] = [mailer(server), mailer(server)];
  const pool = new csmtp.Pool();
  pool.addRelay(relay);
  mail.addAttachmentReader('a.bin', { rewind: () => {}, read: () => { throw new RangeError('mine'); } });
  for (const call of [() => pool.submit(mail), () => pool.send(mail), () => mail.send(), () => mail.sendBatch([]).then(() => relay.sendBatch([mail]))]) {
    await assert.rejects(call(), { name: 'RangeError', message: 'mine' });
    mail.setSubject('no exception');
  }
  assert.throws(() => mail.renderMessage(), { name: 'RangeError', message: 'mine' });
  mail.setSubject('no exception');
  mail.delAttachments();
  assert.equal(await pool.wait(), true);
  await pool.send(mail);
  assert.equal((await server.mails()).length, 1);
  await pool.close();
  await mail.close();
  await relay.close();
});

test('callbacks of a pool must return their result and not a promise', async () => {
  const server = await start('--fault', 'end of data#2: close');
  const mail = mailer(server);
  const attempt = async (set, outcome) => {
    const pool = new csmtp.Pool();
    pool.addRelay(mail);
    set(pool);
    await assert.rejects(pool.send(mail), { outcome });
    await assert.rejects(pool.wait(), TypeError);
    await pool.close();
  };
  await attempt((pool) => pool.setJournal(async () => true, null), csmtp.NOT_SENT);
  await mail.send();
  await attempt((pool) => pool.setReconcile(async () => csmtp.DELIVERED), csmtp.IN_DOUBT);
  const other = mailer(await start('--fault', 'end of data: close'));
  const pool = new csmtp.Pool();
  pool.addRelay(other);
  pool.setReconcile(() => undefined);
  await assert.rejects(pool.send(mail), { outcome: csmtp.IN_DOUBT });
  await assert.rejects(pool.wait(), /must return DELIVERED, NOT_DELIVERED or UNKNOWN/);
  await Promise.all([pool, mail, other].map((object) => object.close()));
});

test('after send, the getters of the mail report the outcome', async () => {
  const server = await start('--fault', 'RCPT#2: 550 5.1.1 No such user');
  const mail = mailer(server);
  mail.addBCCRecipient('carol@test.example');
  const pool = new csmtp.Pool();
  pool.addRelay(mail);
  await assert.rejects(pool.send(mail), { replyCode: 550, enhancedCode: '5.1.1', number: csmtp.COMMAND_RCPT_TO, outcome: csmtp.REJECTED_PERMANENT });
  assert.deepEqual([mail.getOutcome(), mail.getLastReply(), mail.getLastReplyCode(), mail.getLastEnhancedCode(), mail.getPhase(), mail.isSafeToRetry()],
    [csmtp.REJECTED_PERMANENT, '550 5.1.1 No such user', 550, '5.1.1', csmtp.PHASE_RCPT, false]);
  assert.match(mail.getLastErrorText(), /No such user/);
  assert.deepEqual(mail.results().map((row) => [row.address, row.accepted, row.code]), [['bob@test.example', false, 250], ['carol@test.example', false, 550]]);
  assert.throws(() => mail.setDate(-1), { number: csmtp.BAD_ARGUMENT });
  assert.deepEqual([mail.getOutcome(), mail.results().length, mail.getErrorKind()], [csmtp.REJECTED_PERMANENT, 2, csmtp.KIND_LOCAL]);

  // When the failed mail is sent again, it has the same Message-ID. The mail after it has another one.
  const id = mail.getMessageID();
  assert.match(id, /@/);
  const copy = mail.clone();
  await copy.send();
  assert.notEqual(copy.getMessageID(), id);
  await pool.send(mail);
  assert.deepEqual([mail.getOutcome(), mail.getLastReplyCode(), mail.results().every((row) => row.accepted)], [csmtp.ACCEPTED, 250, true]);
  assert.match(mail.getQueueID(), /./);
  assert.equal(mail.getMessageID(), id);
  await mail.send();
  assert.notEqual(mail.getMessageID(), id);
  const ids = [];
  for (const received of await server.mails()) ids.push((await received.raw()).toString().match(/^Message-ID: (.*)\r$/m)[1]);
  assert.equal(new Set(ids).size, 3);
  assert.ok(ids.includes(id));

  mail.setMessageID('<own@test.example>');
  await pool.send(mail);
  assert.equal(mail.getMessageID(), '<own@test.example>');
  mail.setSubject('a\r\nBcc: eve@test.example');
  await assert.rejects(pool.send(mail), { number: csmtp.BAD_INPUT });
  assert.deepEqual([mail.getOutcome(), mail.results()], [csmtp.NOT_SENT, []]);
  await Promise.all([pool, mail, copy].map((object) => object.close()));
});

test('1,000 mails of a pool with all callbacks', async () => {
  const server = await start('--max-sessions', '1000');
  const [relay, ...mails] = Array.from({ length: 101 }, () => mailer(server));
  const counts = { log: 0, begin: 0, end: 0, event: 0 };
  relay.setSMTPServer('localhost', server.port, false);
  relay.setSecurityType(csmtp.NO_SECURITY);
  relay.setLogCallback(() => { counts.log++; });
  const pool = new csmtp.Pool();
  pool.addRelay(relay);
  pool.setSessions(0, 100);
  pool.setQueue(0);
  pool.setJournal(() => { counts.begin++; }, () => { counts.end++; });
  pool.setEventCallback(() => { counts.event++; });
  const ended = [];
  for (let i = 0; i < 900; i++) ended.push(pool.submit(mails[i % 100]).then((submitted) => submitted.ended));
  for (const mail of mails) ended.push(pool.send(mail));
  const [all] = await Promise.all([pool.wait(), ...ended]);
  assert.equal(all, true);
  assert.deepEqual([counts.begin, counts.end, pool.getCount(0, csmtp.POOL_SENT), pool.getQueued()], [1000, 1000, 1000, 0]);
  assert.ok(counts.log >= 5000 && counts.event >= 1000, JSON.stringify(counts));
  await Promise.all([pool, relay, ...mails].map((object) => object.close()));
});

test('a pool is closed while 1,000 mails wait and callbacks run', async () => {
  const server = await start('--fault', 'latency 10ms', '--max-sessions', '1000');
  const mail = mailer(server);
  const pool = new csmtp.Pool();
  mail.setLogger({ debug: () => {} });
  pool.addRelay(mail);
  pool.setSessions(0, 50);
  pool.setQueue(0);
  pool.setJournal(() => true, () => true);
  const ended = [];
  for (let i = 0; i < 1000; i++) ended.push((await pool.submit(mail)).ended);
  const waiting = pool.wait();
  await Promise.race(ended);
  const settled = Promise.allSettled(ended);
  assert.equal(pool.close(), pool.close());
  await pool.close();
  assert.equal(await waiting, true);
  const reasons = (await settled).filter(({ status }) => status === 'rejected').map(({ reason }) => reason.number);
  assert.deepEqual(new Set(reasons), new Set([csmtp.CANCELED]));
  await assert.rejects(pool.wait(), { number: csmtp.BAD_HANDLE });
  await assert.rejects(pool.submit(mail), { number: csmtp.BAD_HANDLE });
  await mail.close();
});

test('a signal cancels a mail that was submitted, and no other mail', { timeout: 120000 }, async () => {
  const server = await start('--fault', 'MAIL#2: stall', '--fault', 'MAIL#4: stall');
  const [relay, mail] = [mailer(server), mailer(server)];
  let mails = 0;
  const stalled = new Promise((resolve) => {
    relay.setLogCallback((direction, line) => { if (line.startsWith('MAIL') && ++mails === 2) resolve(); });
  });
  const pool = new csmtp.Pool();
  pool.addRelay(relay);
  pool.setSessions(0, 1);
  const controllers = [0, 1, 2, 3].map(() => new AbortController());
  const submit = async (i) => (await pool.submit(mail, { signal: controllers[i].signal })).ended;
  assert.equal((await submit(0)).outcome, csmtp.ACCEPTED);
  controllers[0].abort(); // the mail has already ended
  const ended = [1, 2, 3].map(submit);
  await stalled; // the server does not reply to the first of these mails, and the others wait
  await sleep(50);
  controllers[2].abort(new Error('waiting'));
  await assert.rejects(ended[1], /^Error: waiting$/);
  controllers[1].abort(new Error('being sent'));
  await assert.rejects(ended[0], /^Error: being sent$/);
  assert.equal((await ended[2]).outcome, csmtp.ACCEPTED);
  assert.equal(await pool.wait(), true);
  assert.equal((await server.mails()).length, 2);

  const controller = new AbortController();
  mail.addAttachmentReader('a.bin', { rewind: () => controller.abort(new Error('in a source')), read: () => null });
  const { ended: last } = await pool.submit(mail, { signal: controller.signal });
  await assert.rejects(last, /^Error: in a source$/);
  await Promise.all([pool, relay, mail].map((object) => object.close()));
});

test('one signal cancels many mails', async () => {
  const server = await start('--fault', 'MAIL: stall');
  const [relay, ...mails] = Array.from({ length: 21 }, () => mailer(server));
  const pool = new csmtp.Pool();
  pool.addRelay(relay);
  const warnings = [];
  const warned = (warning) => warnings.push(warning.message);
  process.on('warning', warned);
  const controller = new AbortController();
  const { signal } = controller;
  const ended = [];
  for (const mail of mails.slice(0, 10)) ended.push(pool.send(mail, { signal }));
  for (const mail of mails.slice(10)) ended.push((await pool.submit(mail, { signal })).ended);
  const results = Promise.allSettled(ended);
  await sleep(50);
  controller.abort(new Error('the end'));
  assert.deepEqual((await results).map((result) => result.reason?.message), Array(20).fill('the end'));
  await sleep(0); // warnings are emitted later
  assert.deepEqual(warnings, []);
  process.off('warning', warned);
  assert.equal((await server.mails()).length, 0);
  await Promise.all([pool, relay, ...mails].map((object) => object.close()));
});

test('a signal does not hide what happened to a mail that was submitted', async () => {
  const server = await start();
  const mail = mailer(server);
  const pool = new csmtp.Pool();
  pool.addRelay(mail);
  const controller = new AbortController();
  pool.setJournal(null, () => {
    controller.abort(new Error('too late'));
    return false;
  });
  const { ended } = await pool.submit(mail, { signal: controller.signal });
  await assert.rejects(ended, (error) => error instanceof csmtp.CSmtpError && error.number === csmtp.CANCELED && error.outcome === csmtp.ACCEPTED);
  await pool.close();
  await mail.close();
});

test('a pool refuses more sessions than the module can call back for', async () => {
  const server = await start();
  const mail = mailer(server);
  const pool = new csmtp.Pool();
  pool.addRelay(mail);
  pool.setSessions(0, 1000);
  pool.setSessions(pool.addRelay(mail), 500);
  assert.throws(() => pool.setSessions(pool.addRelay(mail), 1000), RangeError);
  await assert.rejects(pool.wait(-1), RangeError);
  await pool.close();
  const other = new csmtp.Pool();
  other.addRelay(mail);
  assert.throws(() => other.setSessions(0, 1200), { number: csmtp.BAD_ARGUMENT });
  assert.throws(() => other.setSessions(9, 1), { number: csmtp.BAD_ARGUMENT });
  other.setSessions(0, 1000);
  await other.close();
  await mail.close();
});
