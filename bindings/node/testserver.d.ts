// SPDX-License-Identifier: MIT
// Types of testserver.js.

/** Thrown by `played` if the client did not follow the script, or if no script is set. */
export class ScriptError extends Error {}

/** A received mail. */
export class Mail {
  private constructor();
  /** The number of the mail. The mails of all sessions are counted together, beginning with 1. */
  readonly number: number;
  readonly session: number;
  /** The reverse-path. */
  readonly sender: string;
  readonly recipients: string[];
  /** The subject, decoded. */
  readonly subject: string;
  /** The login of the session; empty if there was no login. */
  readonly login: string;
  /** The version of TLS; empty without TLS. */
  readonly tls: string;
  /** The envelope and the session of the mail, as the server describes them in JSON. */
  readonly envelope: Record<string, unknown>;
  /** The content, octet for octet. */
  raw(): Promise<Buffer>;
  /** The lines of the session in which the mail was received, with secrets masked. */
  dialogue(): Promise<string[]>;
}

/** A running csmtp-testserver. It ends when the program ends, and after one hour at
 * the latest. */
export class TestServer {
  private constructor();
  /** If the server has not ended this number of milliseconds after close was called, close kills it. */
  static grace: number;
  /** Starts a server. `options` are command-line options of csmtp-testserver, such as '--certificate',
   * 'expired'. */
  static start(...options: string[]): Promise<TestServer>;
  readonly host: string;
  /** The port for SMTP with STARTTLS. */
  readonly port: number;
  /** The port for implicit TLS. */
  readonly tlsPort: number;
  /** The path of the certificate of the CA that issued the server's certificate. */
  readonly ca: string;
  /** The URL of the page that shows the received mails. */
  readonly url: string;
  /** A login that the server accepts, unless the option --user is given. */
  readonly user: string;
  readonly password: string;
  readonly token: string;
  /** The mails received so far, oldest first. */
  mails(): Promise<Mail[]>;
  /** Waits until `count` mails have been received since the start or the last clear, and returns all
   * mails received since then. Rejects if there are fewer after the given number of seconds. */
  wait(count?: number, seconds?: number): Promise<Mail[]>;
  /** The records of the sessions, with their dialogues. */
  sessions(): Promise<Record<string, unknown>[]>;
  /** Deletes all mails and sessions from the server. */
  clear(): Promise<void>;
  /** Makes the server answer the next clients as a script says. The script is played once; if it contains
   * the line "repeat: yes", it is played until endScript is called. `script` is the name of a built-in
   * script, or the text of a script. */
  play(script: string, delivery?: 'whole' | 'line' | 'byte'): Promise<void>;
  /** Ends the script: the server answers as usual again. */
  endScript(): Promise<void>;
  /** Waits until the script has been played to its end. The promise is rejected with ScriptError if the
   * client did not follow the script or if no script is set, and with another Error if the script has not
   * ended after the given number of seconds. */
  played(seconds?: number): Promise<void>;
  /** Stops the server. */
  close(): Promise<void>;
}
