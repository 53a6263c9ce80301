// SPDX-License-Identifier: MIT
// Tests exceptions of callbacks in calls that send a mail; examples/check.sh runs it.
'use strict';
const assert = require('node:assert/strict');
const { test } = require('node:test');
const csmtp = require('./index.js');
const { mailer, start } = require('./test_helpers.js');

const mine = new Error('the disk is full');

// Makes the log callback of a mailer throw an exception when the reply to the content arrives.
function throwAtEnd(mail) {
  let content = false;
  mail.setLogCallback((direction, line) => {
    content ||= direction === csmtp.LOG_SERVER && line.startsWith('354');
    if (content && direction === csmtp.LOG_SERVER && !line.startsWith('354')) throw mine;
  });
}

// Each of these calls sends the mail, and the server accepts the mail.
const sends = {
  send: (mail) => mail.send(),
  'send over its own session': async (mail, server) => {
    await mail.connectRemoteServer('localhost', server.port, csmtp.USE_TLS, true, 'alice@test.example', 's3cret pass');
    await mail.send();
  },
  sendRaw: (mail) => mail.sendRaw(mail.renderMessage()),
};
for (const [name, send] of Object.entries(sends)) {
  test(`${name}: the exception of a callback does not hide that the mail was accepted`, async () => {
    const server = await start();
    const mail = mailer(server);
    throwAtEnd(mail);
    await assert.rejects(send(mail, server), (error) => {
      assert.ok(error instanceof csmtp.CSmtpError, String(error));
      assert.deepEqual([error.outcome, error.cause, error.safeToRetry], [csmtp.ACCEPTED, mine, false]);
      assert.match(error.message, /^a callback threw an exception \(see cause\), but the server has accepted the mail: do not send it again/);
      return true;
    });
    assert.equal(mail.getOutcome(), csmtp.ACCEPTED);
    await mail.close();
  });
}

test('sendBatch: the exception of a callback does not hide that a mail was accepted', async () => {
  const server = await start();
  const [carrier, mail] = [mailer(server), mailer(server)];
  throwAtEnd(carrier);
  await assert.rejects(carrier.sendBatch([mail]), (error) => error instanceof csmtp.CSmtpError && error.outcome === csmtp.ACCEPTED && error.cause === mine);
  for (const each of [carrier, mail]) await each.close();
});

test('the exception of a callback is thrown itself if nothing was sent', async () => {
  const server = await start();
  const mail = mailer(server);
  await mail.send();
  mail.setTokenCallback(null);
  mail.setLogCallback(() => { throw mine; });
  await assert.rejects(mail.connectRemoteServer('localhost', server.port, csmtp.USE_TLS, false), (error) => error === mine);
  mail.setLogCallback(null);
  await mail.send();
  mail.addAttachmentReader('a.bin', { rewind() { throw mine; }, read: () => null });
  assert.throws(() => mail.renderMessage(), (error) => error === mine);
  await mail.close();
});
