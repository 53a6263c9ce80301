// SPDX-License-Identifier: MIT
//
// csmtp_extensions.h: methods that the old class did not have. Class CSmtp inherits them.
// Include CSmtp.h instead of this file.
#ifndef CSMTP_EXTENSIONS_H
#define CSMTP_EXTENSIONS_H

#include <string>

#include "csmtp_core.h"

namespace csmtp_detail {
CSMTP_INLINE_NAMESPACE
struct Sending;
CSMTP_END_INLINE_NAMESPACE
} // namespace csmtp_detail

// The base class of CSmtp. The comment above class CSmtp in CSmtp.h also applies to
// these methods.
class CSmtpExtensions {
 public:
  // ---- Body and parts ----
  // Set the plain text and the HTML form of the body.
  void SetTextBody(const char *text) { m_csmtp.Check(CSmtp_SetTextBody(m_csmtp.Get(), text)); }
  void SetHTMLBody(const char *html) { m_csmtp.Check(CSmtp_SetHTMLBody(m_csmtp.Get(), html)); }
  // If 'strict' is true, the library refuses texts that are otherwise sent: texts in an
  // unknown charset, and subjects and names that contain control characters.
  void SetStrict(bool strict = true) { m_csmtp.SetStrict(strict); }
  // SetFlowed marks the text as format=flowed. SetEightBit sends 8-bit text unencoded
  // if the server offers 8BITMIME.
  void SetFlowed(bool flowed = true) { m_csmtp.Check(CSmtp_SetFlowed(m_csmtp.Get(), flowed)); }
  void SetEightBit(bool eight_bit = true) { m_csmtp.Check(CSmtp_SetEightBit(m_csmtp.Get(), eight_bit)); }
  // Add an attachment: a file under a name other than its own, or data in memory.
  void AddAttachmentAs(const char *path, const char *name, const char *content_type = nullptr) {
    m_csmtp.Check(CSmtp_AddAttachmentAs(m_csmtp.Get(), path, name, content_type));
  }
  void AddAttachmentData(const char *name, const char *content_type, const void *data, size_t size) {
    m_csmtp.Check(CSmtp_AddAttachmentData(m_csmtp.Get(), name, content_type, data, size));
  }
  // Adds an attachment whose content the function 'read' provides. 'read' stores at
  // most 'capacity' octets in 'buffer' and returns their number, 0 at the end, or -1 on
  // failure. If 'capacity' is 0, 'read' must start again from the first octet. If 'read'
  // throws an exception, the method that has called 'read', such as Send, throws it again.
  void AddAttachmentReader(const char *name, const char *content_type, int64_t size,
                           const csmtp_detail::Function<int64_t(void *buffer, size_t capacity)> &read) {
    m_csmtp.AddReader(name, content_type, size, read);
  }
  // Add an image that the HTML body shows with <img src="cid:CONTENT_ID">.
  void AddInlineImage(const char *path, const char *content_id) { m_csmtp.Check(CSmtp_AddInlineImage(m_csmtp.Get(), path, content_id)); }
  void AddInlineImageData(const char *content_id, const char *name, const char *content_type, const void *data, size_t size) {
    m_csmtp.Check(CSmtp_AddInlineImageData(m_csmtp.Get(), content_id, name, content_type, data, size));
  }
  // Adds a calendar invitation.
  void SetCalendar(const char *method, const char *calendar) { m_csmtp.Check(CSmtp_SetCalendar(m_csmtp.Get(), method, calendar)); }

  // ---- Header fields ----
  // AddHeader adds a header field. DelHeaders removes all fields that AddHeader added.
  void AddHeader(const char *name, const char *value) { m_csmtp.Check(CSmtp_AddHeader(m_csmtp.Get(), name, value)); }
  void DelHeaders() { m_csmtp.Check(CSmtp_DelHeaders(m_csmtp.Get())); }
  // SetMessageID sets the Message-ID. GetMessageID returns the one that was set, or that
  // of the last mail. SetDate sets the Date, in seconds since 1970.
  void SetMessageID(const char *message_id) { m_csmtp.Check(CSmtp_SetMessageID(m_csmtp.Get(), message_id)); }
  const char *GetMessageID() const { return CSmtp_GetMessageID(m_csmtp.Get()); }
  void SetDate(int64_t seconds) { m_csmtp.Check(CSmtp_SetDate(m_csmtp.Get(), seconds)); }
  // AddFrom adds an author. SetSender sets the Sender, who submits the mail for the authors.
  void AddFrom(const char *email, const char *name = nullptr) { m_csmtp.Check(CSmtp_AddFrom(m_csmtp.Get(), email, name)); }
  void SetSender(const char *email, const char *name = nullptr) { m_csmtp.Check(CSmtp_SetSender(m_csmtp.Get(), email, name)); }
  // Set the header field of the same name. "" removes it.
  void SetInReplyTo(const char *message_ids) { m_csmtp.Check(CSmtp_SetInReplyTo(m_csmtp.Get(), message_ids)); }
  void SetReferences(const char *message_ids) { m_csmtp.Check(CSmtp_SetReferences(m_csmtp.Get(), message_ids)); }
  void SetAutoSubmitted(const char *keyword) { m_csmtp.Check(CSmtp_SetAutoSubmitted(m_csmtp.Get(), keyword)); }
  void SetListUnsubscribe(const char *uris, bool one_click = false) { m_csmtp.Check(CSmtp_SetListUnsubscribe(m_csmtp.Get(), uris, one_click)); }

