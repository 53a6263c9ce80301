# SPDX-License-Identifier: MIT
# frozen_string_literal: true

require "tempfile"

module Csmtp
  # A mailer has settings, a message and, while it is connected, a session. Each method of
  # MailerMethods calls the C function with the same name.
  class Mailer < Handle
    include MailerMethods

    # Makes a mailer, passes it to the block, and closes it at the end of the block. Returns the
    # value of the block. Without a block, returns the mailer, which then remains open.
    def self.open
      mailer = new
      return mailer unless block_given?

      begin
        yield mailer
      ensure
        mailer.close
      end
    end

    def initialize
      super
      own(Library.call(:New))
      set_char_set("UTF-8")
    end

    # clone and dup return a mailer with the same settings and message, but no connection and no
    # callbacks.
    def initialize_copy(other)
      super
      raise ArgumentError, "clone: an attachment is read from an IO, which two mailers cannot share" unless other.state.readers.empty?

      own(Library.call(:Clone, other.handle))
    end

    # ---- Attachments

    # Attaches a file, or the content of an IO. 'source' is the path of a file (a String or Pathname),
    # an IO, or another object with the method 'read'. A source that can seek is read when the mail is
    # sent, from its current position, and must stay open until then. A source that cannot seek is
    # read to its end at once; content larger than 1 MiB is kept in a temporary file.
    def attach(source, name: nil, content_type: nil)
      return add_attachment_as(source, name, content_type) if source.is_a?(String) || !source.respond_to?(:read) || !source.respond_to?(:eof?) && source.respond_to?(:to_path)

      path = source.path if name.nil? && source.respond_to?(:path)
      name ||= File.basename(path) if path.is_a?(String)
      raise ArgumentError, "attach: a source without a path needs a name" if name.nil? || name.empty?

      start = position(source)
      start ? read_later(source, start, name, content_type) : read_now(source, name, content_type)
    end

    # Attaches octets.
    def add_attachment_data(name, data, content_type = nil)
      check(:AddAttachmentData, name, content_type, Fiddle::Pointer[data.to_str], data.bytesize)
    end

    # Adds an image to which the HTML body refers as "cid:" followed by content_id.
    def add_inline_image_data(content_id, name, data, content_type = nil)
      check(:AddInlineImageData, content_id, name, content_type, Fiddle::Pointer[data.to_str], data.bytesize)
    end

    # Attaches the content that the block returns, piece by piece. The argument of the block is a
    # number: the block returns at most that many octets, and "" at the end. If the number is 0, the
    # block must return "" and start again from the beginning. 'size' is the number of octets of the
    # content, or -1 if it is not known.
    def add_attachment_reader(name, content_type = nil, size = -1, &read)
      raise ArgumentError, "add_attachment_reader needs a block" unless read

      number = Callbacks.add(read)
      begin
        check(:AddAttachmentReader, name, content_type, size, Callbacks::READ, number)
      rescue Exception # rubocop:disable Lint/RescueException
        Callbacks.drop(number)
        raise
      end
      @state.readers << number
      nil
    end

    # Clears everything that csmtp_c.h marks [message]: recipients, bodies, attachments, header
    # fields and Message-ID, but not the subject, the sender or the settings.
    def clear_message
      check(:ClearMessage)
      @state.forget_readers
    end

    # Removes all attachments and inline images.
    def del_attachments
      check(:DelAttachments)
      @state.forget_readers
    end

    # Returns the octets of the message that 'deliver' would send.
    def render_message
      data = size = nil
      during do
        pointers = Fiddle::Pointer.malloc(2 * Fiddle::SIZEOF_VOIDP, Fiddle::RUBY_FREE)
        result = Library.call(:RenderMessage, handle, pointers, pointers + Fiddle::SIZEOF_VOIDP)
        address, size = pointers[0, 2 * Fiddle::SIZEOF_VOIDP].unpack("JJ")
        data = size.zero? ? "".b : Fiddle::Pointer.new(address)[0, size] if result.zero?
        result
      end
      data
    end

    # ---- Sending

    # Sends a complete message, octet for octet. 'from' is the reverse-path, and 'recipients' contains
    # the recipients, separated by commas. If one of them is nil, the value in the header of the
    # message is used.
    def send_raw(data, from = nil, recipients = nil)
      octets = Fiddle::Pointer[data.to_str]
      during(:SendRaw, octets, data.bytesize, from, recipients)
    end

    # Sends the given mails over the session of this mailer. This mailer itself must not be one
    # of the mails. Returns the error number of each mail, which is 0 if the mail was accepted.
    # The getters of a mail return details.
    def send_batch(mails)
      handles = mails.map { |mail| mail.handle } # rubocop:disable Style/SymbolProc -- handle is protected
      handles.each { |other| forget(other) }
      numbers = Fiddle::Pointer.malloc([handles.size, 1].max * Fiddle::SIZEOF_INT, Fiddle::RUBY_FREE)
      during(mails: handles) do
        number = Library.call(:SendBatch, handle, Fiddle::Pointer[handles.pack("J*")], handles.size, numbers)
        number == BAD_HANDLE ? number : 0
      end
      numbers[0, handles.size * Fiddle::SIZEOF_INT].unpack("i*")
    end

    # Starts to send on a thread of the library, and returns at once. 'poll' and 'wait' report whether
    # the send has ended. Ruby cannot run callbacks on such a thread, so deliver_async raises an
    # exception if the mailer has callbacks, or attachments that are read from an IO: call 'deliver'
    # in a Thread instead. The mailer is not garbage-collected before the send has ended. When the
    # program ends, it waits for the send, unless 'close' is called.
    def deliver_async
      unless @state.callbacks.empty? && @state.readers.empty?
        raise ArgumentError, "deliver_async: the mailer has callbacks, or attachments that are read later: call deliver in a Thread instead"
      end

      Underway.add(self) { check(:SendAsync, nil, 0) }
    end

    # Reports whether the asynchronous send has ended. Raises the error of the send if it failed.
    def poll
      ended(Library.call(:Poll, handle))
    end

    # Waits until the asynchronous send has ended, for at most 'milliseconds' ms; nil means no
    # limit. Reports whether the send has ended. Raises the error of the send if it failed.
    def wait(milliseconds = nil)
      Deadline.wait(milliseconds) { |slice| ended(Call.during(0) { Library.call(:Wait, handle, slice) }) }
    end

    # Returns a Recipient for each recipient of the last mail, in the order To, Cc, Bcc.
    def results
      Array.new(number(:GetResultCount)) do |row|
        Recipient.new(address: text(:GetResultRecipient, row), accepted: bool(:GetResultAccepted, row), code: number(:GetResultCode, row),
                      enhanced_code: text(:GetResultEnhancedCode, row), reply: text(:GetResultReply, row))
      end
    end

    # ---- Callbacks

    # Sets a block that gets the direction of each line of the dialogue (Csmtp::LOG_CLIENT,
    # LOG_SERVER or LOG_EVENT) and the line, in which secrets are masked. If one of the methods
    # set_..._callback is called without a block, it removes its callback.
    def set_log_callback(&block)
      callback(:SetLogCallback, Callbacks::LOG, block)
    end

    # Logs the dialogue with logger.debug, with secrets masked. nil stops the logging.
    def logger=(logger)
      return set_log_callback if logger.nil?

      marks = { LOG_CLIENT => "C: ", LOG_SERVER => "S: " }
      set_log_callback { |direction, line| logger.debug(marks.fetch(direction, "") + line) }
    end

    # Sets a block that gets the number of octets sent, and the total, which is -1 if it is not
    # known. If the block returns true, the send is canceled.
    def set_progress_callback(&block)
      callback(:SetProgressCallback, Callbacks::PROGRESS, block)
    end

    # Sets a block that returns an access token, or nil if there is none. The argument of the block
    # is true if the server refused the previous token.
    def set_token_callback(&block)
      callback(:SetTokenCallback, Callbacks::TOKEN, block)
    end

    # Sets a block that gets each Csmtp::Event, for example to collect statistics: see docs/events.md.
    def set_event_callback(&block)
      callback(:SetEventCallback, Callbacks::EVENT, block)
    end

    # Reports whether no asynchronous send is in progress.
    def idle?
      closed? || Library.call(:Poll, handle) != BUSY
    end

    # Waits until no asynchronous send is in progress.
    def wait_until_idle
      Deadline.wait(nil) { |slice| closed? || Call.during(0) { Library.call(:Wait, @state.handle, slice) } != BUSY }
    end

    private

    # Returns the result of 'poll' or 'wait'.
    def ended(number)
      raise Error.new(handle, number) unless [NO_ERROR, BUSY].include?(number)

      number != BUSY
    end

    MEMORY = 1 << 20
    READING = Mutex.new
    private_constant :MEMORY, :READING

    # Returns the position of a source, or nil if the source cannot seek.
    def position(source)
      return unless source.respond_to?(:pos) && source.respond_to?(:seek)

      start = source.pos
      source.seek(start)
      start
    rescue SystemCallError, NotImplementedError
      nil
    end

    def read_later(source, start, name, content_type)
      at = start
      size = source.respond_to?(:size) ? [source.size - start, 0].max : -1
      add_attachment_reader(name, content_type, size) do |capacity|
        next (at = start) && "" if capacity.zero?

        # Seek before each read, because another attachment can use the same source.
        READING.synchronize do
          source.seek(at)
          data = source.read(capacity) || ""
          at += data.bytesize
          data
        end
      end
    end

    def read_now(source, name, content_type)
      data = source.read(MEMORY) || ""
      return add_attachment_data(name, data, content_type) if (rest = source.read(1)).nil?

      file = Tempfile.new("csmtp", binmode: true)
      begin
        file.write(data, rest || "")
        IO.copy_stream(source, file)
        file.flush
        read_later(file, 0, name, content_type)
      rescue Exception # rubocop:disable Lint/RescueException
        file.close!
        raise
      end
      @state.files << file
      nil
    end
  end

  # The mailers whose asynchronous sends have not ended. They must not be garbage-collected, because
  # this would cancel the sends.
  module Underway
    @mailers = {}.compare_by_identity
    @change = Mutex.new

    class << self
      # Adds a mailer whose send the block starts. Removes the mailers whose sends have ended, and
      # those of a parent process.
      def add(mailer)
        @change.synchronize { @mailers.delete_if { |other, process| process != Process.pid || other.idle? } }
        yield
        @change.synchronize { @mailers[mailer] = Process.pid }
        nil
      end

      # Waits until all sends of this process have ended.
      def wait
        until (waiting = @change.synchronize { @mailers.select { |mailer, process| process == Process.pid && !mailer.idle? } }).empty?
          waiting.each_key(&:wait_until_idle)
        end
      end
    end
  end
  private_constant :Underway
  at_exit { Underway.wait }

  # Waits in short intervals, between which a thread can be interrupted.
  module Deadline
    SLICE = 100 # milliseconds
    private_constant :SLICE

    # Calls the block repeatedly until it returns true or 'milliseconds' ms have passed; nil means no
    # limit. The argument of the block is the number of milliseconds for which the block should wait.
    # Reports whether the block returned true.
    def self.wait(milliseconds)
      start = Process.clock_gettime(Process::CLOCK_MONOTONIC)
      loop do
        passed = ((Process.clock_gettime(Process::CLOCK_MONOTONIC) - start) * 1000).floor
        left = milliseconds ? [milliseconds - passed, 0].max : SLICE
        return true if yield [left, SLICE].min
        return false if left.zero?
      end
    end
  end
  private_constant :Deadline
end
