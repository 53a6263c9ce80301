# SPDX-License-Identifier: MIT
# frozen_string_literal: true

# Plays every transcript of smtp/testdata and every built-in script of csmtp-testserver to the
# module, and compares the results with those in the header of the transcript or script. The server
# sends each reply as a whole, or in the delivery mode that the header names.
require_relative "helper"

class TranscriptsTest < Minitest::Test
  SMTP = File.expand_path("../../../smtp", __dir__)
  TRANSCRIPTS = Dir[File.join(SMTP, "testdata", "*.txt")].sort
  SCRIPTS = Dir[File.join(SMTP, "smtptest", "scripts", "*.txt")].sort
  SECURITY = { "starttls" => Csmtp::USE_TLS, "tls" => Csmtp::USE_SSL, "starttls-if-offered" => Csmtp::USE_TLS_IF_OFFERED }.freeze
  KINDS = ["", "resolve", "dial", "timeout", "closed", "TLS", "refused", "protocol", "unsupported", "local", "canceled", "token"].freeze
  OUTCOMES = %w[NOT_SENT ACCEPTED PARTIAL REJECTED_TEMPORARY REJECTED_PERMANENT IN_DOUBT].freeze
  COMPARED = %w[expect expect-outcome expect-safe-to-retry expect-accepted expect-reply-code expect-enhanced-code expect-kind].freeze

  # The header of a transcript: the lines "key: value" before the first blank line.
  class Header
    def initialize(path)
      @lines = Hash.new { |hash, key| hash[key] = [] }
      File.foreach(path, chomp: true, encoding: "UTF-8") do |line|
        break if line.empty?
        next if line.start_with?("#") || !line.include?(":")

        key, value = line.split(":", 2)
        @lines[key] << value.gsub(/\A +| +\z/, "")
      end
    end

    def get(key, otherwise = "") = @lines[key].first || otherwise
    def all(key) = @lines[key]
    def yes?(key) = get(key) == "yes"
  end

  def settings(mail, head, certificate)
    mail.set_security_type(SECURITY.fetch(head.get("security"), Csmtp::NO_SECURITY))
    mail.set_ca_file(certificate)
    mail.set_verify_peer(head.get("verify") != "no")
    mail.set_lmtp(head.yes?("lmtp"))
    mail.set_partial_delivery(head.yes?("partial"))
    mail.set_local_host_name(head.get("local-name")) if head.all("local-name").any?
    mail.set_auth_mechanism(head.get("mechanism")) if head.all("mechanism").any?
    mail.set_clear_login if head.yes?("clear-login")
    mail.set_login_required(head.yes?("login-required"))
    mail.set_access_token(head.get("token")) if head.all("token").any?
    return if head.all("timeout").empty?

    (Csmtp::TIMEOUT_CONNECT..Csmtp::TIMEOUT_QUIT).each { |step| mail.set_timeout(step, head.get("timeout").to_i) }
  end

  def compose(mail, head)
    mail.set_sender_mail(head.get("from", "sender@test.example"))
    mail.set_subject(head.get("subject", "A test"))
    head.all("to").each { |address| mail.add_recipient(address) }
    head.all("cc").each { |address| mail.add_cc_recipient(address) }
    head.all("bcc").each { |address| mail.add_bcc_recipient(address) }
    mail.add_recipient("rcpt@test.example") if %w[to cc bcc].all? { |key| head.all(key).empty? }
    (head.all("line").empty? ? ["Hello."] : head.all("line")).each { |line| mail.add_msg_line(line) }
    mail.add_attachment_data("data.bin", "x" * head.get("attachment-size").to_i) if head.all("attachment-size").any?
  end

  # Connects and sends as the header says, and returns the results.
  def follow(mail, head, port)
    said = { "expect" => "ok", "text" => "" }
    accepted = 0
    login = (head.all("login") + head.all("token")).any? && head.get("authenticate") != "no"
    begin
      mail.connect_remote_server("localhost", port, Csmtp::DO_NOT_SET, login, head.get("login"), head.get("password"))
      unless head.get("action") == "connect"
        head.get("mails", "1").to_i.times do
          mail.deliver
          accepted += 1
        end
      end
      mail.disconnect_remote_server
    rescue Csmtp::Error => e
      same = [e.message, e.number, e.phase, e.kind, e.login_error?, e.outcome, e.reply_code] ==
             [mail.get_last_error_text, mail.get_last_error, mail.get_phase, mail.get_error_kind, mail.login_error?, mail.get_outcome, mail.get_last_reply_code]
      same &&= e.message.start_with?(Csmtp.error_text(e.number))
      said = { "expect" => e.number.to_s, "text" => e.message, "reply-code" => e.reply_code.to_s, "enhanced-code" => e.enhanced_code,
               "kind" => same ? KINDS[e.kind] : "not what the mailer says" }
    end
    said.merge("accepted" => accepted.to_s, "outcome" => OUTCOMES[mail.get_outcome], "safe-to-retry" => mail.safe_to_retry? ? "yes" : "no")
  end

  # Plays a transcript or a built-in script. Returns how the results differ from the header.
  def play(path)
    head = Header.new(path)
    ready = SCRIPTS.include?(path)
    options = ready ? [] : ["--script", path, "--delivery", head.get("delivery", "whole"), "--once"]
    said = nil
    wrong = []
    Server.open(*options) do |server|
      server.play(File.basename(path, ".txt")) if ready
      Csmtp::Mailer.open do |mail|
        settings(mail, head, server.ca)
        compose(mail, head)
        said = follow(mail, head, server.port)
      end
      wrong << (ready ? server.played : server.finish)
    end
    COMPARED.each do |key|
      short = key.delete_prefix("expect-")
      wrong << "#{key}: #{head.get(key)}, but got #{said[short]}" if head.all(key).any? && head.get(key) != said[short]
    end
    (head.all("expect-text") + head.all("expect-recipient")).each { |text| wrong << "#{text} is not in #{said["text"]}" unless said["text"].include?(text) }
    [head.get("password"), head.get("token")].each { |secret| wrong << "a secret is in #{said}" if secret.size > 3 && said.to_s.include?(secret) }
    wrong.compact.map { |text| "#{File.basename(path)}: #{text}" }
  end

  def test_all
    assert_operator TRANSCRIPTS.size, :>, 100
    assert_operator SCRIPTS.size, :>=, 10
    queue = Queue.new
    (TRANSCRIPTS + SCRIPTS).each { |path| queue << path }
    queue.close
    wrong = Array.new(8) do
      Thread.new do
        found = []
        while (path = queue.pop)
          found += play(path)
        end
        found
      end
    end.flat_map(&:value)
    assert_empty wrong, wrong.join("\n")
  end
end
