// SPDX-License-Identifier: MIT
// Tests what the module offers beyond the C functions; examples/check.sh runs it.
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
const { mailer, run, start } = require('./test_helpers.js');

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'csmtp-idioms-'));
after(() => fs.rmSync(folder, { recursive: true }));

// Returns the name, type and content of each attachment of the last mail, as parsed by Python.
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

test('a mailer that is no longer reachable is freed, with its callbacks and files', async () => {
  const server = await start();
  const child = run(`const csmtp = require($MODULE);
    const fs = require('node:fs');
    const { Readable } = require('node:stream');
    const { setTimeout: sleep } = require('node:timers/promises');
    const { koffi } = require($MODULE.replace('index.js', 'library.js'));
    const open = () => fs.readdirSync('/proc/self/fd').length;
    async function use() {
      const mail = new csmtp.Mailer();
      mail.setSMTPServer('localhost', ${server.port}, false);
      mail.setSenderMail('alice@test.example');
      mail.addRecipient('bob@test.example');
      mail.setLogger({ debug: () => mail.getSubject });
      mail.setProgressCallback(() => void mail);
      mail.setEventCallback(() => void mail);
      await mail.attach(Readable.from([Buffer.alloc(2 << 20)]), { name: 'a' });
      const sending = mail.send();
      gc();
      await sending;
      const pool = new csmtp.Pool();
      pool.addRelay(mail);
      pool.setJournal(() => pool !== null, null);
      await (await pool.submit(mail)).ended;
    }
    (async () => {
      await use();
      const before = koffi.stats().callbacks;
      const files = open();
      for (let i = 0; i < 20; i++) await use();
      for (let i = 0; i < 500 && (koffi.stats().callbacks > before || open() > files); i++) { gc(); await sleep(20); }
      console.log(koffi.stats().callbacks <= before, open() <= files);
    })();`, '--expose-gc');
  assert.deepEqual([child.status, child.stdout.trim(), child.stderr], [0, 'true true', '']);
});

test('the event callback is replaced and removed while a session is open', async () => {
  const server = await start();
  const mail = mailer(server);
  const kinds = [[], []];
  mail.setEventCallback((event) => kinds[0].push(event.kind));
  await mail.send();
  mail.setEventCallback((event) => kinds[1].push(event.kind));
  await mail.send();
  mail.setEventCallback(null);
  await mail.send();
  mail.setEventCallback(null);
  await mail.close();
  assert.equal(kinds[0].at(-1), csmtp.EVENT_SENT);
  assert.deepEqual(kinds[1], [csmtp.EVENT_SENT]);
});

test('an exception that no call can throw is a warning', async () => {
  const server = await start();
  const mail = mailer(server);
  const warnings = [];
  const listener = (warning) => warnings.push(warning.message);
  process.on('warning', listener);
  mail.setEventCallback((event) => { if (event.kind === csmtp.EVENT_DISCONNECTED) throw new Error('at the end'); });
  await mail.send();
  await mail.close();
  await new Promise(setImmediate);
  process.off('warning', listener);
  assert.deepEqual(warnings, ['at the end']);
});

test('a call on a busy mailer is refused at once', async () => {
  const server = await start('--fault', 'DATA: stall');
  const mail = mailer(server);
  const sending = mail.send();
  const refused = { name: 'CSmtpError', number: csmtp.BUSY, kind: csmtp.KIND_LOCAL, outcome: csmtp.NOT_SENT };
  for (const call of [() => mail.setSubject('a'), () => mail.getOutcome(), () => mail.results(), () => mail.clone(), () => new csmtp.Pool().addRelay(mail)]) {
    assert.throws(call, (error) => error instanceof csmtp.CSmtpError && error.number === csmtp.BUSY);
  }
  await assert.rejects(mail.send(), refused);
  await assert.rejects(new csmtp.Pool().submit(mail), refused);
  await assert.rejects(mailer(server).sendBatch([mail]), refused);
  mail.cancel();
  await assert.rejects(sending, { number: csmtp.CANCELED });
  const said = [];
  mail.addAttachmentReader('a.bin', { rewind: () => {}, read: () => { try { mail.setSubject('a'); } catch (error) { said.push(error); } return null; } });
  mail.renderMessage();
  assert.deepEqual(said.map(({ number, outcome }) => [number, outcome]), [[csmtp.BUSY, csmtp.NOT_SENT]]);
  assert.match(said[0].message, /a callback of this handle/);
  await mail.close();
});

// On Windows, a folder cannot be removed while a file in it is open, even if the file has already been
// deleted.
test('the folder of a temporary file is removed later if it cannot be removed at once', async () => {
  const remove = fs.rmSync;
  const left = [];
  const mail = new csmtp.Mailer();
  fs.rmSync = (name, options) => {
    if (options?.recursive) left.push(name);
    throw Object.assign(new Error('ENOTEMPTY: directory not empty'), { code: 'ENOTEMPTY' });
  };
  try {
    await mail.attach(Readable.from([Buffer.alloc(2 << 20, 'a')]), { name: 'a' });
  } finally {
    fs.rmSync = remove;
  }
  assert.equal(left.length, 1);
  assert.ok(fs.existsSync(left[0]));
  mail.setSenderMail('alice@test.example');
  mail.addRecipient('bob@test.example');
  assert.ok(mail.renderMessage().length > 2 << 20);
  await mail.close();
  assert.ok(!fs.existsSync(left[0]));
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
