# SPDX-License-Identifier: MIT
# send.rb SERVER PORT LOGIN PASSWORD CA-FILE: sends a mail over STARTTLS, then one that
# the server refuses. Uses Fiddle, which is part of Ruby.
require "fiddle"
require "fiddle/import"

module CSmtp
  extend Fiddle::Importer
  dlload "libcsmtp.so.1"
  extern "uintptr_t CSmtp_New()"
  extern "void CSmtp_Free(uintptr_t)"
  extern "int CSmtp_SetSMTPServer(uintptr_t, const char *, unsigned short, int)"
  extern "int CSmtp_SetSecurityType(uintptr_t, int)"
  %w[SetCAFile SetLogin SetPassword SetCharSet SetSenderName SetSenderMail
     SetSubject AddMsgLine SetHTMLBody].each do |name|
    extern "int CSmtp_#{name}(uintptr_t, const char *)"
  end
  extern "int CSmtp_AddRecipient(uintptr_t, const char *, const char *)"
  extern "int CSmtp_AddCCRecipient(uintptr_t, const char *, const char *)"
  extern "int CSmtp_AddAttachmentData(uintptr_t, const char *, const char *, const void *, size_t)"
  %w[Send DelRecipients DelCCRecipients].each { |name| extern "int CSmtp_#{name}(uintptr_t)" }
  extern "const char *CSmtp_GetLastErrorText(uintptr_t)"

  USE_TLS = 1
  class Error < StandardError; end

  # If the result is not 0, raises an error that holds the server's reply.
  def self.call(name, mail, *arguments)
    number = send("CSmtp_#{name}", mail, *arguments)
    raise Error, "#{number}: #{CSmtp_GetLastErrorText(mail).to_s.force_encoding('UTF-8')}" unless number.zero?
  end
end

server, port, login, password, ca_file = ARGV
handle = CSmtp.CSmtp_New
mail = ->(name, *arguments) { CSmtp.call(name, handle, *arguments) }
sent = false
begin
  mail.(:SetSMTPServer, server, port.to_i, 1)
  mail.(:SetSecurityType, CSmtp::USE_TLS)
  mail.(:SetCAFile, ca_file)
  mail.(:SetLogin, login)
  mail.(:SetPassword, password)

  mail.(:SetCharSet, "UTF-8")
  mail.(:SetSenderName, "Zoë Ångström")
  mail.(:SetSenderMail, "alice@test.example")
  mail.(:AddRecipient, "bob@test.example", "Jürgen Groß")
  mail.(:AddCCRecipient, "carol@test.example", "Łucja Żak")
  mail.(:SetSubject, "The café's menu, déjà vu")
  mail.(:AddMsgLine, "Two crêpes and a café au lait: 9 €.")
  mail.(:AddMsgLine, "The menu is attached.")
  mail.(:SetHTMLBody, "<p>Two crêpes and a café au lait: <b>9 €</b>.</p>")
  menu = "Crêpe: 3 €\nCafé au lait: 3 €\n"
  mail.(:AddAttachmentData, "menü.txt", "text/plain; charset=utf-8", menu, menu.bytesize)
  mail.(:Send)
  sent = true

  mail.(:DelRecipients)
  mail.(:DelCCRecipients)
  mail.(:AddRecipient, "refused@test.example", nil)
  mail.(:Send)
rescue CSmtp::Error => e
  puts e.message
ensure
  CSmtp.CSmtp_Free(handle)
end
exit sent
