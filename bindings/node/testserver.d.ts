// SPDX-License-Identifier: MIT
// Types of testserver.js.

/** The error that played throws if the client did not follow the script. */
export class ScriptError extends Error {}

/** A received mail. */
export class Mail {
  private constructor();
  /** The number of the mail, from 1, counted over all sessions. */
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
  /** The envelope and the session of the mail, as the server returns them. */
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
  /** The milliseconds after which close kills a server that does not end. */
  static grace: number;
  /** Starts a server with options of the program, such as '--certificate', 'expired'. */
  static start(...options: string[]): Promise<TestServer>;
  readonly host: string;
  /** The port for SMTP and STARTTLS. */
  readonly port: number;
  /** The port for implicit TLS. */
  readonly tlsPort: number;
  /** The path of the CA certificate with which the server's certificate can be verified. */
  readonly ca: string;
  /** The URL of the page that shows the received mails. */
  readonly url: string;
  /** A login that the server accepts, unless it was started with --user. */
  readonly user: string;
  readonly password: string;
  readonly token: string;
  /** The mails received so far, oldest first. */
  mails(): Promise<Mail[]>;
  /** Waits until count mails have been received since the start or the last clear, and returns them. */
  wait(count?: number, seconds?: number): Promise<Mail[]>;
  /** The records of the sessions, with their dialogues. */
  sessions(): Promise<Record<string, unknown>[]>;
  /** Forgets all mails and sessions. */
  clear(): Promise<void>;
  /** Plays a script to the next clients, once, or until endScript if the script has the
   * line "repeat: yes". script is the name of a built-in script, or the text of a script. */
  play(script: string, delivery?: 'whole' | 'line' | 'byte'): Promise<void>;
  /** Ends the script: the server answers as usual again. */
  endScript(): Promise<void>;
  /** Waits until the script has been played to its end. The promise is rejected with ScriptError if the
   * client did not follow the script. */
  played(seconds?: number): Promise<void>;
  /** Ends the server. */
  close(): Promise<void>;
}
