# SPDX-License-Identifier: MIT
# frozen_string_literal: true

require_relative "helper"
require "logger"
require "open3"
require "pathname"
require "stringio"
require "timeout"

class ContractTest < Minitest::Test
  LIB = File.expand_path("../lib", __dir__)

  def test_every_function_has_a_method
    code = Dir[File.join(LIB, "**/*.rb")].reject { |path| path.end_with?("functions.rb") }.map { |path| File.read(path) }.join
    signatures = Csmtp.send(:const_get, :SIGNATURES)
    assert_operator signatures.size, :>, 150
    signatures.each_key { |name| assert code.match?(/:#{name}\b/), name }
  end

  def test_loading
    { "/nowhere/libcsmtp.so" => "cannot be loaded: install csmtp", "libc.so.6" => "has no function CSmtp_" }.each do |library, said|
      _, error, status = Open3.capture3({ "CSMTP_LIBRARY" => library }, RbConfig.ruby, "-I", LIB, "-e", "require 'csmtp'")
      refute_predicate status, :success?
      assert_includes error, said
    end
  end

  def test_version
    assert_equal Csmtp::VERSION, Csmtp.version
    assert_equal "The server refused a recipient.", Csmtp.error_text(Csmtp::COMMAND_RCPT_TO)
  end
end

class SendingTest < Minitest::Test
  include Mailers

  def test_a_mail_arrives
    sending do |server, mail|
      mail.set_html_body("<p>Grüße</p>")
      mail.add_attachment_data("menü.bin", "\x00\xFF".b, "application/octet-stream")
      mail.deliver
      assert_equal Csmtp::ACCEPTED, mail.get_outcome
      assert_equal ["bob@test.example", true, 250], mail.results[0].to_a.first(3)
      refute_empty mail.get_queue_id
      assert_equal "Größe", mail.get_subject
      assert_equal Encoding::UTF_8, mail.get_subject.encoding
      assert_includes server.mails[0], "AP8=\r\n"
    end
  end

  def test_errors_have_number_and_reply
    sending("--fault", "RCPT: 550 5.1.1 No such user here") do |_, mail|
      error = assert_raises(Csmtp::Error) { mail.deliver }
      assert_equal [Csmtp::COMMAND_RCPT_TO, Csmtp::PHASE_RCPT, Csmtp::KIND_REFUSED, 550, "5.1.1", "550 5.1.1 No such user here"],
                   [error.number, error.phase, error.kind, error.reply_code, error.enhanced_code, error.reply]
      assert_includes error.message, error.reply
      assert_equal Csmtp::REJECTED_PERMANENT, error.outcome
      refute_predicate error, :safe_to_retry?
      refute_predicate error, :login_error?
      assert_equal 0, error.retry_after
      assert_equal Csmtp::REJECTED_PERMANENT, mail.get_outcome
      assert_equal [error.message, error.number, 550], (copy = Marshal.load(Marshal.dump(error))) && [copy.message, copy.number, copy.reply_code]
      assert(error.backtrace.any? { |line| line.include?(__FILE__) })
    end
  end

  def test_the_getters_report_on_the_last_call_of_the_thread
    sending("--fault", "RCPT#1: 450 4.2.1 Later") do |_, mail|
      assert_raises(Csmtp::Error) { mail.set_timeout(99, 1) }
      assert_predicate assert_raises(Csmtp::Error) { mail.deliver }, :safe_to_retry?
      assert_equal 450, mail.get_last_reply_code
      assert_raises(Csmtp::Error) { mail.set_timeout(99, 1) }
      mail.deliver
      assert_equal [0, Csmtp::ACCEPTED], [mail.get_last_error, mail.get_outcome]
    end
  end

  def test_bad_arguments
    Csmtp::Mailer.open do |mail|
      mail.set_smtp_server("localhost", 1)
      mail.set_sender_mail("alice@test.example")
      [-> { mail.set_subject("a\0b") }, -> { mail.send_raw("x", "eve@test.example\0@test.example") }].each { |call| assert_raises(ArgumentError, &call) }
      [-> { mail.set_smtp_server("localhost", 65_561) }, -> { mail.set_timeout(Csmtp::TIMEOUT_CONNECT, -1) }, -> { mail.set_x_priority(2**31) }]
        .each { |call| assert_raises(RangeError, &call) }
      [-> { mail.set_subject(1) }, -> { mail.set_html(nil) }, -> { mail.set_x_priority("high") }].each { |call| assert_raises(TypeError, &call) }
      assert_equal Csmtp::BAD_ARGUMENT, assert_raises(Csmtp::Error) { mail.set_subject(nil) }.number
      mail.add_recipient("bob@test.example\r\nDATA")
      assert_equal Csmtp::BAD_INPUT, assert_raises(Csmtp::Error) { mail.deliver }.number
      assert_nil mail.get_msg_line_text(0)
    end
  end

  def test_encodings
    Csmtp::Mailer.open do |mail|
      mail.set_subject("Gr\xF6\xDFe".dup.force_encoding("ISO-8859-1"))
      assert_equal "Größe", mail.get_subject
      mail.set_subject("Größe".encode("UTF-16LE"))
      assert_equal "Größe", mail.get_subject
      error = assert_raises(ArgumentError) { mail.set_password("s3cret\xD8".dup.force_encoding("UTF-16LE")) }
      refute_includes error.full_message, "s3cret"
    end
  end

  def test_a_closed_mailer
    mail = Csmtp::Mailer.new
    assert_equal(:value, Csmtp::Mailer.open { :value })
    mail.close
    mail.close
    assert_predicate mail, :closed?
    assert_raises(IOError) { mail.deliver }
    assert_raises(IOError) { mail.get_subject }
    assert_raises(IOError) { mail.clone }
  end

  def test_render_raw_and_clone
    sending do |server, mail|
      mail.set_log_callback { flunk "a clone has no callbacks" }
      rendered = mail.render_message
      assert_equal Encoding::BINARY, rendered.encoding
      other = mail.clone
      other.send_raw(rendered)
      other.close
      assert_equal rendered, server.mails[0]
      mail.set_log_callback
      mail.set_date(Time.utc(2024, 2, 29, 12, 30))
      assert_includes mail.render_message, "Date: Thu, 29 Feb 2024 12:30:00 +0000\r\n"
      mail.clear_message
      assert_equal 0, mail.get_recipient_count
    end
  end

  def test_a_batch_is_one_session
    Server.open("--fault", "RCPT#2: 550 5.1.1 No such user") do |server|
      carrier, *mails = Array.new(4) { mailer(server) }
      assert_equal [0, Csmtp::COMMAND_RCPT_TO, 0], carrier.send_batch(mails)
      assert_equal [Csmtp::ACCEPTED, Csmtp::REJECTED_PERMANENT, Csmtp::ACCEPTED], mails.map(&:get_outcome)
      assert_equal "550 5.1.1 No such user", mails[1].get_last_reply
      assert_equal [Csmtp::BAD_ARGUMENT] * 2, carrier.send_batch([mails[0], mails[0]])
      assert_equal [], carrier.send_batch([])
    end
  end

  def test_deliver_async
    Server.open do |server|
      mails = Array.new(8) { mailer(server) }
      mails.each(&:deliver_async)
      mails.each { |mail| assert mail.wait }
      assert(mails.all?(&:poll))
      assert_equal 8, server.mails.size
      mail = mails[0]
      mail.set_log_callback { nil }
      assert_match(/Thread/, assert_raises(ArgumentError) { mail.deliver_async }.message)
      mail.set_log_callback
      mail.attach(StringIO.new("x"), name: "x.txt")
      assert_raises(ArgumentError) { mail.deliver_async }
      mail.del_attachments
      mail.deliver_async
      assert mail.wait(30_000)
    end
  end

  def test_threads_and_fork
    sending do |server, mail|
      Array.new(4) { Thread.new { mailer(server).deliver } }.each(&:join)
      mail.deliver
      lines = []
      mail.set_log_callback { |_, line| lines << line }
      child = Process.fork do
        mail.deliver
        Process.exit!(lines.empty? ? 2 : 0)
      rescue Exception => e # rubocop:disable Lint/RescueException
        warn e.full_message
        Process.exit!(1)
      end
      Process.wait(child)
      assert_predicate $?, :success? # rubocop:disable Style/SpecialGlobalVars
      assert_empty lines
      mail.deliver
      assert_equal 7, server.mails.size
    end
  end

  def test_garbage_is_freed
    sending do |_server, mail|
      200.times { mail.dup.set_subject("x") }
      GC.start
      mail.deliver
      assert_equal Csmtp::ACCEPTED, mail.get_outcome
    end
  end
end

class AttachmentsTest < Minitest::Test
  include Mailers

  def test_sources
    Dir.mktmpdir do |folder|
      path = Pathname(folder).join("größe.txt")
      path.binwrite("path\n")
      sending do |server, mail|
        mail.attach(path)
        mail.attach(path.to_s, name: "other.txt", content_type: "text/x-other")
        mail.attach(StringIO.new("a string\n").tap { |io| io.seek(2) }, name: "string.txt")
        File.open(path, "rb") do |file|
          file.seek(2)
          mail.attach(file)
          reader, writer = IO.pipe
          writer.write("pipe\n")
          writer.close
          mail.attach(reader, name: "pipe.txt")
          large, writer = IO.pipe
          filling = Thread.new { writer.write("z" * 3_000_000) && writer.close }
          mail.attach(large, name: "large.bin")
          filling.join
          2.times do |i|
            mail.deliver
            got = server.mails[i]
            ["path\n", "string\n", "th\n", "pipe\n"].each { |text| assert_includes got, [text].pack("m0") }
            assert_includes got, "text/x-other"
            assert_operator got.bytesize, :>, 4_000_000
          end
        end
        assert_raises(ArgumentError) { mail.clone }
        mail.clear_message
        mail.clone.close
      end
    end
  end

  # Only content that is larger than 1 MiB is kept in a temporary file.
  def test_temporary_files
    sending do |server, mail|
      [1 << 20, (1 << 20) + 1].each do |size|
        mail.clear_message
        mail.add_recipient("bob@test.example")
        reader, writer = IO.pipe
        filling = Thread.new { writer.write("z" * size) && writer.close }
        mail.attach(reader, name: "exact.bin")
        filling.join
        assert_equal size > 1 << 20 ? 1 : 0, mail.instance_variable_get(:@state).files.size
        mail.deliver
        assert_includes server.mails.last.gsub("\r\n", ""), ["z" * size].pack("m0")
      end
    end
  end

  def test_wrong_sources
    sending do |server, mail|
      assert_raises(ArgumentError) { mail.attach(StringIO.new("x")) }
      assert_raises(TypeError) { mail.attach(1) }
      closed = StringIO.new("x")
      mail.attach(closed, name: "x.txt")
      closed.close
      assert_raises(IOError) { mail.deliver }
      mail.del_attachments
      mail.add_attachment_reader("y") { |capacity| "y" * (capacity + 1) }
      assert_raises(RangeError) { mail.deliver }
      mail.del_attachments
      mail.add_attachment_reader("z") { |capacity| 1 / capacity }
      assert_raises(ZeroDivisionError) { mail.deliver }
      assert_empty server.mails
    end
  end

  def test_one_source_for_two_mailers
    sending do |server, mail|
      content = Array.new(100_000) { |i| "line #{i}\n" }.join
      source = StringIO.new(content)
      mails = [mail, mailer(server)]
      mails.each { |one| one.attach(source, name: "lines.txt", content_type: "application/octet-stream") }
      mails.map { |one| Thread.new { one.deliver } }.each(&:join)
      server.mails.each { |got| assert_includes got.delete("\r\n"), [content].pack("m0") }
    end
  end
end

class CallbacksTest < Minitest::Test
  include Mailers

  def test_callbacks_are_called
    sending("--mechanisms", "XOAUTH2") do |_, mail|
      lines = []
      progress = []
      refusals = []
      mail.set_log_callback { |direction, line| lines << [direction, line] }
      mail.set_progress_callback { |*numbers| progress << numbers && false }
      mail.set_token_callback { |refused| refusals << refused && "good-token" }
      GC.start
      mail.deliver
      assert_includes lines, [Csmtp::LOG_SERVER, "220 mail.test.example ESMTP ready"]
      refute_includes lines.inspect, "good-token"
      assert_equal progress[-1][0], progress[-1][1]
      assert_equal [false], refusals
      mail.set_token_callback { nil }
      assert_equal Csmtp::NO_TOKEN, assert_raises(Csmtp::Error) { mail.deliver }.number
    end
  end

  def test_many_tokens_at_once
    Server.open("--mechanisms", "XOAUTH2") do |server|
      Array.new(20) do
        Thread.new do
          mail = mailer(server)
          mail.set_token_callback { GC.start && nil || +"good-" + "token" }
          mail.deliver
          mail.close
        end
      end.each(&:join)
      assert_equal 20, server.mails.size
    end
  end

  def test_a_logger
    sending do |_, mail|
      output = StringIO.new
      mail.logger = Logger.new(output)
      mail.deliver
      assert_match(/DEBUG.*S: 220 mail.test.example ESMTP ready/, output.string)
      assert_match(/C: EHLO/, output.string)
      refute_includes output.string, "s3cret"
      size = output.string.size
      mail.logger = nil
      mail.deliver
      assert_equal size, output.string.size
    end
  end

  def test_exceptions_are_raised_by_the_call
    sending do |_, mail|
      %i[set_log_callback set_progress_callback set_token_callback set_event_callback].each do |set|
        mail.public_send(set) { raise KeyError, "mine" }
        assert_equal "mine", assert_raises(KeyError) { mail.deliver }.message
        mail.public_send(set)
      end
      mail.set_log_callback { exit 3 }
      assert_equal 3, assert_raises(SystemExit) { mail.deliver }.status
      mail.set_log_callback { throw :out }
      assert_raises(UncaughtThrowError) { mail.deliver }
      mail.set_log_callback { Thread.current.kill }
      assert_nil Thread.new { mail.deliver }.value
      assert_equal [Csmtp::CANCELED, Csmtp::NOT_SENT], [mail.get_last_error, mail.get_outcome]
      mail.set_log_callback
      mail.deliver
    end
  end

  def test_calls_in_a_callback
    sending do |server, mail|
      other = mailer(server)
      said = nil
      mail.set_log_callback do
        said ||= [assert_raises(Csmtp::Error) { mail.set_subject("x") }.number, assert_raises(ThreadError) { mail.close }, other.deliver]
      end
      mail.deliver
      assert_equal Csmtp::BUSY, said[0]
      mail.set_log_callback
      mail.set_progress_callback { mail.cancel }
      assert_equal Csmtp::CANCELED, assert_raises(Csmtp::Error) { mail.deliver }.number
      mail.set_progress_callback { true }
      assert_equal Csmtp::CANCELED, assert_raises(Csmtp::Error) { mail.deliver }.number
      assert_equal 2, server.mails.size
    end
  end

  def test_interrupts_cancel_a_call
    listener = TCPServer.new("127.0.0.1", 0)
    Csmtp::Mailer.open do |mail|
      mail.set_smtp_server("localhost", listener.addr[1], false)
      mail.set_sender_mail("alice@test.example")
      mail.add_recipient("bob@test.example")
      assert_raises(Timeout::Error) { Timeout.timeout(0.2) { mail.deliver } }
      assert_equal [Csmtp::CANCELED, Csmtp::NOT_SENT], [mail.get_last_error, mail.get_outcome]
      thread = Thread.new { mail.deliver }
      sleep 0.1
      thread.kill
      assert thread.join(30)
      assert_raises(Timeout::Error) do
        mail.set_log_callback { Timeout.timeout(0.05) { sleep } }
        mail.deliver
      end
      mail.set_log_callback
      mail.deliver_async
      assert_raises(Timeout::Error) { Timeout.timeout(0.2) { mail.wait } }
      refute mail.poll
      mail.cancel
      assert_equal Csmtp::CANCELED, assert_raises(Csmtp::Error) { mail.wait }.number
    end
  ensure
    listener.close
  end

  # close raises the exception of a callback. Nevertheless, it forgets the callbacks.
  def test_an_exception_at_close
    entries = Csmtp.const_get(:Callbacks).instance_variable_get(:@entries)
    sending do |server, mail|
      mail.set_event_callback { |event| raise IOError, "at close" if event.kind == Csmtp::EVENT_DISCONNECTED }
      mail.connect_remote_server("localhost", server.port, Csmtp::USE_TLS, false)
      number = mail.instance_variable_get(:@state).callbacks.fetch(:SetEventCallback)
      assert entries.key?(number)
      assert_equal "at close", assert_raises(IOError) { mail.close }.message
      refute entries.key?(number)
      assert_predicate mail, :closed?
    end
  end

  def test_events
    sending do |_, mail|
      events = []
      mail.set_event_callback { |event| events << event }
      mail.deliver
      assert_equal [Csmtp::EVENT_CONNECTED, Csmtp::EVENT_SENT], [events[0].kind, events.find { |e| e.kind == Csmtp::EVENT_SENT }.kind]
      sent = events.find { |e| e.kind == Csmtp::EVENT_SENT }
      assert_equal ["", 0, Csmtp::ACCEPTED, 0, 250, 1, 1], [sent.name, sent.relay, sent.outcome, sent.error, sent.reply_code, sent.recipients, sent.accepted]
      assert_operator sent.octets, :>, 100
      assert_operator sent.total, :>=, sent.envelope + sent.content + sent.reply
      assert_match(/localhost:\d+/, sent.server)
    end
  end
end
