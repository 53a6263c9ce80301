# SPDX-License-Identifier: MIT
# frozen_string_literal: true

# Sends mail with libcsmtp: all functions of csmtp_c.h, with exceptions.
#
#   require "csmtp"
#
#   Csmtp::Mailer.open do |mail|
#     mail.set_smtp_server("mail.example.org", 587)
#     mail.set_security_type(Csmtp::USE_TLS)
#     mail.set_login("alice")
#     mail.set_password("secret")
#     mail.set_sender_mail("alice@example.org")
#     mail.add_recipient("bob@example.org", "Bob")
#     mail.set_subject("Hello")
#     mail.set_text_body("Hello, Bob.")
#     mail.deliver
#   end
#
# Each method calls the C function with the same name: set_smtp_server calls
# CSmtp_SetSMTPServer. If a function returns an error number, the method raises
# Csmtp::Error. docs/ruby.md describes the methods that only this module has.
#
# Texts are passed as UTF-8, which is the default charset. For another charset, call
# set_char_set and pass binary strings (String#b).
module Csmtp
  # The result of the last mail for one recipient. If there was no reply, 'code' is 0 and 'reply' is "".
  Recipient = Struct.new(:address, :accepted, :code, :enhanced_code, :reply, keyword_init: true)

  # The result of a mail that a pool has sent or failed to send.
  PoolMail = Struct.new(:error, :outcome, :text, :reply, :queue_id, :message_id, :safe_to_retry, keyword_init: true)
end

require "csmtp/functions"
require "csmtp/library"
require "csmtp/error"
require "csmtp/pair"
require "csmtp/call"
require "csmtp/callbacks"
require "csmtp/methods"
require "csmtp/handle"
require "csmtp/mailer"
require "csmtp/pool"
