# SPDX-License-Identifier: MIT
# frozen_string_literal: true

# The tests need two environment variables: CSMTP_LIBRARY is the path of the library, and
# CSMTP_TESTSERVER is the path of csmtp-testserver.
require "fileutils"
require "json"
require "minitest/autorun"
require "net/http"
require "socket"
require "tmpdir"

require "csmtp"

# A running csmtp-testserver.
class Server
  attr_reader :port, :ca

  # Starts a server, passes it to the block, and stops it.
  def self.open(*options)
    server = new(*options)
    yield server
  ensure
    server&.close
  end

  def initialize(*options)
    @folder = Dir.mktmpdir("csmtp")
    @input, writer = IO.pipe
    @output = File.join(@folder, "output.txt")
    @process = Process.spawn(ENV.fetch("CSMTP_TESTSERVER"), "--dir", @folder, "--for", "10m", "--stdin", *options,
                             in: @input, out: @output, err: %i[child out])
    @stdin = writer
    ready = read_ready
    @port = Integer(ready["port"])
    @ca = ready["ca"]
    @api = URI("#{ready["http"]}api/")
  end

  # Returns the mails received so far, as octets.
  def mails
    Dir[File.join(@folder, "mail", "*.eml")].sort_by { |path| File.basename(path).to_i }.map { |path| File.binread(path) }
  end

  def play(name)
    request(Net::HTTP::Put, "script", JSON.generate(name: name, delivery: ""))
  end

  # Waits until the script has been played to its end. Returns what went wrong, or nil.
  def played
    said = JSON.parse(request(Net::HTTP::Get, "script?wait=10"))
    said["state"] == "played" ? nil : said["error"] || said["state"]
  end

  # Waits until the server ends by itself. Returns what went wrong, or nil.
  def finish
    Process.wait(@process)
    status = $? # rubocop:disable Style/SpecialGlobalVars
    @process = nil
    status.success? ? nil : File.read(@output)
  end

  def close
    @stdin.close
    @input.close
    if @process
      Process.kill(:TERM, @process)
      Process.wait(@process)
    end
    FileUtils.rm_rf(@folder)
  end

  private

  def read_ready
    ready = File.join(@folder, "ready")
    3000.times do
      return File.readlines(ready, chomp: true).to_h { |line| line.split("=", 2) } if File.exist?(ready)

      raise File.read(@output) if Process.wait(@process, Process::WNOHANG)

      sleep 0.01
    end
    raise "the server did not start"
  end

  def request(kind, path, body = nil)
    Net::HTTP.start(@api.host, @api.port, read_timeout: 60) do |http|
      answer = http.request(kind.new(@api.path + path, "Content-Type" => "application/json"), body)
      raise answer.body if answer.code.to_i >= 400 && answer.code != "408"

      answer.body
    end
  end
end

# A server in this process, which accepts one connection. The block gets each line and the socket, and
# returns the reply, or nil for no reply. The server ends after QUIT or after the given number of mails.
class Listener
  attr_reader :port

  def initialize(mails = 1, &block)
    @mails = mails
    @server = TCPServer.new("127.0.0.1", 0)
    @port = @server.addr[1]
    @thread = Thread.new { serve(&block) }
  end

  # Waits until the server has ended. Returns the last result of the block, or a text that says that
  # no mail has arrived within 60 seconds.
  def value
    @thread.join(60)&.value || "no mail has arrived"
  ensure
    @server.close
  end

  private

  def serve
    socket = @server.accept
    socket.write("220 test.example ESMTP\r\n")
    while (line = socket.gets("\r\n"))
      reply = yield line.chomp, socket
      socket.write("#{reply}\r\n") if reply
      @mails -= 1 if line == ".\r\n"
      return reply if line == "QUIT\r\n" || @mails.zero?
    end
  ensure
    socket&.close
  end
end

# Makes mailers for a server.
module Mailers
  # Returns the reply of a server without extensions, or nil for QUIT and for a line of a mail.
  def reply(line)
    case line
    when "DATA" then "354 go on"
    when "." then "250 accepted"
    when /\A(EHLO|MAIL|RCPT|RSET)/ then "250 ok"
    end
  end

  # Makes a mailer with a recipient, for a server without TLS or login.
  def plain(port)
    mail = Csmtp::Mailer.new
    mail.set_smtp_server("localhost", port, false)
    mail.set_security_type(Csmtp::NO_SECURITY)
    mail.set_sender_mail("alice@test.example")
    mail.add_recipient("bob@test.example")
    mail
  end

  def mailer(server)
    mail = Csmtp::Mailer.new
    mail.set_smtp_server("localhost", server.port)
    mail.set_security_type(Csmtp::USE_TLS)
    mail.set_ca_file(server.ca)
    mail.set_login("alice@test.example")
    mail.set_password("s3cret pass")
    mail.set_sender_mail("alice@test.example")
    mail.add_recipient("bob@test.example", "Jürgen")
    mail.set_subject("Größe")
    mail.add_msg_line("Grüße")
    mail
  end

  # Starts a server, and passes it and a mailer for it to the block.
  def sending(*options)
    Server.open(*options) do |server|
      mail = mailer(server)
      yield server, mail
    ensure
      mail&.close
    end
  end
end
