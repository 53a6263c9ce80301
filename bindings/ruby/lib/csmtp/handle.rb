# SPDX-License-Identifier: MIT
# frozen_string_literal: true

module Csmtp
  # A handle of the library, with the callbacks and files that are freed when the handle is freed.
  # Because a State does not refer to its Mailer or Pool, the Mailer or Pool can be
  # garbage-collected.
  class State
    attr_reader :handle, :callbacks, :readers, :files, :raised

    def initialize(handle)
      raise Error.new(0, Library.call(:GetLastError, 0)) if handle.zero?

      @handle = handle
      @callbacks = {} # maps the C function that has set a callback to the number of the callback
      @readers = [] # the numbers of the callbacks that read attachments, and of a pool's journals
      @files = [] # temporary files with attachments
      @raised = [] # exceptions of a pool's callbacks
    end

    # Passes the handle to the block, which frees it. Then frees the callbacks and files, even if the
    # block raises an exception of a callback.
    def free
      handle, @handle = @handle, 0
      return if handle.zero?

      begin
        yield handle
      ensure
        callbacks.each_value { |number| Callbacks.drop(number) }
        forget_readers
      end
    end

    def forget_readers
      readers.each { |number| Callbacks.drop(number) }
      readers.clear
      files.each(&:close!)
      files.clear
    end

    # Returns a finalizer, which frees the handle when the Mailer or Pool has been
    # garbage-collected, or at the end of the program.
    def finalizer
      proc { Reaper.free(self) }
    end

    # Frees the handle on this thread.
    def free_here
      free { |handle| Call.here { Library.call(:Free, handle) } }
    end
  end
  private_constant :State

  # The thread that frees the handles of objects that have been garbage-collected. Freeing a
  # handle ends its sessions and, for a pool, runs callbacks. A finalizer must do neither, because
  # Ruby can run it on any thread, even one that holds locks.
  module Reaper
    @states = Thread::Queue.new
    @thread = nil
    @start = Mutex.new

    class << self
      # Starts the thread, unless it is running. In a forked child, it is not running at first.
      def start
        return if @thread&.alive?

        @start.synchronize do
          next if @thread&.alive?

          @thread = Thread.new { loop { @states.pop.free_here } }
          @thread.name = "csmtp: closes garbage"
        end
      end

      # Makes the thread free a handle. At the end of the program, when other threads no longer run,
      # frees the handle on the calling thread.
      def free(state)
        @thread&.alive? ? @states << state : state.free_here
      end
    end
  end
  private_constant :Reaper

  # The base class of Mailer and Pool. It owns a handle of the library, and calls functions with the
  # handle.
  class Handle
    # Cancels what is in progress, ends the sessions and frees the handle. The object cannot be used
    # afterwards. A callback must not close its own object.
    def close
      raise ThreadError, "close was called in a callback of the same object" if Call.current&.of?(@state.raised)

      begin
        @state.free { |handle| Call.during(handle, @state.raised) { Library.call(:Free, handle) } }
      ensure
        @state.raised.shift(@state.raised.size).each { |e| warn "A callback raised an exception that no call raised: #{e.full_message(highlight: false)}" }
      end
      nil
    end

    # Reports whether close has been called.
    def closed?
      @state.handle.zero?
    end

    # Cancels the call in progress on this object, or its asynchronous send; for a pool, cancels all
    # mails. Other threads and callbacks can call this method.
    def cancel
      Library.call(:Cancel, @state.handle)
      nil
    end

    # Marshal and YAML would copy the number of the handle, and the copy would be a second owner of
    # the handle. Both are therefore refused.
    def marshal_dump
      raise TypeError, "a #{self.class} cannot be dumped"
    end

    def encode_with(_coder)
      marshal_dump
    end

    protected

    # The number of the handle.
    def handle
      raise IOError, "the #{self.class.name.split("::").last.downcase} is closed" if closed?

      @state.handle
    end

    attr_reader :state

    private

    def own(handle)
      Reaper.start
      @state = State.new(handle)
      ObjectSpace.undefine_finalizer(self) # if dup has made this object, it has copied the original's finalizer
      ObjectSpace.define_finalizer(self, @state.finalizer)
    end

    # Calls a function that neither waits nor runs callbacks.
    def check(name, *arguments)
      number = Library.call(name, handle, *arguments)
      raise Error.new(handle, number) unless number.zero?
    end

    # Calls a function that can wait or run callbacks. If there is a block, the block makes the call
    # and returns the error number. 'mails' contains the handles of the mails that the call sends.
    # The Error is made on the thread of the call, because the getters return the details only on
    # that thread.
    def during(name = nil, *arguments, on: handle, mails: SENDING.include?(name) ? [on] : [], &block)
      block ||= -> { Library.call(name, on, *arguments) }
      forget(on)
      number = nil
      failed = ->(raised) { number ? after_callback(mails, number, raised) : raised }
      error = Call.during(on, @state.raised, failed: failed) do
        number = block.call
        Error.new(on, number) unless number.zero?
      end
      raise error if error
    end

    SENDING = %i[Send SendRaw SendRawFile].freeze
    # Maps the outcome of a mail to a text that says what happened to the mail before the exception
    # of a callback ended the call.
    HAPPENED = {
      ACCEPTED => "the server had accepted the mail: do not send it again",
      PARTIAL => "the server had accepted the mail for some of the recipients",
      REJECTED_TEMPORARY => "the server had refused the mail",
      REJECTED_PERMANENT => "the server had refused the mail",
      IN_DOUBT => "the whole mail was sent: the server may have accepted it",
    }.freeze
    private_constant :SENDING, :HAPPENED

    # Returns the exception that a call must raise after a callback has raised the exception
    # 'raised'. If one of the mails has an outcome other than NOT_SENT, this is an Error with that
    # outcome, because the program must not send that mail again without looking at the outcome.
    # Otherwise, it is the exception 'raised' itself.
    def after_callback(mails, number, raised)
      mail = mails.find { |one| Library.call(:GetOutcome, one) != NOT_SENT }
      return raised if mail.nil?

      Error.new(mail, number.zero? ? CANCELED : number, "A callback raised #{raised.class}. Before that, #{HAPPENED.fetch(Library.call(:GetOutcome, mail))}.")
    end

    # Makes the getters of this thread report on the next call on the handle, which another thread
    # makes. Otherwise, they would report on an earlier call from this thread. To prevent this, forget
    # makes a call that changes nothing.
    def forget(handle)
      Library.call(:ModMsgLine, handle, 0, nil)
    end

    def number(name, *arguments)
      Library.call(name, handle, *arguments)
    end

    alias nullable number

    def bool(name, *arguments)
      number(name, *arguments) != 0
    end

    def text(name, *arguments)
      number(name, *arguments) || ""
    end

    # Sets a callback, or removes it if 'function' is nil.
    def callback(name, pointer, function, pool: false)
      number = function && Callbacks.add(function, pool: pool)
      begin
        during(name, function && pointer, number || 0)
      rescue Exception # rubocop:disable Lint/RescueException
        Callbacks.drop(number) if number
        raise
      end
      old = @state.callbacks.delete(name)
      Callbacks.drop(old) if old
      @state.callbacks[name] = number if number
      nil
    end
  end
  private_constant :Handle
end
