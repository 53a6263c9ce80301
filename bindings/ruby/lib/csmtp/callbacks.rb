# SPDX-License-Identifier: MIT
# frozen_string_literal: true

require "fiddle/import"

module Csmtp
  # Pointers to the functions that C calls. There is one function for each type of callback, and it
  # is never freed. C passes the number of the program's callback to the function, and the function
  # calls the callback. These functions can run only on Ruby threads. Therefore, deliver_async
  # refuses callbacks, and a pool runs its callbacks inside its methods.
  module Callbacks
    # A callback of the program. 'pool' says whether the callback belongs to a pool.
    Entry = Struct.new(:function, :pool)

    INT = Fiddle::TYPE_INT
    UNSIGNED = -Fiddle::TYPE_INT
    POINTER = Fiddle::TYPE_VOIDP
    LONG = Fiddle::TYPE_LONG_LONG
    private_constant :INT, :UNSIGNED, :POINTER, :LONG

    # The layout of the C struct CSmtpEvent.
    module Layout
      extend Fiddle::Importer
      EVENT = struct(EVENT_MEMBERS.map { |member| member.sub("const char *", "char *") })
    end
    private_constant :Layout

    @entries = {}

    class << self
      # Registers a callback, and returns its number.
      def add(function, pool: false)
        entry = Entry.new(function, pool)
        number = entry.object_id # Ruby never uses such a number again
        @entries[number] = entry
        number
      end

      # Forgets a callback.
      def drop(number)
        @entries.delete(number)
      end

      private

      # Returns a pointer to a function that C can call. The function calls the block with the
      # callback of the program and the arguments from C, and returns the result of the block. If
      # the callback raises an exception or no longer exists, the function returns 'failed'.
      def pointer(result, types, failed)
        Fiddle::Closure::BlockCaller.new(result, [Fiddle::TYPE_UINTPTR_T, *types]) do |number, *arguments|
          entry = @entries[number]
          next failed if entry.nil?

          Call.guarded(failed, pool: entry.pool) { yield entry.function, *arguments }
        end
      end

      def text(pointer)
        Library.text(pointer) || ""
      end
    end

    READ = pointer(LONG, [POINTER, Fiddle::TYPE_SIZE_T], -1) do |read, buffer, capacity|
      data = read.call(capacity)
      raise RangeError, "read returned more octets than asked for" if data.bytesize > capacity

      buffer[0, data.bytesize] = data unless data.empty?
      data.bytesize
    end

    TOKEN = pointer(POINTER, [INT], 0) do |fn, refused|
      token = fn.call(refused != 0)
      token.nil? ? 0 : Call.keep(Fiddle::Pointer[Library.octets(token)]).to_i
    end

    PROGRESS = pointer(INT, [LONG, LONG], 1) { |fn, sent, total| fn.call(sent, total) == true ? 1 : 0 }
    LOG = pointer(Fiddle::TYPE_VOID, [INT, POINTER], nil) { |fn, direction, line| fn.call(direction, text(line)) }
    DONE = pointer(Fiddle::TYPE_VOID, [Fiddle::TYPE_UINTPTR_T, INT], nil) { |fn, handle, error| fn.call(handle, error) }

    EVENT = pointer(Fiddle::TYPE_VOID, [POINTER], nil) do |fn, event|
      layout = Layout::EVENT.new(event)
      values = Event.members.to_h { |member| [member, layout.public_send(member)] }
      fn.call(Event.new(**values, name: text(values[:name]), server: text(values[:server])))
    end

    SENDING = pointer(INT, [POINTER, UNSIGNED, POINTER], 1) do |fn, id, relay, message_id|
      fn.call(text(id), relay, text(message_id)) == false ? 1 : 0
    end

    ENDED = pointer(INT, [POINTER, UNSIGNED, INT, POINTER, POINTER], 1) do |fn, id, relay, outcome, queue_id, reply|
      fn.call(text(id), relay, outcome, text(queue_id), text(reply)) == false ? 1 : 0
    end

    RECONCILE = pointer(INT, [POINTER, UNSIGNED, POINTER], UNKNOWN) do |fn, id, relay, message_id|
      Integer(fn.call(text(id), relay, text(message_id)))
    end
  end
  private_constant :Callbacks

  # An event of a mailer or a pool. docs/events.md describes the members. Durations are in
  # microseconds.
  Event = Struct.new(*EVENT_MEMBERS.map { |member| member[/\w+\z/].to_sym }.drop(1), keyword_init: true)

  # The value of the member 'relay' in an event of a mail that the pool has given to no relay.
  NO_RELAY = 0xffffffff
end
