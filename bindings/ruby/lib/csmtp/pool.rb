# SPDX-License-Identifier: MIT
# frozen_string_literal: true

module Csmtp
  # Sends many mails over several relays: see docs/pool.md. The pool sends on threads of the
  # library. Ruby cannot run callbacks on such threads, so the callbacks of the pool run inside
  # 'wait', 'drain', 'deliver' and 'close', and inside 'submit' while it waits. A mail makes no
  # progress while one of its callbacks waits to be run: call 'wait' often. A journal callback that
  # raises an exception counts as one that returns false; a reconcile callback that raises one
  # counts as one that returns UNKNOWN. If a callback has raised an exception, the next 'wait' or
  # 'drain' raises it after it has waited; 'close' prints it to $stderr.
  class Pool < Handle
    include PoolMethods

    # Makes a pool, passes it to the block, and closes the pool at the end of the block. Closing
    # cancels the mails whose outcome is not yet known. Returns the value of the block. Without a
    # block, returns the pool, which then remains open.
    def self.open
      pool = new
      return pool unless block_given?

      begin
        yield pool
      ensure
        pool.close
      end
    end

    def initialize
      super
      @relays = 0
      @adding = Mutex.new
      own(Library.call(:PoolNew))
      check(:PoolSetCallbacksInWait, true)
    end

    def initialize_copy(_other)
      raise TypeError, "a pool cannot be copied"
    end

    # Adds a relay with the settings of a Mailer, and returns the number of the relay. The Mailer
    # can be closed afterwards. If it has a log or token callback, add_relay raises an exception,
    # because the pool would call it on threads of the library.
    def add_relay(relay, name = nil)
      unless (relay.state.callbacks.keys & %i[SetLogCallback SetTokenCallback]).empty?
        raise ArgumentError, "add_relay: Ruby cannot run log and token callbacks on threads of the library: " \
                             "use set_log_file, and set_access_token or one of the methods set_oauth2_..."
      end

      @adding.synchronize do
        check(:PoolAddRelay, relay.handle, name)
        (@relays += 1) - 1
      end
    end

    # Sets the journal, which records each attempt to send a mail: two objects with the method
    # 'call', or nil. 'begins' gets the id of a mail, the number of the relay and the Message-ID,
    # and returns false to prevent the attempt. 'ends' gets the id, the number of the relay, the
    # outcome, the queue id and the reply, and returns false if it could not record the end.
    def set_journal(begins, ends)
      # C calls both functions with the same number, so one callback handles both.
      number = Callbacks.add(->(*arguments) { (arguments.size == 3 ? begins : ends).call(*arguments) }, pool: true)
      begin
        check(:PoolSetJournal, begins && Callbacks::SENDING, ends && Callbacks::ENDED, number)
      rescue StandardError
        Callbacks.drop(number)
        raise
      end
      @state.readers << number
      nil
    end

    # Sets a block that finds out whether a mail in doubt was delivered. The block gets the id, the
    # number of the relay and the Message-ID, and returns Csmtp::DELIVERED, NOT_DELIVERED or
    # UNKNOWN.
    def set_reconcile(&block)
      callback(:PoolSetReconcile, Callbacks::RECONCILE, block, pool: true)
    end

    # Sets a block that gets each Csmtp::Event of all relays and mails, for example to collect
    # statistics: see docs/events.md.
    def set_event_callback(&block)
      callback(:SetEventCallback, Callbacks::EVENT, block, pool: true)
    end

    # Sends a mail and waits for the outcome. Raises an Error if the mail was not accepted.
    def deliver(mail)
      forget(mail.handle)
      error = Call.during(mail.handle, @state.raised) do
        number = Library.call(:PoolSend, handle, mail.handle)
        Error.new(Library.call(:GetLastError, mail.handle) == number ? mail.handle : handle, number) unless number.zero?
      end
      raise error if error
    end

    # Puts a copy of a mail in the queue. 'id' identifies the mail in the journal; nil means the
    # Message-ID. When the outcome of the mail is known, the block gets a PoolMail. If the queue is
    # full, submit waits for at most 'milliseconds' ms; nil means no limit. Returns false if the
    # queue is still full after that time. If Timeout or another interrupt ends submit, the mail can
    # already be in the queue; the block is then called as usual.
    def submit(mail, id: nil, milliseconds: nil, &done)
      key = nil
      key = Callbacks.add(lambda { |ended, error|
        Callbacks.drop(key)
        done&.call(outcome(ended, error))
      }, pool: true)
      accepted = false
      begin
        accepted = Deadline.wait(milliseconds) do |slice|
          error = number = nil
          Call.during(mail.handle, @state.raised) do
            number = Library.call(:PoolSubmit, handle, mail.handle, id, slice, Callbacks::DONE, key, nil)
            accepted ||= number.zero?
            error = Error.new(handle, number) unless [NO_ERROR, BUSY].include?(number)
          end
          raise error if error

          number.zero?
        end
      ensure
        Callbacks.drop(key) unless accepted
      end
    end

    # Waits until no mails are pending, but at most 'milliseconds' ms; nil means no limit. Returns
    # false if mails are still pending. If a callback has raised an exception, wait raises it after
    # it has waited, so that other mails are not affected.
    def wait(milliseconds = nil)
      wait_for(:PoolWait, milliseconds)
    end

    # Makes the pool refuse further mails, and waits as 'wait' does.
    def drain(milliseconds = nil)
      wait_for(:PoolDrain, milliseconds)
    end

    private

    def wait_for(name, milliseconds)
      ended = Deadline.wait(milliseconds) do |slice|
        error = number = nil
        Call.during(0, @state.raised) do
          number = Library.call(name, handle, slice)
          error = Error.new(handle, number) unless [NO_ERROR, BUSY].include?(number)
        end
        raise error if error

        number.zero?
      end
      raised = @state.raised.shift
      raise raised if raised

      ended
    end

    def outcome(ended, error)
      PoolMail.new(error: error, outcome: Library.call(:GetOutcome, ended), text: error.zero? ? "" : Library.call(:GetLastErrorText, ended),
                   reply: Library.call(:GetLastReply, ended), queue_id: Library.call(:GetQueueID, ended),
                   message_id: Library.call(:GetMessageID, ended), safe_to_retry: Library.call(:IsSafeToRetry, ended) != 0)
    end
  end
end
