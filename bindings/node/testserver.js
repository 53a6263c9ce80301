// SPDX-License-Identifier: MIT
// Runs csmtp-testserver, a mail server for tests, and reads the mails that the server has received.
//
//   const server = await TestServer.start();
//   await sendMyMail('localhost', server.port, server.ca);
//   const [mail] = await server.wait();
//   assert.equal(mail.subject, 'Hello');
//   await server.close();
//
// docs/testing.md is an introduction.
'use strict';
const { spawn } = require('node:child_process');
const fs = require('node:fs');
const http = require('node:http');
const os = require('node:os');
const path = require('node:path');
const { setTimeout: sleep } = require('node:timers/promises');

// Returns the path of csmtp-testserver in the package or, if there is none, the name of the program, which
// is then searched for in PATH. testserver.js requires no other file of the package, so it can be copied
// and used on its own.
function findProgram() {
  const name = process.platform === 'win32' ? 'csmtp-testserver.exe' : 'csmtp-testserver';
  const file = path.join(__dirname, 'prebuilds', `${process.platform}-${process.arch}`, name);
  return fs.existsSync(file) ? file : name;
}

/** Thrown by 'played' if the client did not follow the script, or if no script is set. */
class ScriptError extends Error {}
ScriptError.prototype.name = 'ScriptError';

/** A received mail. */
class Mail {
  #server;
  constructor(server, said) {
    this.#server = server;
    this.number = said.number;
    this.session = said.session;
    this.sender = said.from;
    this.recipients = said.recipients.map((r) => r.address);
    this.subject = said.subject;
    this.login = said.login;
    this.tls = said.tls;
    this.envelope = said;
  }

  raw() {
    return this.#server._request('GET', `mails/${this.number}.eml`);
  }

  async dialogue() {
    return (await this.#server._json('GET', `sessions/${this.session}`)).dialogue;
  }
}

/** A running csmtp-testserver. It ends when the program ends, and after one hour at
 * the latest. */
class TestServer {
  #folder;
  #child;
  #ended;

  /** If the server has not ended this number of milliseconds after close was called, close kills it. */
  static grace = 10000;

  /** Starts a server. 'options' are command-line options of csmtp-testserver, such as '--certificate',
   * 'expired'. */
  static async start(...options) {
    const server = new TestServer();
    await server.#start(options);
    return server;
  }

  async #start(options) {
    this.user = 'alice@test.example';
    this.password = 's3cret pass';
    this.token = 'good-token';
    this.#folder = fs.mkdtempSync(path.join(os.tmpdir(), 'csmtp-testserver-'));
    const program = process.env.CSMTP_TESTSERVER || findProgram();
    const output = fs.openSync(path.join(this.#folder, 'output.txt'), 'w');
    this.#child = spawn(program, ['--dir', this.#folder, '--for', '1h', '--stdin', ...options], { stdio: ['pipe', output, output] });
    fs.closeSync(output);
    this.#child.stdin.on('error', () => {});
    this.#ended = new Promise((resolve) => {
      this.#child.once('error', (error) => resolve(`${error.message}: install csmtp-testserver, or set CSMTP_TESTSERVER to its path`));
      this.#child.once('exit', () => resolve(fs.readFileSync(path.join(this.#folder, 'output.txt'), 'utf8').trim()));
    });
    let failed;
    this.#ended.then((words) => { failed = words || 'it ended'; });
    const ready = path.join(this.#folder, 'ready');
    for (let i = 0; !fs.existsSync(ready); i++) {
      if (failed === undefined && i < 3000) {
        await sleep(10);
        continue;
      }
      await this.close();
      throw new Error(`csmtp-testserver did not start: ${failed ?? 'it does not answer'}`);
    }
    const said = Object.fromEntries(fs.readFileSync(ready, 'utf8').trim().split('\n').map((line) => {
      const at = line.indexOf('=');
      return [line.slice(0, at), line.slice(at + 1)];
    }));
    this.host = said.host;
    this.port = Number(said.port);
    this.tlsPort = Number(said.tls_port);
    this.ca = said.ca;
    this.url = said.http;
    // A running server must not prevent Node from ending.
    this.#child.unref();
    this.#child.stdin.unref();
  }

  _request(method, where, body) {
    const text = body === undefined ? undefined : JSON.stringify(body);
    const headers = text === undefined ? {} : { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(text) };
    return new Promise((resolve, reject) => {
      const request = http.request(`${this.url}api/${where}`, { method, headers, agent: false }, (answer) => {
        const parts = [];
        answer.on('data', (part) => parts.push(part));
        answer.on('error', reject);
        answer.on('end', () => {
          const octets = Buffer.concat(parts);
          if (answer.statusCode < 400) return resolve(octets);
          let said = octets.toString().trim();
          try {
            const object = JSON.parse(said);
            said = object.error || `the script ${object.name} is still ${object.state}`;
          } catch { /* it is plain text */ }
          reject(new Error(said));
        });
      });
      request.on('error', reject);
      request.end(text);
    });
  }

  async _json(method, where, body) {
    const octets = await this._request(method, where, body);
    return octets.length ? JSON.parse(octets.toString()) : undefined;
  }

  async mails() {
    return (await this._json('GET', 'mails')).mails.map((said) => new Mail(this, said));
  }

  async wait(count = 1, seconds = 10) {
    return (await this._json('GET', `mails?wait=${count}&timeout=${seconds}`)).mails.map((said) => new Mail(this, said));
  }

  async sessions() {
    return (await this._json('GET', 'sessions')).sessions;
  }

  async clear() {
    await this._request('DELETE', 'mails');
  }

  async play(script, delivery = '') {
    await this._request('PUT', 'script', { [script.includes('\n') ? 'text' : 'name']: script, delivery });
  }

  async endScript() {
    await this._request('DELETE', 'script');
  }

  async played(seconds = 10) {
    const said = await this._json('GET', `script?wait=${seconds}`);
    if (said.state === 'none') throw new ScriptError('no script is set');
    if (said.state !== 'played') throw new ScriptError(said.error ?? `the state of the script is ${said.state}`);
  }

  async close() {
    this.#child.ref();
    this.#child.stdin.end();
    this.#child.kill();
    const last = setTimeout(() => this.#child.kill('SIGKILL'), TestServer.grace);
    await this.#ended;
    clearTimeout(last);
    fs.rmSync(this.#folder, { recursive: true, force: true });
  }
}

module.exports = { TestServer, Mail, ScriptError };
