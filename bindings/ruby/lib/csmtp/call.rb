# SPDX-License-Identifier: MIT
# frozen_string_literal: true

module Csmtp
  # A call during which the library can wait or run callbacks. Each such call runs on its own
  # thread, for which the calling thread waits with Thread#join. So the calling thread can be
  # interrupted (by Timeout, Thread#raise, Thread#kill or a signal): the call is then canceled,
  # and the calling thread continues when the call has ended. Thread#join also lets the other
  # fibers of a scheduler run.
  class Call
    KEY = :csmtp_call
    private_constant :KEY

    class << self
      # Makes a call, and returns its result. The block makes the call of C and returns its
      # result. If a callback raises an exception, the call on the handle is canceled, and during
      # raises the same exception. If the handle is 0, nothing is canceled. Exceptions of a pool's
      # callbacks are added to the array 'others' instead.
      def during(handle, others = nil, &block)
        outer = current
        call = new(handle, others, outer)
        # A call in a callback must be made on the thread of the callback, by which the library
        # recognizes such calls.
        outer ? call.run(&block) : call.run_on_a_thread(&block)
      end

      # Runs the block of a callback, and returns its result. An exception, throw or Thread#kill
      # must not pass through the stack frames of C: guarded then returns 'failed', and keeps an
      # exception for the call during which the callback runs.
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

    # Reports whether this call, or a call in whose callback it is made, is a call on the object
    # to which the array 'others' belongs.
    def of?(others)
      others.equal?(@others) || @outer&.of?(others) || false
    end

    def keep(object)
      @kept << object
    end

    # Records the exception of a callback, and cancels the call, except for callbacks of a pool.
    def failed(error, pool)
      return @others << error if pool && @others && error

      @raised ||= error
      cancel unless pool && @others
    end

    # Cancels the call, and the call that one of its callbacks is making.
    def cancel
      Library.call(:Cancel, @handle) if @handle != 0
      @inner&.cancel
    end

    # Makes the call on this thread. Interrupts are deferred until the call has ended.
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
          # Cancel repeatedly, because a cancellation has no effect if the call has not begun yet.
          cancel until thread.join(0) || thread.join(0.02)
        end
        raise raised if raised

        value
      end
    end
  end
  private_constant :Call
end