  // ---- Signatures ----
  // AddDKIMKey and AddDKIMKeyFile add a key for a DKIM signature. 'key' is a text in PEM
  // form. DelDKIMKeys removes all keys.
  void AddDKIMKey(const char *domain, const char *selector, const char *key) { m_csmtp.Check(CSmtp_AddDKIMKey(m_csmtp.Get(), domain, selector, key)); }
  void AddDKIMKeyFile(const char *domain, const char *selector, const char *path) { m_csmtp.Check(CSmtp_AddDKIMKeyFile(m_csmtp.Get(), domain, selector, path)); }
  void DelDKIMKeys() { m_csmtp.Check(CSmtp_DelDKIMKeys(m_csmtp.Get())); }
  // Sign with S/MIME. 'certificate' and 'key' are texts in PEM form.
  void SetSMIMEKey(const char *certificate, const char *key) { m_csmtp.Check(CSmtp_SetSMIMEKey(m_csmtp.Get(), certificate, key)); }
  void SetSMIMEKeyFile(const char *certificate_file, const char *key_file = nullptr) { m_csmtp.Check(CSmtp_SetSMIMEKeyFile(m_csmtp.Get(), certificate_file, key_file)); }
  // Sets the pass phrase for the keys and certificates that are set afterwards.
  void SetKeyPassphrase(const char *passphrase) { m_csmtp.Check(CSmtp_SetKeyPassphrase(m_csmtp.Get(), passphrase)); }

  // If 'verify' is false, every certificate that the server presents is accepted.
  void SetVerifyPeer(bool verify) { m_csmtp.SetVerifyPeer(verify); }
  // Set which certificates to trust and which one to present to the server. The
  // methods throw ECSmtp if a certificate is invalid.
  void SetCAFile(const char *path) { m_csmtp.Check(CSmtp_SetCAFile(m_csmtp.Get(), path)); }
  void SetCADirectory(const char *path) { m_csmtp.Check(CSmtp_SetCADirectory(m_csmtp.Get(), path)); }
  void SetClientCertificate(const char *certificate_file, const char *key_file = nullptr) {
    m_csmtp.Check(CSmtp_SetClientCertificate(m_csmtp.Get(), certificate_file, key_file));
  }
  void SetPinnedPublicKey(const char *pins) { m_csmtp.Check(CSmtp_SetPinnedPublicKey(m_csmtp.Get(), pins)); }
  // SetTLSMinVersion and SetTLSMaxVersion set the oldest and the newest TLS version to
  // accept (a constant CSMTP_TLS_...). SetTLSServerName sets the name that the server's
  // certificate must contain.
  void SetTLSMinVersion(int version) { m_csmtp.Check(CSmtp_SetTLSMinVersion(m_csmtp.Get(), version)); }
  void SetTLSMaxVersion(int version) { m_csmtp.Check(CSmtp_SetTLSMaxVersion(m_csmtp.Get(), version)); }
  void SetTLSServerName(const char *name) { m_csmtp.Check(CSmtp_SetTLSServerName(m_csmtp.Get(), name)); }
  // GetTLSInfo returns the TLS version and the cipher suite. GetPeerCertificate returns
  // a field, CSMTP_CERTIFICATE_..., of a certificate that the server has sent.
  const char *GetTLSInfo() const { return CSmtp_GetTLSInfo(m_csmtp.Get()); }
  const char *GetPeerCertificate(unsigned int index, int field) const { return CSmtp_GetPeerCertificate(m_csmtp.Get(), index, field); }

