# SPDX-License-Identifier: MIT
# frozen_string_literal: true

module Csmtp
  # A handle of the library, with the callbacks and files that are freed with it. A State does
  # not refer to its Mailer or Pool, so the garbage collector can free that object.
  class State
    attr_reader :handle, :callbacks, :readers, :files, :raised

    def initialize(handle)
      raise Error.new(0, Library.call(:GetLastError, 0)) if handle.zero?

      @handle = handle
      @callbacks = {} # the numbers of callbacks, by the function that has set them
      @readers = [] # the numbers of the callbacks that read attachments, and of a pool's other callbacks
      @files = [] # temporary files with attachments
      @raised = [] # exceptions of a pool's callbacks
    end

    # Passes the handle to the block, which frees it. Then frees the callbacks and files.
    def free
      handle, @handle = @handle, 0
      return if handle.zero?

      yield handle
      callbacks.each_value { |number| Callbacks.drop(number) }
      forget_readers
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
      proc { free { |handle| Call.new(0, [], Call.current).run { Library.call(:Free, handle) } } }
    end
  end
  private_constant :State

  # The base class of Mailer and Pool: a handle of the library, and methods that call functions
  # with it.
  class Handle
    # Ends the session and frees the handle. The object cannot be used afterwards.
    def close
      raise ThreadError, "close was called in a callback of the same object" if Call.current&.of?(@state.raised)

      @state.free { |handle| Call.during(handle, @state.raised) { Library.call(:Free, handle) } }
      nil
    end

    # Reports whether close has been called.
    def closed?
      @state.handle.zero?
    end

    # Cancels the calls of other threads on this object, and all mails of a pool. A callback can
    # call cancel, too.
    def cancel
      Library.call(:Cancel, @state.handle)
      nil
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
      @state = State.new(handle)
      ObjectSpace.undefine_finalizer(self) # dup has copied the finalizer of the original
      ObjectSpace.define_finalizer(self, @state.finalizer)
    end

    # Calls a function that only sets a value.
    def check(name, *arguments)
      number = Library.call(name, handle, *arguments)
      raise Error.new(handle, number) unless number.zero?
    end

    # Calls a function that can wait or run callbacks. A block, if there is one, makes the call
    # and returns the error number. The Error is made on the thread of the call, because the
    # getters return its details on that thread.
    def during(name = nil, *arguments, on: handle, &block)
      block ||= -> { Library.call(name, on, *arguments) }
      forget(on)
      error = Call.during(on, @state.raised) do
        number = block.call
        Error.new(on, number) unless number.zero?
      end
      raise error if error
    end

    # Makes the getters report on the next call on the handle, which another thread makes, instead
    # of on an earlier call of this thread. To this end, it makes a call that changes nothing.
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

    # Sets a callback, or removes it if function is nil.
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
