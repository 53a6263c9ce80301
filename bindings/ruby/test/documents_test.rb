# SPDX-License-Identifier: MIT
# frozen_string_literal: true

require_relative "helper"
require "stringio"

# Runs the code blocks of docs/ruby.md.
class DocumentsTest < Minitest::Test
  include Mailers

  PAGE = File.expand_path("../../../docs/ruby.md", __dir__)
  BLOCKS = File.read(PAGE, encoding: "UTF-8").scan(/^```ruby\n(.*?)^```$/m).flatten

  # Defines the methods that the code blocks of the page define as methods of this class.
  BLOCKS.each { |block| class_eval(block, PAGE) }

  def test_the_page_has_no_other_blocks
    names = BLOCKS.flat_map { |block| block.scan(/^def (\w+)/) }.flatten
    assert_equal %w[try_to_send attach_all watch send_in_time show_progress send_all], names
  end

  def test_the_blocks
    Dir.mktmpdir do |folder|
      %w[report.pdf figures.csv film.mp4].each { |name| File.write(File.join(folder, name), name) }
      sending do |server, mail|
        Dir.chdir(folder) { attach_all(mail, "photo".b) }
        said = log { watch(mail) }
        printed, = capture_io { show_progress(mail) || log(said) { Dir.chdir(folder) { send_in_time(mail) } } }
        assert_match(/\d+ of \d+ octets/, printed)
        assert_includes said.string, "C: EHLO"
        ["report.pdf", "figures of May.csv", "photo.jpeg", "film.mp4"].each { |name| assert_includes server.mails[0], name }
        send_all(mailer(server), Array.new(3) { mailer(server) })
        assert_equal 4, server.mails.size
      end
    end
  end

  def test_the_block_about_errors
    { "451 4.3.0 Not now" => true, "550 5.1.1 No such user" => false }.each do |reply, retried|
      sending("--fault", "RCPT#1: #{reply}") do |_, mail|
        result = nil
        assert_includes capture_io { result = try_to_send(mail) }[1], reply
        assert_equal retried, result
        refute try_to_send(mail)
      end
    end
    sending do |_, mail|
      mail.set_password("wrong")
      capture_io { assert_predicate assert_raises(Csmtp::Error) { try_to_send(mail) }, :login_error? }
    end
  end

  private

  # Replaces $stderr while the block runs.
  def log(output = StringIO.new)
    before, $stderr = $stderr, output
    yield
    output
  ensure
    $stderr = before
  end
end