  // ---- Login ----
  // Set how to log in.
  void SetAuthMechanism(const char *mechanisms) { m_csmtp.Check(CSmtp_SetAuthMechanism(m_csmtp.Get(), mechanisms)); }
  void SetAuthorizationID(const char *id) { m_csmtp.Check(CSmtp_SetAuthorizationID(m_csmtp.Get(), id)); }
  void SetClearLogin(bool allow) { m_csmtp.Check(CSmtp_SetClearLogin(m_csmtp.Get(), allow)); }
  void SetLoginRequired(bool required = true) { m_csmtp.Check(CSmtp_SetLoginRequired(m_csmtp.Get(), required)); }
  void SetAccessToken(const char *token) { m_csmtp.Check(CSmtp_SetAccessToken(m_csmtp.Get(), token)); }
  // Sets a function that returns an access token, or "" if there is none. 'refused' is
  // true if the server refused the last token. If fn throws an exception, the method
  // that needs the token, such as Send, throws it again. nullptr removes fn.
  void SetTokenCallback(const csmtp_detail::Function<std::string(bool refused)> &fn) {
    if (!fn) return m_csmtp.SetToken(nullptr);
    m_csmtp.SetToken(csmtp_detail::TokenSource<std::string>{fn});
  }
  // Let the library get access tokens itself.
  void SetOAuth2ClientCredentials(const char *token_url, const char *client_id, const char *client_secret, const char *scope) {
    m_csmtp.Check(CSmtp_SetOAuth2ClientCredentials(m_csmtp.Get(), token_url, client_id, client_secret, scope));
  }
  void SetOAuth2RefreshToken(const char *token_url, const char *client_id, const char *client_secret,
                             const char *refresh_token, const char *scope) {
    m_csmtp.Check(CSmtp_SetOAuth2RefreshToken(m_csmtp.Get(), token_url, client_id, client_secret, refresh_token, scope));
  }
  void SetOAuth2Certificate(const char *token_url, const char *client_id, const char *certificate_file,
                            const char *key_file = nullptr, const char *algorithm = nullptr, const char *scope = nullptr) {
    m_csmtp.Check(CSmtp_SetOAuth2Certificate(m_csmtp.Get(), token_url, client_id, certificate_file, key_file, algorithm, scope));
  }
  void SetOAuth2AssertionFile(const char *token_url, const char *client_id, const char *assertion_file, const char *scope = nullptr) {
    m_csmtp.Check(CSmtp_SetOAuth2AssertionFile(m_csmtp.Get(), token_url, client_id, assertion_file, scope));
  }
  void SetOAuth2ServiceAccount(const char *key_file, const char *mailbox = nullptr, const char *scope = nullptr) {
    m_csmtp.Check(CSmtp_SetOAuth2ServiceAccount(m_csmtp.Get(), key_file, mailbox, scope));
  }
  void SetOAuth2ManagedIdentity(const char *cloud, const char *client_id = nullptr, const char *scope = nullptr) {
    m_csmtp.Check(CSmtp_SetOAuth2ManagedIdentity(m_csmtp.Get(), cloud, client_id, scope));
  }
  // CheckToken gets a token in order to check the settings. GetTokenInfo returns the
  // main claims of that token.
  void CheckToken() { m_csmtp.Ran(CSmtp_CheckToken(csmtp_detail::Mailer::Running(m_csmtp))); }
  const char *GetTokenInfo() const { return CSmtp_GetTokenInfo(m_csmtp.Get()); }
  // SetOAuth2TokenFile sets the file in which the tokens are kept.
  // GetOAuth2TokenFileError returns why the file could not be written or locked.
  void SetOAuth2TokenFile(const char *path) { m_csmtp.Check(CSmtp_SetOAuth2TokenFile(m_csmtp.Get(), path)); }
  const char *GetOAuth2TokenFileError() const { return CSmtp_GetOAuth2TokenFileError(m_csmtp.Get()); }
  const char *GetAuthMechanismUsed() const { return CSmtp_GetAuthMechanismUsed(m_csmtp.Get()); }
  // Reports whether a login is set, but the library did not log in to the open session (or
  // to the last one, if none is open), because the server did not offer AUTH.
  bool GetLoginSkipped() const { return CSmtp_GetLoginSkipped(m_csmtp.Get()) != 0; }
  const char *GetOAuth2RefreshToken() const { return CSmtp_GetOAuth2RefreshToken(m_csmtp.Get()); }

