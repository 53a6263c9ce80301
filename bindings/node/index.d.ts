// SPDX-License-Identifier: MIT
// Types of the module. csmtp_c.h describes each function.
/// <reference types="node" />
/// <reference lib="esnext.disposable" />

/** A failed call. The message says what failed, what the server replied, and what to do. If a callback threw
 * an exception, and the outcome of the mail is not NOT_SENT, `cause` is that exception. */
export class CSmtpError extends Error {
  private constructor();
  /** The error number of csmtp_c.h, such as 309. */
  readonly number: number;
  /** The server's reply, such as "550 5.1.1 No such user"; "" if there was none. */
  readonly reply: string;
  /** The reply code, such as 550; 0 if there was no reply. */
  readonly replyCode: number;
  /** The enhanced status code, such as "5.1.1" (RFC 3463); "" if there was none. */
  readonly enhancedCode: string;
  /** The outcome of the mail, a number such as NOT_SENT or IN_DOUBT. */
  readonly outcome: number;
  /** The step of the session that failed, a number such as PHASE_AUTH. */
  readonly phase: number;
  /** The kind of the error, a number such as KIND_TIMEOUT. */
  readonly kind: number;
  /** Whether the login failed and would fail again with the same credentials. */
  readonly loginError: boolean;
  /** Whether nothing was delivered and a later attempt might succeed. */
  readonly safeToRetry: boolean;
  /** The number of seconds to wait before the next mail, if the mail service has requested a delay;
   * otherwise 0. */
  readonly retryAfter: number;
}

/** The result of the last mail for one recipient. */
export interface Recipient {
  address: string;
  accepted: boolean;
  /** 0 if there was no reply. */
  code: number;
  enhancedCode: string;
  reply: string;
}

/** Octets, or a text that is passed as UTF-8. */
export type Octets = string | ArrayBufferView | ArrayBuffer;

/** The content of an attachment. It is read when the mail is sent, and again if the mail must be sent again.
 * A source has only one position, so mailers that send at the same time must not share it. The methods must
 * not return promises. */
export interface Source {
  /** Makes read start again from the beginning. */
  rewind(): void;
  /** Returns at most `most` octets. At the end of the content, returns an empty value or null. */
  read(most: number): Octets | null;
}

/** The optional last argument of the methods that use the network. */
export interface CallOptions {
  /** If the signal is aborted, the call is canceled or does not begin, and the promise of the call is
   * rejected with the signal's reason. getOutcome() then says whether the mail had already been accepted. */
  signal?: AbortSignal;
}

/** The name and the content type of an attachment. By default, `contentType` is derived from `name`. */
export interface AttachmentOptions {
  name?: string;
  contentType?: string | null;
}

/** What attach accepts: a path or file: URL, octets, a Blob or File, or a stream. */
export type Attachable = string | URL | ArrayBufferView | ArrayBuffer | Blob | NodeJS.ReadableStream
  | AsyncIterable<Uint8Array | string> | Iterable<Uint8Array | string>;

/** An event. Numbers that do not apply to an event are 0. The durations are in microseconds. */
export interface Event {
  kind: number; // EVENT_CONNECTED ...
  relay: number;
  name: string;
  server: string; // "host:port"
  outcome: number; // the outcome of the mail: ACCEPTED, IN_DOUBT ...
  error: number;
  replyCode: number;
  attempts: number;
  recipients: number;
  accepted: number;
  octets: number;
  resolve: number;
  connect: number;
  tls: number;
  greeting: number;
  ehlo: number;
  login: number;
  envelope: number;
  content: number;
  reply: number;
  total: number; // the duration of the session, of the mail or of the pause
}

/** A mailer has settings, a message and, while it is connected, a session. Texts are passed as UTF-8. If an
 * argument has a wrong type or is out of range, the method throws a TypeError or RangeError, which does not
 * quote the argument. */
export class Mailer {
  constructor();
  /** Returns a mailer with the same settings and message, but without a connection. Throws an exception if
   * callbacks or readers are set. */
  clone(): Mailer;
  /** Cancels the pending call, ends the session and frees the handle. Always call close: otherwise, the
   * session and the temporary files remain until the mailer is garbage-collected. */
  close(): Promise<void>;
  /** Cancels the pending call: its promise is rejected with CANCELED. The promise of sendBatch is resolved
   * instead, with CANCELED for each mail that was canceled. If the call has not begun, it does not begin. */
  cancel(): void;
  /** Same as close, for `await using`. */
  [Symbol.asyncDispose](): Promise<void>;

