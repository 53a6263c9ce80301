# SPDX-License-Identifier: MIT
# frozen_string_literal: true

module Csmtp
  # Two threads that run blocks for each other: the caller, and the worker, which makes the calls to
  # C. While one thread waits until the other has run its block, it runs blocks of the other thread.
  class Pair
    # A block that the other thread runs.
    class Task
      attr_reader :value, :raised, :needed

      # 'needed' says whether the block must run even if the call is being canceled.
      def initialize(block, value = nil, needed: true)
        @block = block
        @value = value
        @needed = needed
        @raised = nil
        @ended = false
      end

      def ended?
        @ended
      end

      # Runs the block and keeps its value. If the block raises an exception, 'run' raises it, too.
      def run
        @value = @block.call
      ensure
        @ended = true
      end

      # Ends the task without running the block.
      def skip
        @ended = true
      end

      # Runs the block and keeps its value or its exception.
      def run_and_keep
        run
      rescue Exception => e # rubocop:disable Lint/RescueException
        @raised = e
      end
    end

    # A place for the next task of one of the two threads. The queue only signals that there is a
    # task. It does not contain the task, because an interrupt directly after Queue#pop would lose
    # what 'pop' has returned.
    class Inbox
      def initialize
        @signals = Thread::Queue.new
        @task = nil
      end

      def put(task)
        @task = task
        signal
      end

      def signal
        @signals << nil
      end

      def take
        task, @task = @task, nil
        task
      end

      def wait
        @signals.pop
      end
    end
    private_constant :Task, :Inbox

    # Makes a worker, passes the Pair to the block, and ends the worker.
    def self.open
      Thread.handle_interrupt(Object => :never) do
        pair = new
        yield pair
      ensure
        pair&.close
      end
    end

    def initialize
      @asked = Inbox.new # tasks of the worker
      @callbacks = Inbox.new # tasks of the caller
      @closed = false
      @worker = Thread.new { work }
    end

    def close
      @closed = true
      @asked.signal
    end

    def worker?
      Thread.current.equal?(@worker)
    end

    # The caller calls 'ask' to run a block on the worker. Returns the result of the block. In the
    # meantime, the caller runs callbacks. If the caller is interrupted, or a callback does not end
    # normally, 'ask' calls 'cancel' repeatedly until the block has ended.
    def ask(cancel, &block)
      Thread.handle_interrupt(Object => :never) do
        task = Task.new(block)
        @asked.put(task)
        begin
          until task.ended?
            callback = @callbacks.take
            callback ? answer(callback) : Thread.handle_interrupt(Object => :immediate) { @callbacks.wait }
          end
        ensure
          end_early(task, cancel) unless task.ended?
        end
        raise task.raised if task.raised

        task.value
      end
    end

    # The worker calls call_back to run a callback on the caller's thread. Returns the result of the
    # callback, or 'failed' if the callback is skipped or does not end normally. 'needed' says
    # whether the callback must run even if the call is being canceled.
    def call_back(failed, needed, &block)
      task = Task.new(block, failed, needed: needed)
      @callbacks.put(task)
      serve until task.ended?
      task.value
    end

    private

    def work
      Thread.handle_interrupt(Object => :never) { serve until @closed }
    end

    # Runs a task of the worker, or waits for one.
    def serve
      task = @asked.take
      return @asked.wait if task.nil?

      task.run_and_keep
      @callbacks.signal
    end

    def answer(callback)
      callback.run
    ensure
      @asked.signal
    end

    # Cancels a task of the worker, and waits until the task has ended. A cancellation has no effect
    # before the call to the library has begun, so it is repeated.
    def end_early(task, cancel)
      until task.ended?
        cancel.call
        callback = @callbacks.take
        callback ? answer_quietly(callback) : sleep(0.005)
      end
    end

    # Runs a callback of a call that is being canceled, and drops its exception. Callbacks of a pool
    # must run even then. Other callbacks are skipped, because they could block this thread, which
    # has been interrupted.
    def answer_quietly(callback)
      callback.skip unless callback.needed
      callback.ended? ? @asked.signal : answer(callback)
    rescue Exception # rubocop:disable Lint/RescueException
      nil
    ensure
      return # rubocop:disable Lint/EnsureReturn
    end
  end
  private_constant :Pair
end