  // ---- Connecting ----
  // Set how to reach the server. SetTimeout takes CSMTP_TIMEOUT_... and milliseconds.
  void SetServerDomain(const char *domain) { m_csmtp.Check(CSmtp_SetServerDomain(m_csmtp.Get(), domain)); }
  void SetLocalAddress(const char *address) { m_csmtp.Check(CSmtp_SetLocalAddress(m_csmtp.Get(), address)); }
  void SetProxy(const char *url) { m_csmtp.Check(CSmtp_SetProxy(m_csmtp.Get(), url)); }
  // SetTransport sets how mail is sent: by "smtp", "microsoft-graph" or "gmail-api".
  // SetTransportEndpoint sets the https URL of the service.
  void SetTransport(const char *transport) { m_csmtp.Check(CSmtp_SetTransport(m_csmtp.Get(), transport)); }
  void SetTransportEndpoint(const char *url) { m_csmtp.Check(CSmtp_SetTransportEndpoint(m_csmtp.Get(), url)); }
  // Sets how many seconds a server is paused after it has failed. During the pause, the
  // other servers are tried first.
  void SetServerPause(unsigned int seconds) { m_csmtp.Check(CSmtp_SetServerPause(m_csmtp.Get(), seconds)); }
  // Sets the service extensions that the library must not use, such as "PIPELINING SIZE".
  void SetExtensionOff(const char *extensions) { m_csmtp.Check(CSmtp_SetExtensionOff(m_csmtp.Get(), extensions)); }
  void SetLMTP(bool lmtp = true) { m_csmtp.Check(CSmtp_SetLMTP(m_csmtp.Get(), lmtp)); }
  void SetTimeout(int step, unsigned int milliseconds) { m_csmtp.Check(CSmtp_SetTimeout(m_csmtp.Get(), step, milliseconds)); }
  // Keeps the open session alive: over SMTP, sends NOOP; over HTTPS, connects again if the
  // service has closed the connection. Throws CONNECTION_CLOSED if no session is open.
  void KeepAlive() { m_csmtp.Ran(CSmtp_KeepAlive(csmtp_detail::Mailer::Running(m_csmtp))); }
  // GetPeerAddress returns the server's address. GetExtension returns the parameters of a
  // service extension of the open session, or nullptr if the server does not offer it.
  // GetExtensions returns all extensions of the session.
  const char *GetPeerAddress() const { return CSmtp_GetPeerAddress(m_csmtp.Get()); }
  const char *GetExtension(const char *name) const { return CSmtp_GetExtension(m_csmtp.Get(), name); }
  const char *GetExtensions() const { return CSmtp_GetExtensions(m_csmtp.Get()); }

  // ---- The envelope ----
  // SetEnvelopeFrom sets the reverse-path. SetPartialDelivery sets whether to send to some
  // recipients if others are refused.
  void SetEnvelopeFrom(const char *email) { m_csmtp.Check(CSmtp_SetEnvelopeFrom(m_csmtp.Get(), email)); }
  void SetPartialDelivery(bool partial = true) { m_csmtp.Check(CSmtp_SetPartialDelivery(m_csmtp.Get(), partial)); }
  // Request delivery status notifications, for all recipients or for one.
  void SetDSN(const char *notify, const char *ret = "", const char *envelope_id = "") {
    m_csmtp.Check(CSmtp_SetDSN(m_csmtp.Get(), notify, ret, envelope_id));
  }
  void SetRecipientDSN(const char *email, const char *notify, const char *original = "") {
    m_csmtp.Check(CSmtp_SetRecipientDSN(m_csmtp.Get(), email, notify, original));
  }
  // Set parameters of the mail transaction. SetChunking takes CSMTP_DATA, CSMTP_BDAT
  // or CSMTP_BINARY; times are in seconds.
  void SetChunking(int mode) { m_csmtp.Check(CSmtp_SetChunking(m_csmtp.Get(), mode)); }
  void SetRequireTLS(bool require = true) { m_csmtp.Check(CSmtp_SetRequireTLS(m_csmtp.Get(), require)); }
  void SetMTPriority(int priority) { m_csmtp.Check(CSmtp_SetMTPriority(m_csmtp.Get(), priority)); }
  void SetDeliverBy(int seconds, const char *mode) { m_csmtp.Check(CSmtp_SetDeliverBy(m_csmtp.Get(), seconds, mode)); }
  void SetHoldFor(unsigned int seconds) { m_csmtp.Check(CSmtp_SetHoldFor(m_csmtp.Get(), seconds)); }
  void SetHoldUntil(int64_t seconds) { m_csmtp.Check(CSmtp_SetHoldUntil(m_csmtp.Get(), seconds)); }