  /** Attaches a file, octets or a stream. A stream is read to its end. The content of a large stream is kept
   * in a temporary file until the mailer is closed or its attachments are deleted. If the source is not a
   * file, `name` is required. */
  attach(source: Attachable, options?: AttachmentOptions): Promise<void>;
  addAttachmentData(name: string, data: Octets, contentType?: string | null): void;
  addInlineImageData(contentId: string, name: string, data: Octets, contentType?: string | null): void;
  /** Attaches the content of a source. `size` is the number of octets of the content, or -1 if it is not
   * known. */
  addAttachmentReader(name: string, source: Source, contentType?: string | null, size?: number): void;
  /** Returns the octets of the message that send would send. */
  renderMessage(): Buffer;
  /** Sends a complete message. If `from` or `recipients` is null, the value in the header of the message is
   * used. If `from` is "<>", the reverse-path is the null reverse-path. */
  sendRaw(data: Octets, from?: string | null, recipients?: string | null, options?: CallOptions): Promise<void>;
  /** Returns the result for each recipient of the last mail, in the order To, Cc, Bcc. */
  results(): Recipient[];
  /** Sets a callback that returns an access token, or null if there is none. The callback must not return a
   * promise. `refused` is true if the server refused the previous token. */
  setTokenCallback(fn: ((refused: boolean) => string | null) | null): void;
  /** Sets a callback that gets the number of octets sent, and the total, which is -1 if it is not known. If
   * the callback returns true, the call is canceled. The callback must not return a promise. */
  setProgressCallback(fn: ((sent: number, total: number) => boolean | void) | null): void;
  /** Sets a callback that gets each line of the dialogue, with secrets masked. `direction` is LOG_CLIENT,
   * LOG_SERVER or LOG_EVENT. */
  setLogCallback(fn: ((direction: number, line: string) => void) | null): void;
  /** Sets a callback that gets each event, for example to collect statistics: see docs/events.md. */
  setEventCallback(fn: ((event: Event) => void) | null): void;
  /** Logs the dialogue with the method debug of a logger, such as console or a pino logger, with secrets
   * masked. null stops the logging. */
  setLogger(logger: { debug(line: string): void } | null): void;

  // The message (RFC 5322)
  addRecipient(email: string, name?: string | null): void;
  addCCRecipient(email: string, name?: string | null): void;
  addBCCRecipient(email: string, name?: string | null): void;
  addAttachment(path: string): void;
  addMsgLine(text: string): void;
  clearMessage(): void;
  delRecipients(): void;
  delCCRecipients(): void;
  delBCCRecipients(): void;
  delAttachments(): void;
  delMsgLines(): void;
  delMsgLine(line: number): void;
  modMsgLine(line: number, text: string): void;
  getRecipientCount(): number;
  getCCRecipientCount(): number;
  getBCCRecipientCount(): number;
  getMsgLines(): number;
  getMsgLineText(line: number): string | null;
  setSubject(subject: string): void;
  setSenderName(name: string): void;
  setSenderMail(email: string): void;
  setReplyTo(replyTo: string): void;
  setXMailer(xMailer: string): void;
  setCharSet(charset: string): void;
  setStrict(strict?: boolean): void;
  setReadReceipt(requestReceipt?: boolean): void;
  setXPriority(priority: number): void;
  setHTML(html?: boolean): void;
  getHTML(): boolean;
  getSubject(): string;
  getSenderName(): string;
  getMailFrom(): string;
  getReplyTo(): string;
  getXMailer(): string;
  getXPriority(): number;

  // The server
  setSMTPServer(server: string, port?: number, authenticate?: boolean): void;
  setSecurityType(securityType: number): void;
  getSecurityType(): number;
  setLogin(login: string): void;
  setPassword(password: string): void;
  setLocalHostName(name: string): void;
  getLocalHostName(): string;
  getLocalHostIP(): string;
  connectRemoteServer(server: string, port?: number, securityType?: number, authenticate?: boolean, login?: string | null, password?: string | null, options?: CallOptions): Promise<void>;
  disconnectRemoteServer(options?: CallOptions): Promise<void>;
  /** Sends the message over the open session of this mailer. If there is none, the message is sent over a
   * session that mailers with the same settings share, and that stays open for ten seconds. */
  send(options?: CallOptions): Promise<void>;
  /** Sends the messages of the given mails over the session of this mailer. Returns the error number of
   * each mail, which is 0 if the mail was accepted. */
  sendBatch(mails: Mailer[], options?: CallOptions): Promise<number[]>;

