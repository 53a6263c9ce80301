// SPDX-License-Identifier: MIT
// Tests a function that sends mail, as an example for testserver.js, and plays every
// built-in script of csmtp-testserver to the module. examples/check.sh runs it.
'use strict';
const assert = require('node:assert/strict');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { after, before, beforeEach, test } = require('node:test');
const csmtp = require('./index.js');
const { TestServer, ScriptError } = require('./testserver.js');

let server;
before(async () => { server = await TestServer.start(); });
beforeEach(async () => {
  await server.endScript();
  await server.clear();
});
after(() => server.close());

// The function that is tested.
async function sendInvoice(to, password = to.password) {
  const mail = new csmtp.Mailer();
  try {
    mail.setSMTPServer('localhost', to.port);
    mail.setSecurityType(csmtp.USE_TLS);
    mail.setCAFile(to.ca);
    mail.setLogin(to.user);
    mail.setPassword(password);
    mail.setSenderMail(to.user);
    mail.addRecipient('bob@test.example');
    mail.setSubject('Your invoice for été');
    mail.addMsgLine('Please pay.');
    await mail.send();
  } finally {
    await mail.close();
  }
}

test('a server that does not end is killed', { skip: process.platform === 'win32' }, async () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'csmtp-'));
  const program = path.join(folder, 'stubborn');
  fs.writeFileSync(program, "#!/bin/sh\ntrap '' TERM\nprintf 'host=x\\nport=1\\ntls_port=2\\nca=x\\nhttp=http://x:1/\\n' >\"$2/coming\"\n"
    + 'mv "$2/coming" "$2/ready"\nwhile :; do sleep 0.1; done\n', { mode: 0o755 });
  const before = { program: process.env.CSMTP_TESTSERVER, grace: TestServer.grace };
  process.env.CSMTP_TESTSERVER = program;
  TestServer.grace = 100;
  try {
    await (await TestServer.start()).close();
  } finally {
    TestServer.grace = before.grace;
    if (before.program === undefined) delete process.env.CSMTP_TESTSERVER;
    else process.env.CSMTP_TESTSERVER = before.program;
    fs.rmSync(folder, { recursive: true });
  }
});

test('success', async () => {
  await sendInvoice(server);
  const [mail] = await server.wait();
  assert.deepEqual([mail.sender, mail.recipients, mail.tls], [server.user, ['bob@test.example'], 'TLS 1.3']);
  assert.equal(mail.subject, 'Your invoice for été');
  assert.match((await mail.raw()).toString(), /^Subject: Your invoice for =\?UTF-8\?/m);
  assert.ok((await mail.dialogue()).includes('C: RCPT TO:<bob@test.example>'));
});

test('wrong password', async () => {
  await assert.rejects(sendInvoice(server, 'wrong'), { loginError: true });
  assert.deepEqual(await server.mails(), []);
});

test('lost connection', async () => {
  await server.play('dropped-after-last-octet');
  await assert.rejects(sendInvoice(server), { outcome: csmtp.IN_DOUBT });
  await server.played();
});

test('expired certificate', async () => {
  const other = await TestServer.start('--certificate', 'expired');
  await assert.rejects(sendInvoice(other), /expired/);
  await other.close();
});

test('the helper reports a client that deviates, a time that ends, and a server that fails', async () => {
  await server.play('* serve until VRFY\n* close\n');
  await sendInvoice(server);
  await assert.rejects(server.played(), (e) => e instanceof ScriptError && e.message.includes('want: a client that sends VRFY'));
  await server.endScript();
  await assert.rejects(server.played(), (e) => e instanceof ScriptError && e.message === 'no script is set');
  await assert.rejects(server.wait(5, 0.1), /1 of 5 mails received/);
  await assert.rejects(server.play('no-such-script'), /unknown script "no-such-script"/);
  await assert.rejects(TestServer.start('--port', 'many'), /did not start: .*want a port/);
});

const scripts = path.join(__dirname, '../../smtp/smtptest/scripts');
const security = { none: csmtp.NO_SECURITY, starttls: csmtp.USE_TLS, tls: csmtp.USE_SSL };
for (const file of fs.readdirSync(scripts)) {
  const name = path.basename(file, '.txt');
  test(`script ${name}`, async () => {
    const header = fs.readFileSync(path.join(scripts, file), 'utf8').split('\n\n')[0];
    const get = (key, otherwise) => header.match(new RegExp(`^${key}: (.*)$`, 'm'))?.[1] ?? otherwise;
    await server.play(name);
    const mail = new csmtp.Mailer();
    mail.setSecurityType(security[get('security')]);
    mail.setCAFile(server.ca);
    if (get('timeout')) {
      for (let step = csmtp.TIMEOUT_CONNECT; step <= csmtp.TIMEOUT_QUIT; step++) mail.setTimeout(step, Number(get('timeout')));
    }
    mail.setSenderMail('sender@test.example');
    mail.addRecipient('rcpt@test.example');
    mail.addMsgLine(get('line', 'Hello.'));
    let number = 'ok';
    let accepted = 0;
    try {
      await mail.connectRemoteServer('localhost', server.port, csmtp.DO_NOT_SET, Boolean(get('login')), get('login', ''), get('password', ''));
      for (; accepted < Number(get('mails', '1')); accepted++) await mail.send();
      await mail.disconnectRemoteServer();
    } catch (error) {
      if (!(error instanceof csmtp.CSmtpError)) throw error;
      number = String(error.number);
    }
    assert.equal(number, get('expect'));
    if (get('expect-outcome')) assert.equal(mail.getOutcome(), csmtp[get('expect-outcome')]);
    if (get('expect-safe-to-retry')) assert.equal(Boolean(mail.isSafeToRetry()), get('expect-safe-to-retry') === 'yes');
    if (get('expect-accepted')) assert.equal(accepted, Number(get('expect-accepted')));
    await mail.close();
    await server.played();
  });
}
