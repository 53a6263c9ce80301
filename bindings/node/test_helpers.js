// SPDX-License-Identifier: MIT
// Functions that the tests of this folder share.
'use strict';
const { after } = require('node:test');
const csmtp = require('./index.js');
const { TestServer } = require('./testserver.js');

const servers = [];
after(() => Promise.all(servers.map((server) => server.close())));

/** Starts a server, which is stopped after the tests of the file. */
exports.start = async (...options) => {
  const server = await TestServer.start(...options);
  servers.push(server);
  return server;
};

/** Returns a mailer with a message for a server. */
exports.mailer = (server) => {
  const mail = new csmtp.Mailer();
  mail.setSMTPServer('localhost', server.port);
  mail.setSecurityType(csmtp.USE_TLS);
  mail.setCAFile(server.ca);
  mail.setLogin('alice@test.example');
  mail.setPassword('s3cret pass');
  mail.setSenderMail('alice@test.example');
  mail.addRecipient('bob@test.example', 'Jürgen');
  mail.setSubject('Größe');
  mail.addMsgLine('Grüße');
  return mail;
};

/** Runs a program in another process. In the program, $MODULE stands for the path of the module. */
exports.run = (program, ...options) => {
  const { spawnSync } = require('node:child_process');
  return spawnSync(process.execPath, [...options, '-e', program.replaceAll('$MODULE', JSON.stringify(require.resolve('./index.js')))], { encoding: 'utf8', timeout: 120000 });
};
