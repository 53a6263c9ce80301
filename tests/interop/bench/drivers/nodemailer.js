// SPDX-License-Identifier: MIT
//
// Uses Nodemailer. Unless fresh=1, it uses a pool of connections, which Nodemailer's
// documentation recommends for many mails. The driver takes the same arguments as the
// drivers in C and prints the same results.
'use strict';

const fs = require('fs');
const nodemailer = require('nodemailer');

const options = { mails: '1', sessions: '1', fresh: '0', starttls: '0', login: '0', recipients: '1', mode: '' };
for (const word of process.argv.slice(2)) {
  const at = word.indexOf('=');
  options[word.slice(0, at)] = word.slice(at + 1);
}

const sessions = Number(options.sessions);
const mails = Number(options.mails) * sessions;
const transport = nodemailer.createTransport({
  host: '127.0.0.1',
  port: Number(options.port),
  name: 'client.bench.example',
  pool: options.fresh !== '1',
  maxConnections: sessions,
  maxMessages: Infinity,
  ignoreTLS: options.starttls !== '1',
  requireTLS: options.starttls === '1',
  tls: options.ca ? { ca: fs.readFileSync(options.ca) } : undefined,
  auth: options.login === '1' ? { user: 'bench', pass: 'not much of a secret' } : undefined,
});

const to = Array.from({ length: Number(options.recipients) }, (_, i) => `recipient${i}@bench.example`);
const line = 'All happy families are alike; each unhappy one is so in its way.\r\n';
const mail = { from: 'sender@bench.example', to, subject: 'A mail of about one kilobyte', text: line.repeat(11) };
if (options.file) mail.attachments = [{ path: options.file, contentType: 'application/octet-stream' }];

async function sendAll() {
  for (let i = 0; i < Number(options.mails); i++) await transport.sendMail({ ...mail });
}

Promise.all(Array.from({ length: sessions }, sendAll)).then(() => {
  transport.close();
  console.log(`mails=${mails}`);
}, (error) => {
  console.error(`nodemailer: ${error.message}`);
  process.exit(1);
});
