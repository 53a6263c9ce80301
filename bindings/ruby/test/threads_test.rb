# SPDX-License-Identifier: MIT
# frozen_string_literal: true

require_relative "helper"
require "monitor"
require "open3"
require "timeout"
require "yaml"

# Callbacks run on the thread of the caller.
class CallerTest < Minitest::Test
  include Mailers

  def test_a_callback_may_take_a_lock_of_the_caller
    sending do |server, mail|
      lock = Monitor.new
      mutex = Mutex.new
      seen = []
      mail.set_log_callback { lock.synchronize { seen << [Thread.current, mutex.owned?, Thread.current[:request]] } }
      Thread.current[:request] = 7
      Timeout.timeout(60) { lock.synchronize { mutex.synchronize { mail.deliver } } }
      assert_equal [[Thread.current, true, 7]], seen.uniq
      assert_equal 1, server.mails.size
    end
  ensure
    Thread.current[:request] = nil
  end

  def test_an_interrupt_reaches_a_callback
    sending do |_, mail|
      ended = 0
      mail.set_log_callback do
        sleep
      ensure
        ended += 1
      end
      assert_raises(Timeout::Error) { Timeout.timeout(0.2) { mail.deliver } }
      thread = Thread.new { mail.deliver }
      thread.report_on_exception = false
      sleep 0.01 until thread.stop?
      thread.raise(Interrupt)
      assert_raises(Interrupt) { thread.join(60) }
      assert_operator ended, :>=, 1
      assert_equal Csmtp::NOT_SENT, mail.get_outcome
      mail.set_log_callback
      mail.deliver
    end
  end

  def test_a_callback_may_leave_the_call
    sending do |_, mail|
      mail.set_log_callback { throw :out, 5 }
      assert_equal(5, catch(:out) { mail.deliver })
      assert_equal Csmtp::NOT_SENT, mail.get_outcome
      other = mail.dup
      other.set_log_callback { throw :out, 6 }
      mail.set_log_callback { other.deliver }
      assert_equal(6, catch(:out) { mail.deliver })
      mail.set_log_callback
      [mail, other.dup].each(&:deliver)
    end
  end

  def test_calls_in_fibers_of_a_callback
    sending do |_, mail|
      numbers = []
      call = -> { assert_raises(Csmtp::Error) { mail.set_subject("x") }.number }
      mail.set_log_callback { numbers << Enumerator.new { |y| y << call.call }.next }
      Timeout.timeout(60) { mail.deliver }
      assert_equal [Csmtp::BUSY], numbers.uniq
    end
  end

  def test_nested_calls_and_exceptions
    sending do |server, mail|
      others = Array.new(2) { mailer(server) }
      others[0].set_log_callback { |_, line| others[1].deliver if line.start_with?("354") }
      others[1].set_event_callback { raise KeyError, "innermost" }
      mail.set_log_callback { |_, line| others[0].deliver if line.start_with?("354") }
      assert_equal "innermost", assert_raises(KeyError) { mail.deliver }.message
      others[1].set_event_callback
      mail.deliver
      assert_equal 3, server.mails.size
    end
  end

  # The server has accepted the mail when the callback raises.
  def test_an_exception_does_not_hide_the_outcome
    sending do |server, mail|
      content = false
      mail.set_log_callback do |_, line|
        content ||= line.start_with?("354")
        raise IOError, "log disk full" if content && line.start_with?("250")
      end
      3.times do |i|
        content = false
        calls = [-> { mail.deliver }, -> { mail.send_raw("Subject: x\r\n\r\nx\r\n", "alice@test.example", "bob@test.example") }, -> { mail.send_batch([mailer(server)]) }]
        error = assert_raises(Csmtp::Error, &calls[i])
        assert_equal [Csmtp::ACCEPTED, Csmtp::CANCELED, false], [error.outcome, error.number, error.safe_to_retry?]
        assert_equal ["log disk full", IOError], [error.cause.message, error.cause.class]
        assert_includes error.message, "do not send it again"
        assert_equal i + 1, server.mails.size
      end
      content = true
      assert_raises(IOError) { mail.deliver } # raised before the mail is sent
      content = false
      mail.set_log_callback { |_, line| content && line.start_with?("221") ? raise(IOError, "log disk full") : content ||= line.start_with?("354") }
      assert_equal Csmtp::ACCEPTED, assert_raises(Csmtp::Error) { mail.deliver }.outcome
    end
  end
end

class LifeTest < Minitest::Test
  include Mailers

  # Replies as a server does. The reply to MAIL waits until @collected has been set.
  def slow(line, _socket)
    sleep 0.01 until @collected || !line.start_with?("MAIL")
    reply(line)
  end

  def test_objects_are_not_dumped
    sending do |_, mail|
      [mail, Csmtp::Pool.new].each do |object|
        assert_raises(TypeError) { Marshal.dump(object) }
        assert_raises(TypeError) { YAML.dump(object) }
      end
      mail.deliver
    end
  end

  def test_send_is_the_method_of_all_objects
    sending do |server, mail|
      assert_equal "Größe", mail.send(:get_subject)
      assert_equal Object.instance_method(:send).owner, mail.method(:send).owner
      assert_raises(ArgumentError) { mail.send }
      assert_empty server.mails
    end
  end

  def test_a_mailer_is_kept_while_it_sends
    listeners = Array.new(10) { Listener.new(&method(:slow)) }
    Thread.new { listeners.each { |listener| plain(listener.port).deliver_async } }.join
    200_000.times { "x" * 100 }
    2.times { GC.start }
    @collected = true
    assert_equal ["250 accepted"] * 10, listeners.map(&:value)
    Server.open do |server|
      mail = mailer(server)
      mail.deliver_async
      mail.close
      mailer(server).tap(&:deliver_async).wait
      assert_operator server.mails.size, :>=, 1
    end
  end

  def test_the_end_of_the_program_waits_for_asynchronous_sends
    listener = Listener.new do |line, socket|
      sleep 0.5 if line.start_with?("MAIL")
      slow(line, socket)
    end
    @collected = true
    program = "include Mailers; plain(#{listener.port}).deliver_async"
    said, status = Open3.capture2e(RbConfig.ruby, "-w", *$LOAD_PATH.flat_map { |path| ["-I", path] }, "-r", File.join(__dir__, "helper.rb"), "-e", program)
    assert_predicate status, :success?, said
    assert_equal "250 accepted", listener.value
  end

  # Ruby can run a finalizer on any thread, even on one that holds a lock which the callbacks of the pool
  # need.
  def test_a_finalizer_does_not_run_callbacks
    listener = Listener.new(&method(:slow))
    ended = Queue.new
    lock = Mutex.new
    pool = Csmtp::Pool.new
    pool.add_relay(plain(listener.port))
    pool.submit(plain(listener.port)) { |result| lock.synchronize { ended << [result.error, Thread.current] } }
    lock.synchronize { pool.instance_variable_get(:@state).finalizer.call }
    error, thread = Timeout.timeout(60) { ended.pop }
    @collected = true
    assert_equal Csmtp::CANCELED, error
    refute_equal Thread.current, thread
    assert_predicate pool, :closed?
  end
end
