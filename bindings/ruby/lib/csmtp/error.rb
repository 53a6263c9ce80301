# SPDX-License-Identifier: MIT
# frozen_string_literal: true

module Csmtp
  # A failed call. The message says what failed, what the server replied, and what to do.
  class Error < StandardError
    # The error number of csmtp_c.h, such as Csmtp::COMMAND_RCPT_TO.
    attr_reader :number
    # The step of the session that failed, such as Csmtp::PHASE_RCPT.
    attr_reader :phase
    # The kind of the error, such as Csmtp::KIND_TIMEOUT.
    attr_reader :kind
    # The server's reply, such as "550 5.1.1 No such user"; "" if there was none.
    attr_reader :reply
    # The code of the reply, such as 550; 0 if there was none.
    attr_reader :reply_code
    # The enhanced status code, such as "5.1.1"; "" if there was none.
    attr_reader :enhanced_code
    # What happened to the mail, such as Csmtp::IN_DOUBT.
    attr_reader :outcome
    # The number of seconds to wait before the next mail, if the mail service has requested a delay;
    # otherwise 0.
    attr_reader :retry_after

    # Reports whether nothing was delivered and a later attempt might succeed.
    def safe_to_retry? = @safe_to_retry

    # Reports whether the login failed and would fail again with the same credentials.
    def login_error? = @login_error

    # Makes the error of a call that returned the error number 'number'. The details are those of the last
    # call on the handle. If 'text' is not nil, it is the message.
    def initialize(handle, number, text = nil)
      text ||= Library.call(:GetLastErrorText, handle)
      super(text.empty? ? Csmtp.error_text(number) : text)
      @number = number
      @phase = Library.call(:GetPhase, handle)
      @kind = Library.call(:GetErrorKind, handle)
      @reply = Library.call(:GetLastReply, handle)
      @reply_code = Library.call(:GetLastReplyCode, handle)
      @enhanced_code = Library.call(:GetLastEnhancedCode, handle)
      @login_error = Library.call(:IsLoginError, handle) != 0
      @retry_after = Library.call(:GetRetryAfter, handle)
      # If the call was refused because a mail is being sent, do not call GetOutcome: it would wait
      # until that send is over, and return the outcome of that mail.
      busy = number == BUSY
      @outcome = busy ? NOT_SENT : Library.call(:GetOutcome, handle)
      @safe_to_retry = !busy && Library.call(:IsSafeToRetry, handle) != 0
    end
  end
end
