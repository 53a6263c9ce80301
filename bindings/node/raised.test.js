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

test('the error says what happened to the mail if a callback throws an exception', async () => {
  const ends = {
    'end of data: 550 5.7.1 No': [csmtp.REJECTED_PERMANENT, 'and the server has refused the mail'],
    'end of data: 451 4.3.0 Later': [csmtp.REJECTED_TEMPORARY, 'and the server has refused the mail for the time being'],
    'end of data: close': [csmtp.IN_DOUBT, 'but the server may have accepted the mail: do not send it again before you know'],
    'RCPT#2: 550 5.1.1 No such user': [csmtp.PARTIAL, 'but the server has accepted the mail for some recipients: do not send it to them again'],
  };
  for (const [fault, [outcome, text]] of Object.entries(ends)) {
    const mail = mailer(await start('--fault', fault));
    mail.setPartialDelivery(true);
    mail.addRecipient('carol@test.example');
    mail.setEventCallback((event) => { if (event.outcome) throw mine; });
    await assert.rejects(mail.send(), (error) => {
      assert.deepEqual([error.outcome, error.cause], [outcome, mine]);
      assert.match(error.message, new RegExp(`^a callback threw an exception \\(see cause\\), ${text}(: |$)`));
      return true;
    });
    await mail.close();
  }
});

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
