# SPDX-License-Identifier: MIT
# frozen_string_literal: true

module Csmtp
  # A call during which the library can wait or run callbacks. Each such call runs on a thread of
  # its own, the worker, and the caller waits for the worker. The caller can therefore be
  # interrupted (by Timeout, Thread#raise, Thread#kill or a signal), and the other fibers of a
  # scheduler can run.
  #
  # Callbacks run on the thread of the caller, so that locks and variables of the caller are valid
  # in them. If a callback calls a function of the library, that function runs on the worker,
  # because the library recognizes by its thread that it is called in a callback. The caller and the
  # worker never run at the same time.
  class Call
    KEY = :csmtp_call
    private_constant :KEY

    class << self
      # Makes a call to C, and returns its result. The block makes the call and returns the result.
      # If a callback raises an exception, the call on the handle is canceled; if the handle is 0,
      # nothing is canceled. After the call has ended, 'during' raises the exception. If 'failed' is
      # given, 'during' passes the exception to 'failed', and instead raises the exception that
      # 'failed' returns. Exceptions of a pool's callbacks are not raised; they are added to the
      # array 'others'.
      def during(handle, others = nil, failed: nil, &block)
        call = new(handle, others, current)
        begin
          call.make(&block)
        rescue StandardError => e
          raise unless failed && e.equal?(call.raised)

          raise failed.call(e)
        end
      end

      # Makes a call on this thread, and drops exceptions of callbacks.
      def here(&block)
        Thread.handle_interrupt(Object => :never) { new(0, [], nil).run(&block) }
      end

      # Calls a C function. In a callback, the function runs on the worker, and otherwise on this
      # thread.
      def function(&block)
        call = current
        call.nil? || call.worker? ? yield : call.ask(&block)
      end

      # Runs the block of a callback, and returns its result, or 'failed' if the block raises an
      # exception.
      def guarded(failed, pool: false, &block)
        call = current
        call&.pair ? call.call_back(failed, pool, &block) : run_here(failed, &block)
      end

      # Keeps an object until the call in progress has ended.
      def keep(object)
        current&.keep(object)
        object
      end

      # Returns the call that this thread is making, or the call whose callback is running on this
      # thread. If there is a scheduler, other fibers can run during a callback. They have no such
      # call.
      def current
        Thread.current[KEY] || (Fiber.scheduler ? nil : Thread.current.thread_variable_get(KEY))
      end

      def current=(call)
        Thread.current[KEY] = call
        Thread.current.thread_variable_set(KEY, call)
      end

      # Treats the given call as the current one while the block runs.
      def with(call)
        before = current
        self.current = call
        yield
      ensure
        self.current = before
      end

      private

      # Runs a callback if this thread is not making a call. An exception, throw or Thread#kill must
      # not pass through the stack frames of C.
      def run_here(failed)
        value = failed
        begin
          value = yield
        rescue Exception # rubocop:disable Lint/RescueException
          value = failed
        ensure
          return value # rubocop:disable Lint/EnsureReturn
        end
      end
    end

    # 'pair' is the Pair of caller and worker; 'raised' is the exception that a callback has raised.
    attr_reader :pair, :raised

    def initialize(handle, others, outer)
      @handle = handle
      @others = others
      @outer = outer
      @kept = []
      @raised = nil
      @pair = nil
    end

    # Reports whether this call, or an outer call in whose callback it is made, is a call on the
    # object to which the array 'others' belongs.
    def of?(others)
      others.equal?(@others) || @outer&.of?(others) || false
    end

    def keep(object)
      @kept << object
    end

    # Makes the call on the worker. A call in a callback is made on the worker of the outer call. If
    # the outer call has no worker, the call is made on this thread.
    def make(&block)
      pair = @outer&.pair
      return Call.with(self) { run(&block) } if @outer && pair.nil?

      pair ? make_on(pair, &block) : Pair.open { |made| make_on(made, &block) }
    end

    # Makes the call on this thread.
    def run(&block)
      Call.with(self, &block)
    end

    # Reports whether this thread is the one that makes the calls to C.
    def worker?
      @pair.nil? || @pair.worker?
    end

    # Runs a block on the worker while a callback runs.
    def ask(&block)
      @pair.ask(-> {}, &block)
    end

    # Runs a callback on the caller's thread, and returns its result, or 'failed' if it raises an
    # exception.
    def call_back(failed, pool, &block)
      @pair.call_back(failed, pool) { Call.with(self) { attempt(failed, pool, &block) } }
    end

    private

    def make_on(pair, &block)
      @pair = pair
      pair.ask(-> { cancel }) { run(&block) }
    end

    def cancel
      Library.call(:Cancel, @handle) if @handle != 0
    end

    # Runs a callback. If the callback does not end normally, cancels the call before C continues.
    # The exceptions of a pool's callbacks are only added to the array 'others'.
    def attempt(failed, pool, &block)
      finished = false
      value = Thread.handle_interrupt(Object => :immediate, &block)
      finished = true
      value
    rescue StandardError => e
      if pool && @others
        @others << e
        finished = true
        return failed
      end
      @raised ||= e
      raise
    ensure
      cancel unless finished || pool && @others
    end
  end
  private_constant :Call
end
