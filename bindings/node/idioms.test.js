// SPDX-License-Identifier: MIT
// Tests what the module offers beyond the functions of C; examples/check.sh runs it.
'use strict';
const assert = require('node:assert/strict');
const { execFileSync, spawnSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { Readable } = require('node:stream');
const { after, test } = require('node:test');
const { pathToFileURL } = require('node:url');
const csmtp = require('./index.js');
const { mailer, start } = require('./test_helpers.js');

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'csmtp-idioms-'));
after(() => fs.rmSync(folder, { recursive: true }));

// Returns names and contents of the attachments of the last mail, as Python reads them.
async function parts(server) {
  const mails = await server.mails();
  const program = 'import email, email.policy, json, sys\n' +
    'm = email.message_from_bytes(sys.stdin.buffer.read(), policy=email.policy.default)\n' +
    'print(json.dumps([[p.get_filename(), p.get_content_type(), p.get_payload(decode=True).decode("latin1")] for p in m.iter_attachments()]))';
  return JSON.parse(execFileSync('python3', ['-c', program], { input: await mails[mails.length - 1].raw(), maxBuffer: 1 << 28 }));
}

test('attach takes files, octets, blobs and streams', async () => {
  const server = await start();
  const mail = mailer(server);
  const file = path.join(folder, 'größe.txt');
  fs.writeFileSync(file, 'file\n');
  const big = Buffer.alloc(3 << 20, 'big\n');
  async function* generated() {
    yield 'text,';
    yield new Uint8Array([0x61, 0x0a]);
  }
  await mail.attach(file);
  await mail.attach(pathToFileURL(file), { name: 'url.txt' });
  await mail.attach(Buffer.from('xbufferx').subarray(1, 7), { name: 'buffer.bin' });
  await mail.attach(new Uint16Array([0x6261]), { name: 'array.bin' });
  await mail.attach(new Uint8Array([0x63]).buffer, { name: 'array buffer.bin' });
  await mail.attach(new Blob(['blob']), { name: 'blob.bin', contentType: 'application/x-blob' });
  await mail.attach(fs.createReadStream(file, { start: 2 }));
  await mail.attach(generated(), { name: 'generated.bin' });
  await mail.attach(Readable.from([]), { name: 'empty.bin' });
  await mail.attach(Readable.from([big.subarray(0, 1 << 20), big.subarray(1 << 20)]), { name: 'big.bin' });
  const want = [
    ['größe.txt', 'text/plain', 'file\n'], ['url.txt', 'text/plain', 'file\n'], ['buffer.bin', 'application/octet-stream', 'buffer'],
    ['array.bin', 'application/octet-stream', 'ab'], ['array buffer.bin', 'application/octet-stream', 'c'], ['blob.bin', 'application/x-blob', 'blob'],
    ['größe.txt', 'text/plain', 'le\n'], ['generated.bin', 'application/octet-stream', 'text,a\n'],
    ['empty.bin', 'application/octet-stream', ''], ['big.bin', 'application/octet-stream', big.toString()],
  ];
  for (let i = 0; i < 2; i++) {
    await mail.send();
    assert.deepEqual(await parts(server), want);
  }
  mail.clearMessage();
  await mail.close();
});