  // What happened
  getLastErrorText(): string;
  getLastReply(): string;
  getLastReplyCode(): number;
  getLastEnhancedCode(): string;
  getOutcome(): number;

  // Body and parts
  setTextBody(text: string): void;
  setHTMLBody(html: string): void;
  setFlowed(flowed?: boolean): void;
  setEightBit(eightBit?: boolean): void;
  addAttachmentAs(path: string, name?: string | null, contentType?: string | null): void;
  addInlineImage(path: string, contentId: string): void;
  setCalendar(method: string, calendar: string): void;

  // Header fields
  addHeader(name: string, value: string): void;
  delHeaders(): void;
  setMessageID(messageId: string): void;
  getMessageID(): string;
  setDate(seconds: number): void;
  addFrom(email: string, name?: string | null): void;
  setSender(email: string, name?: string | null): void;
  setInReplyTo(messageIds: string): void;
  setReferences(messageIds: string): void;
  setAutoSubmitted(keyword: string): void;
  setListUnsubscribe(uris: string, oneClick?: boolean): void;

  // Signatures
  addDKIMKey(domain: string, selector: string, key: string): void;
  addDKIMKeyFile(domain: string, selector: string, path: string): void;
  delDKIMKeys(): void;
  setSMIMEKey(certificate: string, key: string): void;
  setSMIMEKeyFile(certificateFile: string, keyFile?: string | null): void;
  setKeyPassphrase(passphrase: string): void;

  // The message without a connection
  saveMessage(path: string, options?: CallOptions): Promise<void>;

  // TLS
  setVerifyPeer(verify?: boolean): void;
  setCAFile(path: string): void;
  setCADirectory(path: string): void;
  setClientCertificate(certificateFile: string, keyFile?: string | null): void;
  setPinnedPublicKey(pins: string): void;
  setTLSMinVersion(version: number): void;
  setTLSMaxVersion(version: number): void;
  setTLSServerName(name: string): void;
  getTLSInfo(): string;
  getPeerCertificate(index: number, field: number): string;

  // Login
  setAuthMechanism(mechanisms: string): void;
  setAuthorizationID(id: string): void;
  setClearLogin(allow?: boolean): void;
  setLoginRequired(required?: boolean): void;
  setAccessToken(token: string): void;
  setOAuth2ClientCredentials(tokenUrl: string, clientId: string, clientSecret: string, scope?: string | null): void;
  setOAuth2RefreshToken(tokenUrl: string, clientId: string, clientSecret: string, refreshToken: string, scope?: string | null): void;
  setOAuth2TokenFile(path: string): void;
  getOAuth2TokenFileError(): string;
  getOAuth2RefreshToken(): string;
  setOAuth2Certificate(tokenUrl: string, clientId: string, certificateFile: string, keyFile?: string | null, algorithm?: string | null, scope?: string | null): void;
  setOAuth2AssertionFile(tokenUrl: string, clientId: string, assertionFile: string, scope?: string | null): void;
  setOAuth2ServiceAccount(keyFile: string, mailbox?: string | null, scope?: string | null): void;
  setOAuth2ManagedIdentity(cloud: string, clientId?: string | null, scope?: string | null): void;
  checkToken(options?: CallOptions): Promise<void>;
  getTokenInfo(): string;
  getAuthMechanismUsed(): string;
  getLoginSkipped(): boolean;

  // Connecting
  setServerDomain(domain: string): void;
  setLocalAddress(address: string): void;
  setProxy(url: string): void;
  setExtensionOff(extensions: string): void;
  setServerPause(seconds: number): void;
  setTransport(transport: string): void;
  setTransportEndpoint(url: string): void;
  setLMTP(lmtp?: boolean): void;
  setTimeout(step: number, milliseconds: number): void;
  keepAlive(options?: CallOptions): Promise<void>;
  getPeerAddress(): string;
  getExtension(name: string): string | null;
  getExtensions(): string;

