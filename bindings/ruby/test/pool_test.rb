# SPDX-License-Identifier: MIT
# frozen_string_literal: true

require_relative "helper"
require "timeout"

class PoolTest < Minitest::Test
  include Mailers

  # Starts a pool with a relay, and passes the server, the mailer of the relay and the pool to the block.
  def with_pool(*options)
    sending(*options) do |server, mail|
      Csmtp::Pool.open do |pool|
        assert_equal 0, pool.add_relay(mail, "first")
        yield server, mail, pool
      end
    end
  end

  def test_mails_go_to_the_relay_that_works
    Server.open("--fault", "MAIL: 451 4.3.0 Not now") do |bad|
      sending do |_, mail|
        Csmtp::Pool.open do |pool|
          failing = mailer(bad)
          pool.add_relay(failing, "bad")
          failing.close
          assert_equal 1, pool.add_relay(mail)
          begun = []
          ended = []
          results = []
          pool.set_journal(->(id, *) { begun << id }, ->(id, relay, outcome, queue_id, reply) { ended << [id, relay, outcome, queue_id, reply] })
          pool.set_reconcile { Csmtp::UNKNOWN }
          20.times { |i| assert pool.submit(mail, id: i.to_s) { |result| results << [result, Thread.current] } }
          assert pool.wait
          assert_equal [Csmtp::ACCEPTED] * 20, results.map { |result, _| result.outcome }
          refute_empty results[0][0].queue_id
          assert_equal((0...20).map(&:to_s).sort, begun.uniq.sort)
          assert_equal 20, ended.count { |_, relay, outcome, *| relay == 1 && outcome == Csmtp::ACCEPTED }
          assert_equal 20, pool.get_count(1, Csmtp::POOL_SENT)
          assert_includes pool.get_relay_error(0), "Not now"
          assert_equal "bad", pool.get_relay_name(0)
          assert_equal 0, pool.get_queued
          pool.deliver(mail)
          assert_equal Csmtp::ACCEPTED, mail.get_outcome
          assert_equal Csmtp::BAD_ARGUMENT, assert_raises(Csmtp::Error) { pool.set_weight(2, 1) }.number
        end
      end
    end
  end

  def test_errors
    with_pool("--fault", "RCPT: 550 5.1.1 No such user") do |_, mail, pool|
      assert_equal "550 5.1.1 No such user", assert_raises(Csmtp::Error) { pool.deliver(mail) }.reply
      result = nil
      pool.submit(mail) { |ended| result = ended }
      assert pool.drain
      assert_equal [Csmtp::COMMAND_RCPT_TO, Csmtp::REJECTED_PERMANENT, false], [result.error, result.outcome, result.safe_to_retry]
      assert_includes result.text, "No such user"
      assert_equal Csmtp::CANCELED, assert_raises(Csmtp::Error) { pool.submit(mail) }.number
      assert_raises(TypeError) { pool.dup }
    end
  end

  def test_exceptions_of_callbacks
    with_pool do |server, mail, pool|
      pool.submit(mail) { raise KeyError, "mine" }
      assert_equal("mine", assert_raises(KeyError) { pool.wait }.message)
      assert pool.wait
      mail.add_attachment_reader("x.txt") { raise KeyError, "reader" }
      others = []
      good = mailer(server)
      5.times { pool.submit(good) { |result| others << result.outcome } }
      assert_equal("reader", assert_raises(KeyError) { pool.submit(mail) }.message)
      assert_equal("reader", assert_raises(KeyError) { pool.deliver(mail) }.message)
      assert pool.wait
      assert_equal [Csmtp::ACCEPTED] * 5, others, "a bad attachment of one mail does not cancel the others"
    end
  end

  def test_an_exception_of_one_callback_does_not_affect_other_mails
    listener = Listener.new(4) do |line, _|
      sleep 0.3 if line.start_with?("MAIL")
      reply(line)
    end
    results = []
    error = assert_raises(IOError) do
      Csmtp::Pool.open do |pool|
        pool.add_relay(plain(listener.port))
        pool.set_sessions(0, 1)
        4.times do
          pool.submit(plain(listener.port)) do |result|
            results << result.outcome
            raise IOError, "disk full"
          end
        end
        pool.drain
      end
    end
    assert_equal "disk full", error.message
    assert_equal [Csmtp::ACCEPTED] * 4, results
    assert_equal "250 accepted", listener.value
  end

  def test_close_prints_exceptions_that_no_call_has_raised
    with_pool do |_, mail, pool|
      pool.submit(mail) { raise IOError, "disk full" }
      assert_match(/disk full/, capture_io { pool.close }.last)
    end
  end

  def test_an_exception_is_raised_when_the_time_is_over
    with_pool("--fault", "MAIL#2: stall") do |_, mail, pool|
      pool.set_sessions(0, 1)
      2.times { |i| pool.submit(mail) { raise IOError, "disk full #{i}" } }
      said = assert_raises(IOError) { 600.times { refute pool.wait(100) } }.message
      assert_equal "disk full 0", said
      pool.cancel
      assert_equal "disk full 1", assert_raises(IOError) { pool.wait }.message
      assert pool.wait
    end
  end

  def test_callbacks_run_on_the_thread_that_waits
    with_pool do |_, mail, pool|
      threads = []
      lock = Mutex.new
      pool.set_journal(->(*) { lock.owned? }, ->(*) { lock.owned? })
      lock.synchronize do
        3.times { pool.submit(mail) { |result| threads << [Thread.current, lock.owned?, result.outcome] } }
        assert pool.drain
      end
      assert_equal [[Thread.current, true, Csmtp::ACCEPTED]] * 3, threads
    end
  end

  def test_relays_of_several_threads_have_numbers_of_their_own
    sending do |_, mail|
      Csmtp::Pool.open do |pool|
        numbers = Array.new(8) do |i|
          Thread.new { Array.new(4) { |j| [pool.add_relay(mail, "#{i}/#{j}"), "#{i}/#{j}"] } }
        end.flat_map(&:value)
        numbers.each { |number, name| assert_equal name, pool.get_relay_name(number) }
      end
    end
  end

  def test_a_callback_of_another_mail_does_not_hide_the_outcome_of_send
    with_pool do |server, mail, pool|
      pool.submit(mail) { raise KeyError, "another" }
      sleep 0.01 until server.mails.size == 1
      pool.deliver(mail)
      assert_equal 2, server.mails.size
      assert_raises(KeyError) { pool.wait }
    end
  end

  def test_relays_with_callbacks_are_refused
    with_pool do |server, mail, pool|
      relay = mailer(server)
      relay.set_token_callback { "good-token" }
      assert_includes assert_raises(ArgumentError) { pool.add_relay(relay) }.message, "set_oauth2_"
      relay.set_token_callback
      relay.logger = Object.new
      assert_raises(ArgumentError) { pool.add_relay(relay) }
      relay.logger = nil
      assert_equal 1, pool.add_relay(relay)
      relay.close
      pool.submit(mail)
      assert pool.drain
    end
  end

  def test_events
    with_pool do |_, mail, pool|
      events = []
      pool.set_event_callback { |event| events << event }
      10.times { pool.submit(mail) }
      assert pool.drain
      assert_equal 10, events.count { |event| event.kind == Csmtp::EVENT_SENT }
      assert_equal ["first"], events.map(&:name).uniq
    end
  end

  def test_a_full_queue_and_interrupts
    listener = TCPServer.new("127.0.0.1", 0)
    results = []
    Csmtp::Mailer.open do |mail|
      mail.set_smtp_server("localhost", listener.addr[1], false)
      mail.set_sender_mail("alice@test.example")
      mail.add_recipient("bob@test.example")
      Csmtp::Pool.open do |pool|
        pool.add_relay(mail)
        pool.set_queue(1)
        accepted = 0
        accepted += 1 while pool.submit(mail, milliseconds: 20) { |result| results << result.error }
        assert_operator accepted, :>=, 1
        assert_raises(Timeout::Error) { Timeout.timeout(0.2) { pool.submit(mail) } }
        assert_raises(Timeout::Error) { Timeout.timeout(0.2) { pool.wait } }
        refute pool.wait(10)
        assert_empty results
        pool.cancel
        assert pool.wait
        assert_equal [Csmtp::CANCELED] * accepted, results
      end
    end
  ensure
    listener.close
  end

  def test_close_in_a_callback
    with_pool do |_, mail, pool|
      pool.submit(mail) { pool.close }
      assert_raises(ThreadError) { pool.wait }
      refute_predicate pool, :closed?
    end
  end

  def test_several_threads
    with_pool do |server, mail, pool|
      results = Queue.new
      Array.new(4) { Thread.new { 5.times { pool.submit(mail.dup) { |result| results << result.error } } } }.each(&:join)
      assert pool.drain
      assert_equal 20, results.size
      assert_equal 20, server.mails.size
    end
  end
end
