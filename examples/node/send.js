// SPDX-License-Identifier: MIT
// send.js SERVER PORT LOGIN PASSWORD CA-FILE: sends a mail over STARTTLS, then one that
// the server refuses. Uses only koffi; the module csmtp offers more.
'use strict';
const { promisify } = require('node:util');
const koffi = require('koffi');

const lib = koffi.load('libcsmtp.so.1');
const USE_TLS = 1;
const more = {
  SetSMTPServer: ['str', 'uint16', 'int'],
  SetSecurityType: ['int'],
  AddRecipient: ['str', 'str'],
  AddCCRecipient: ['str', 'str'],
  AddAttachmentData: ['str', 'str', 'void *', 'size_t'],
  Send: [],
  DelRecipients: [],
  DelCCRecipients: [],
};
const mail = lib.func('CSmtp_New', 'uintptr_t', [])();
const lastErrorText = lib.func('CSmtp_GetLastErrorText', 'str', ['uintptr_t']);
const free = lib.func('CSmtp_Free', 'void', ['uintptr_t']);

// Calls CSmtp_name on another thread. If the result is not 0, throws an error that holds
// the server's reply.
async function call(name, ...args) {
  const f = lib.func('CSmtp_' + name, 'int', ['uintptr_t', ...(more[name] ?? ['str'])]);
  const number = await promisify(f.async)(mail, ...args);
  if (number !== 0) throw new Error(`${number}: ${lastErrorText(mail)}`);
}

async function main([server, port, login, password, caFile]) {
  await call('SetSMTPServer', server, Number(port), 1);
  await call('SetSecurityType', USE_TLS);
  await call('SetCAFile', caFile);
  await call('SetLogin', login);
  await call('SetPassword', password);

  await call('SetCharSet', 'UTF-8');
  await call('SetSenderName', 'Zoë Ångström');
  await call('SetSenderMail', 'alice@test.example');
  await call('AddRecipient', 'bob@test.example', 'Jürgen Groß');
  await call('AddCCRecipient', 'carol@test.example', 'Łucja Żak');
  await call('SetSubject', "The café's menu, déjà vu");
  await call('AddMsgLine', 'Two crêpes and a café au lait: 9 €.');
  await call('AddMsgLine', 'The menu is attached.');
  await call('SetHTMLBody', '<p>Two crêpes and a café au lait: <b>9 €</b>.</p>');
  const menu = Buffer.from('Crêpe: 3 €\nCafé au lait: 3 €\n');
  await call('AddAttachmentData', 'menü.txt', 'text/plain; charset=utf-8', menu, menu.length);
  await call('Send');

  await call('DelRecipients');
  await call('DelCCRecipients');
  await call('AddRecipient', 'refused@test.example', null);
  await call('Send').catch((error) => console.log(error.message));
}

main(process.argv.slice(2))
  .catch((error) => {
    console.log(error.message);
    process.exitCode = 1;
  })
  .finally(() => free(mail));