  // Report whether the asynchronous Send has ended. Wait waits until it has ended, but
  // at most for the given time. Poll and Wait throw ECSmtp if the Send has failed.
  bool Poll() { return m_csmtp.Ended(CSmtp_Poll(m_csmtp.Get())); }
  bool Wait(unsigned int milliseconds) { return m_csmtp.Ended(CSmtp_Wait(m_csmtp.Get(), milliseconds)); }
  // Cancels the running call on this object, or its asynchronous Send. The canceled call
  // throws CANCELED.
  void Cancel() { m_csmtp.Check(CSmtp_Cancel(m_csmtp.Get())); }

  // ---- What happened, in detail ----
  // Describe the last call. GetOutcome returns an outcome, such as CSMTP_ACCEPTED,
  // GetPhase returns a constant CSMTP_PHASE_..., and GetErrorKind returns a constant
  // CSMTP_KIND_... (see csmtp_c.h). If the call threw an exception, the methods of the
  // exception return the same values.
  int GetOutcome() const { return CSmtp_GetOutcome(m_csmtp.Get()); }
  int GetPhase() const { return CSmtp_GetPhase(m_csmtp.Get()); }
  int GetErrorKind() const { return CSmtp_GetErrorKind(m_csmtp.Get()); }
  bool IsLoginError() const { return CSmtp_IsLoginError(m_csmtp.Get()) != 0; }
  bool IsSafeToRetry() const { return CSmtp_IsSafeToRetry(m_csmtp.Get()) != 0; }
  // Returns the number of seconds to wait before the next mail, if the mail service has
  // requested a delay; otherwise 0.
  int GetRetryAfter() const { return CSmtp_GetRetryAfter(m_csmtp.Get()); }
  const char *GetLastErrorText() const { return CSmtp_GetLastErrorText(m_csmtp.Get()); }
  const char *GetLastReply() const { return CSmtp_GetLastReply(m_csmtp.Get()); }
  int GetLastReplyCode() const { return CSmtp_GetLastReplyCode(m_csmtp.Get()); }
  const char *GetLastEnhancedCode() const { return CSmtp_GetLastEnhancedCode(m_csmtp.Get()); }
  const char *GetQueueID() const { return CSmtp_GetQueueID(m_csmtp.Get()); }
  // Return the results of the last attempt to send. There is one row for each recipient; the
  // first row has the number 0.
  unsigned int GetResultCount() const { return CSmtp_GetResultCount(m_csmtp.Get()); }
  const char *GetResultRecipient(unsigned int row) const { return CSmtp_GetResultRecipient(m_csmtp.Get(), row); }
  bool GetResultAccepted(unsigned int row) const { return CSmtp_GetResultAccepted(m_csmtp.Get(), row) != 0; }
  int GetResultCode(unsigned int row) const { return CSmtp_GetResultCode(m_csmtp.Get(), row); }
  const char *GetResultEnhancedCode(unsigned int row) const { return CSmtp_GetResultEnhancedCode(m_csmtp.Get(), row); }
  const char *GetResultReply(unsigned int row) const { return CSmtp_GetResultReply(m_csmtp.Get(), row); }
  // Set the callbacks. If a callback throws an exception, the method that has run the
  // callback ends and throws the same exception. nullptr removes a callback.
  void SetProgressCallback(const csmtp_detail::Function<int(int64_t sent, int64_t total)> &fn) { m_csmtp.SetProgress(fn); }
  void SetLogCallback(const csmtp_detail::Function<void(int direction, const char *line)> &fn) { m_csmtp.SetLog(fn); }
  // Sets a function that is called for each event of a connection or a mail, for example
  // to collect statistics: see docs/events.md. Call this method before the connection is
  // opened.
  void SetEventCallback(const csmtp_detail::Function<void(const CSmtpEvent &event)> &fn) { m_csmtp.SetEvent(fn); }
  // Appends the dialogue with the server to a file. "" stops the logging.
  void SetLogFile(const char *path) { m_csmtp.Check(CSmtp_SetLogFile(m_csmtp.Get(), path)); }
  // Writes later sessions to a file, as a transcript that csmtp-testserver can replay. ""
  // stops the recording. If 'contents' is false, the transcript contains neither mail
  // addresses nor messages.
  void SetRecordFile(const char *path, bool contents = false) { m_csmtp.Check(CSmtp_SetRecordFile(m_csmtp.Get(), path, contents)); }

  bool m_bHTML; // whether the lines of the body are sent as HTML

 protected:
  constexpr CSmtpExtensions() noexcept : m_bHTML(false), m_csmtp() {}

  csmtp_detail::Mailer m_csmtp;
  friend struct csmtp_detail::Sending;
};

#endif // CSMTP_EXTENSIONS_H
