# SPDX-License-Identifier: MIT
# frozen_string_literal: true

require_relative "helper"
require "socket"

# A fiber scheduler that supports only 'block', 'unblock' and 'sleep'.
class Scheduler
  def initialize
    @ready = Thread::Queue.new
    @waiting = {} # maps a fiber to the time until which it waits, or to nil
  end

  def block(_blocker, timeout = nil)
    @waiting[Fiber.current] = timeout && now + timeout
    Fiber.yield
  end

  def unblock(_blocker, fiber)
    @ready << fiber
  end

  def kernel_sleep(duration = nil)
    block(:sleep, duration)
  end

  def io_wait(*)
    raise NotImplementedError
  end

  def fiber(&block)
    Fiber.new(blocking: false, &block).tap(&:resume)
  end

  def close
    until @waiting.empty?
      fiber = @ready.empty? ? nil : @ready.pop
      fiber ||= @waiting.find { |_, time| time && time <= now }&.first
      if fiber && @waiting.key?(fiber)
        @waiting.delete(fiber)
        fiber.resume
      else
        Thread.pass
      end
    end
  end

  private

  def now
    Process.clock_gettime(Process::CLOCK_MONOTONIC)
  end
end

class FibersTest < Minitest::Test
  # The server never replies. Another fiber runs while the call waits, and then cancels the call.
  def test_other_fibers_run_during_a_call
    listener = TCPServer.new("127.0.0.1", 0)
    turns = 0
    said = nil
    Thread.new do
      Fiber.set_scheduler(Scheduler.new)
      mail = Csmtp::Mailer.new
      mail.set_smtp_server("localhost", listener.addr[1], false)
      mail.set_sender_mail("alice@test.example")
      mail.add_recipient("bob@test.example")
      Fiber.schedule { said = assert_raises(Csmtp::Error) { mail.deliver }.number }
      Fiber.schedule do
        10.times do
          sleep 0.01
          turns += 1
        end
        mail.cancel
      end
    end.join
    assert_equal [10, Csmtp::CANCELED], [turns, said]
  ensure
    listener.close
  end
end