test('temporary files are removed and closed', async () => {
  const old = process.env.TMPDIR;
  process.env.TMPDIR = path.join(folder, 'temporary');
  fs.mkdirSync(process.env.TMPDIR);
  try {
    const open = () => fs.readdirSync('/proc/self/fd').map((fd) => { try { return fs.readlinkSync(`/proc/self/fd/${fd}`); } catch { return ''; } }).filter((name) => name.startsWith(path.join(folder, 'temporary')));
    const mail = new csmtp.Mailer();
    const big = () => Readable.from([Buffer.alloc(2 << 20)]);
    await mail.attach(big(), { name: 'a' });
    assert.equal(open().length, 1);
    mail.delAttachments();
    assert.deepEqual(open(), []);
    await mail.attach(big(), { name: 'a' });
    await mail.close();
    assert.deepEqual(open(), []);
    async function* breaks() {
      yield Buffer.alloc(2 << 20);
      throw new Error('broken');
    }
    const other = new csmtp.Mailer();
    await assert.rejects(other.attach(breaks(), { name: 'a' }), /^Error: broken$/);
    await assert.rejects(other.attach(Readable.from([1], { objectMode: true }), { name: 'a' }), TypeError);
    assert.deepEqual([open(), fs.readdirSync(process.env.TMPDIR)], [[], []]);
    await other.close();
  } finally {
    if (old === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = old;
  }
});

test('attach refuses what is not an attachment', async () => {
  const mail = new csmtp.Mailer();
  await assert.rejects(mail.attach(Buffer.from('a')), /needs a name/);
  for (const source of [null, undefined, 1, {}]) await assert.rejects(mail.attach(source, { name: 'a' }), TypeError);
  await assert.rejects(mail.attach('a\0b'), TypeError);
  await mail.close();
});

test('setLogger logs the dialogue', async () => {
  const server = await start();
  const mail = mailer(server);
  const lines = [];
  mail.setLogger({ debug: (line) => lines.push(line) });
  await mail.send();
  assert.ok(lines.includes('S: 220 mail.test.example ESMTP ready'), lines.join('\n'));
  assert.ok(lines.some((line) => line.startsWith('C: EHLO')));
  assert.ok(!lines.join().includes('s3cret'));
  const count = lines.length;
  mail.setLogger(null);
  await mail.send();
  assert.equal(lines.length, count);
  await mail.close();
});

test('an aborted signal cancels the call', async () => {
  const server = await start('--fault', 'greeting: stall');
  const mail = mailer(server);
  const raw = mail.renderMessage();
  const calls = [
    (options) => mail.send(options), (options) => mail.sendRaw(raw, null, null, options), (options) => mail.sendBatch([], options),
    (options) => mail.connectRemoteServer('localhost', server.port, csmtp.USE_TLS, true, 'a', 'b', options),
    (options) => mail.connectRemoteServer('localhost', server.port, options),
  ];
  for (const [i, call] of calls.entries()) {
    if (i !== 2) await assert.rejects(call({ signal: AbortSignal.timeout(100) }), { name: 'TimeoutError' });
    await assert.rejects(call({ signal: AbortSignal.abort(new Error('mine')) }), /^Error: mine$/);
  }
  assert.equal(mail.getOutcome(), csmtp.NOT_SENT);
  const working = mailer(await start());
  await working.send({ signal: new AbortController().signal });
  await working.send({});
  assert.equal(working.getOutcome(), csmtp.ACCEPTED);
  await mail.close();
  await working.close();
});

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

test('Node.js ends while objects are open, and waits for the mails of a pool', async () => {
  const server = await start();
  const program = `const csmtp = require(${JSON.stringify(path.join(__dirname, 'index.js'))});
    const mail = new csmtp.Mailer();
    mail.setSMTPServer('localhost', ${server.port}, false);
    mail.setSenderMail('alice@test.example');
    mail.addRecipient('bob@test.example');
    const pool = new csmtp.Pool();
    pool.addRelay(mail);
    pool.submit(mail).then(({ ended }) => ended).then((r) => console.log(r.outcome));`;
  const child = spawnSync(process.execPath, ['-e', program], { encoding: 'utf8', timeout: 60000 });
  assert.deepEqual([child.status, child.stdout.trim(), child.stderr], [0, String(csmtp.ACCEPTED), '']);
});

test('an ECMAScript module imports every name', () => {
  const names = Object.keys(csmtp);
  const program = `import csmtp, { ${names.join(', ')} } from ${JSON.stringify(pathToFileURL(path.join(__dirname, 'index.mjs')).href)};
    console.log([${names.join(', ')}].every((value) => value !== undefined) && csmtp.Mailer === Mailer);`;
  const child = spawnSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8' });
  assert.deepEqual([child.status, child.stdout.trim(), child.stderr], [0, 'true', '']);
});

test('package.json has the version of the library', () => {
  assert.equal(require('./package.json').version, csmtp.version());
});
