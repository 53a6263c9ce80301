# SPDX-License-Identifier: MIT
# frozen_string_literal: true

module Csmtp
  # A call during which the library may wait, or call callbacks. It runs on a thread of its
  # own, so that the calling thread can be interrupted (by Timeout, Thread#raise, Thread#kill
  # or a signal): the call is then canceled, and the thread goes on when the call has ended.
  # Thread#join also lets the other fibers of a scheduler run.
  class Call
    KEY = :csmtp_call
    private_constant :KEY

    class << self
      # Makes a call on a handle, which is 0 if the call must not be canceled. The block makes
      # the call and returns its result. If a callback raises, the call is canceled, and raises
      # the same exception. Exceptions of the callbacks of a pool go to the array 'others'.
      def during(handle, others = nil, &block)
        outer = current
        call = new(handle, others, outer)
        # In a callback, C must see that a call comes from the thread of the callback.
        outer ? call.run(&block) : call.run_on_a_thread(&block)
      end

      # Runs the block of a callback. Nothing may leave a callback but its result, because it
      # would skip the frames of C: an exception is kept for the call. After an exception,
      # throw or Thread#kill, 'failed' is returned.
      def guarded(failed, pool: false)
        call = current
        value = failed
        finished = false
        begin
          Thread.handle_interrupt(Object => :immediate) { value = yield }
          finished = true
        rescue Exception => e # rubocop:disable Lint/RescueException
          call&.failed(e, pool)
          finished = true
        ensure
          call&.failed(nil, pool) unless finished
          return finished ? value : failed # rubocop:disable Lint/EnsureReturn
        end
      end

      # Keeps an object until the call in progress has ended.
      def keep(object)
        current&.keep(object)
        object
      end

      def current
        Thread.current.thread_variable_get(KEY)
      end
    end

    def initialize(handle, others, outer)
      @handle = handle
      @others = others
      @outer = outer
      @inner = nil
      @kept = []
      @raised = nil
    end

    attr_writer :inner

    # Reports whether the call, or one outside it, is one of the object that has the array 'others'.
    def of?(others)
      others.equal?(@others) || @outer&.of?(others) || false
    end

    def keep(object)
      @kept << object
    end

    # Notes that a callback has failed, and cancels the call.
    def failed(error, pool)
      return @others << error if pool && @others && error

      @raised ||= error
      cancel unless pool && @others
    end

    # Cancels the call, and the one that a callback is making.
    def cancel
      Library.call(:Cancel, @handle) if @handle != 0
      @inner&.cancel
    end

    # Makes the call on this thread. Interrupts wait until it has ended.
    def run
      Thread.handle_interrupt(Object => :never) do
        @outer&.inner = self
        Thread.current.thread_variable_set(KEY, self)
        value = yield
        raise @raised if @raised

        value
      ensure
        Thread.current.thread_variable_set(KEY, @outer)
        @outer&.inner = nil
      end
    end

    # Makes the call on a new thread.
    def run_on_a_thread(&block)
      Thread.handle_interrupt(Object => :never) do
        value = raised = nil
        thread = Thread.new do
          value = run(&block)
        rescue Exception => e # rubocop:disable Lint/RescueException
          raised = e
        end
        begin
          Thread.handle_interrupt(Object => :immediate) { thread.join }
        ensure
          # Repeatedly, because the call may only begin now.
          cancel until thread.join(0) || thread.join(0.02)
        end
        raise raised if raised

        value
      end
    end
  end
  private_constant :Call
end
