// SPDX-License-Identifier: MIT
// Uses types of every part of the package. bindings/check.sh compiles it with tsc --strict.
import csmtp, { Mailer, Pool, CSmtpError, USE_TLS, IN_DOUBT } from 'libcsmtp';
import type { Attachable, Octets, Recipient } from 'libcsmtp';
import { TestServer } from 'libcsmtp/testserver';
import { createReadStream } from 'node:fs';

async function deliver(mail: Mailer, signal: AbortSignal): Promise<string> {
  const sources: Attachable[] = ['report.pdf', Buffer.from('octets'), new Blob(['blob']), createReadStream('film.mp4')];
  for (const source of sources) await mail.attach(source, { name: 'a', contentType: 'text/plain' });
  mail.setLogger(console);
  mail.setProgressCallback((sent, total) => sent > total);
  try {
    await mail.send({ signal });
  } catch (error) {
    if (!(error instanceof CSmtpError)) throw error;
    if (error.loginError) return 'ask for another password';
    const again: number = error.outcome === IN_DOUBT ? 0 : error.retryAfter;
    return error.safeToRetry ? `again in ${again} s` : `${error.phase}, ${error.kind}: ${error.reply}`;
  }
  const recipients: Recipient[] = mail.results();
  return recipients.filter((r) => r.accepted).map((r) => r.address).join();
}

async function sendByPool(mails: Mailer[], server: TestServer): Promise<string[]> {
  await using pool = new Pool();
  const relay: number = pool.addRelay(mails[0]!, server.host);
  pool.setRate(relay, 10, 1);
  const submitted = await Promise.all(mails.map((mail) => pool.submit(mail, { id: mail.getMessageID() })));
  return (await Promise.all(submitted.map((s) => s.ended))).map((r) => r.queueId);
}

async function sendText(mail: Mailer, text: Octets): Promise<void> {
  mail.addAttachmentReader('a.txt', { rewind: () => {}, read: () => null });
  await mail.sendRaw(text, null, 'bob@test.example', { signal: AbortSignal.timeout(1000) });
}

const all: { deliver: typeof deliver; sendByPool: typeof sendByPool; sendText: typeof sendText; security: number } = { deliver, sendByPool, sendText, security: csmtp.USE_TLS };
if (all.security !== USE_TLS) throw new Error('the constants differ');

// @ts-expect-error: a number is not a text
new Mailer().setSubject(1);
// @ts-expect-error: a callback must not return a promise
new Mailer().setTokenCallback(async () => 'token');
// @ts-expect-error: this callback must not return a promise either
new Pool().setJournal(async () => true, null);
// @ts-expect-error: there is no such option
void new Mailer().send({ timeout: 1 });