  // The envelope
  setEnvelopeFrom(email: string): void;
  setPartialDelivery(partial?: boolean): void;
  setDSN(notify: string, ret: string, envelopeId: string): void;
  setRecipientDSN(email: string, notify: string, original: string): void;
  setChunking(mode: number): void;
  setRequireTLS(require?: boolean): void;
  setMTPriority(priority: number): void;
  setDeliverBy(seconds: number, mode: string): void;
  setHoldFor(seconds: number): void;
  setHoldUntil(seconds: number): void;

  // Sending in other ways
  sendRawFile(path: string, from?: string | null, recipients?: string | null, options?: CallOptions): Promise<void>;

  // What happened, in detail
  getPhase(): number;
  getErrorKind(): number;
  isLoginError(): boolean;
  isSafeToRetry(): boolean;
  getRetryAfter(): number;
  getQueueID(): string;
  setLogFile(path: string): void;
  setRecordFile(path: string, contents?: boolean): void;
}

/** The result of a mail that was accepted. */
export interface PoolMail {
  /** ACCEPTED or PARTIAL. */
  outcome: number;
  reply: string;
  queueId: string;
  messageId: string;
}

/** Sends many mails over several relays: see csmtp_c.h and docs/pool.md. Callbacks run on Node's thread, and
 * must not return promises. A journal callback that throws an exception counts as one that returns false; a
 * reconcile callback that throws counts as one that returns UNKNOWN. If a callback has thrown an exception,
 * the next wait or drain throws it. */
export class Pool {
  constructor();
  /** Adds a relay with the settings, the log callback and the token callback of a mailer, and returns the
   * number of the relay. The mailer can be changed or closed afterwards. */
  addRelay(relay: Mailer, name?: string | null): number;
  setWeight(relay: number, weight: number): void;
  setSessions(relay: number, sessions: number): void;
  setRate(relay: number, mails: number, seconds: number): void;
  setSessionMails(relay: number, mails: number): void;
  setIdle(relay: number, milliseconds: number): void;
  setQueue(mails: number): void;
  setPause(first: number, longest: number): void;
  setPatience(milliseconds: number): void;
  /** Sets the functions that record each attempt to send a mail. `begin` returns false to prevent the
   * attempt. `end` returns false if it could not record the end. Call setJournal before the first mail. */
  setJournal(begin: ((id: string, relay: number, messageId: string) => boolean | void) | null,
             end: ((id: string, relay: number, outcome: number, queueId: string, reply: string) => boolean | void) | null): void;
  /** Sets the function that finds out whether a mail in doubt was delivered. It returns DELIVERED,
   * NOT_DELIVERED or UNKNOWN. Call setReconcile before the first mail. */
  setReconcile(fn: ((id: string, relay: number, messageId: string) => number) | null): void;
  /** Sets a callback that gets each event, for example to collect statistics. Call setEventCallback before
   * the first mail. */
  setEventCallback(fn: ((event: Event) => void) | null): void;
  /** Puts a copy of a mail in the queue. While the queue is full, the returned promise is pending: do not
   * change the mail before the promise is resolved. Its result contains another promise, `ended`, which is
   * resolved if the mail was accepted, and otherwise rejected with a CSmtpError. If the signal is aborted
   * while the mail is in the pool, the mail is canceled; if it was not sent, `ended` is then rejected with
   * the signal's reason. */
  submit(mail: Mailer, options?: CallOptions & { id?: string | null }): Promise<{ ended: Promise<PoolMail> }>;
  /** Sends a mail and waits for the outcome. The getters of the mail then report on the outcome. */
  send(mail: Mailer, options?: CallOptions): Promise<void>;
  /** Waits until no mails are pending, but at most `milliseconds` ms. Returns false if mails are still
   * pending. */
  wait(milliseconds?: number): Promise<boolean>;
  /** Makes the pool refuse further mails, and waits as wait does. */
  drain(milliseconds?: number): Promise<boolean>;
  /** Cancels all mails. */
  cancel(): void;
  /** Cancels all mails, and frees the pool when the promises of all mails are settled. */
  close(): Promise<void>;
  /** Same as close, for `await using`. */
  [Symbol.asyncDispose](): Promise<void>;
  getCount(relay: number, what: number): number;
  getQueued(): number;
  getRelayName(relay: number): string;
  getRelayError(relay: number): string;
}

/** Returns the library's version, such as "1.0.0". */
export function version(): string;
/** Returns the general text for an error number, without the details of a failed call. */
export function errorText(number: number): string;

export * from './numbers';
