// SPDX-License-Identifier: MIT
// send.js SERVER PORT LOGIN PASSWORD CA-FILE: sends a mail over STARTTLS, then one that
// the server refuses. Uses module csmtp, which is in bindings/node.
'use strict';
const csmtp = require('csmtp');

async function main([server, port, login, password, caFile]) {
  const mail = new csmtp.Mailer();
  try {
    mail.setSMTPServer(server, Number(port));
    mail.setSecurityType(csmtp.USE_TLS);
    mail.setCAFile(caFile);
    mail.setLogin(login);
    mail.setPassword(password);

    mail.setSenderName('Zoë Ångström');
    mail.setSenderMail('alice@test.example');
    mail.addRecipient('bob@test.example', 'Jürgen Groß');
    mail.addCCRecipient('carol@test.example', 'Łucja Żak');
    mail.setSubject("The café's menu, déjà vu");
    mail.addMsgLine('Two crêpes and a café au lait: 9 €.');
    mail.addMsgLine('The menu is attached.');
    mail.setHTMLBody('<p>Two crêpes and a café au lait: <b>9 €</b>.</p>');
    const menu = Buffer.from('Crêpe: 3 €\nCafé au lait: 3 €\n');
    mail.addAttachmentData('menü.txt', menu, 'text/plain; charset=utf-8');
    await mail.send();

    mail.delRecipients();
    mail.delCCRecipients();
    mail.addRecipient('refused@test.example');
    await mail.send().catch(print);
  } finally {
    await mail.close();
  }
}

function print(error) {
  console.log(`${error.number}: ${error.message}`);
}

main(process.argv.slice(2)).catch((error) => {
  print(error);
  process.exitCode = 1;
});
