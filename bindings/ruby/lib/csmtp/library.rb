# SPDX-License-Identifier: MIT
# frozen_string_literal: true

require "fiddle"

module Csmtp
  # The functions of csmtp_c.h, called through Fiddle, and the conversion of values. While a
  # function runs, other Ruby threads can run.
  module Library
    # The types for which the letters in SIGNATURES stand: "s" is text or octets, "i" int, "u"
    # unsigned int, "h" unsigned short, "q" int64_t, "z" size_t, "H" a handle or the number of a
    # callback, "p" a pointer, and "v" void.
    TYPES = {
      "s" => Fiddle::TYPE_VOIDP, "i" => Fiddle::TYPE_INT, "u" => -Fiddle::TYPE_INT, "h" => -Fiddle::TYPE_SHORT,
      "q" => Fiddle::TYPE_LONG_LONG, "z" => Fiddle::TYPE_SIZE_T, "H" => Fiddle::TYPE_UINTPTR_T,
      "p" => Fiddle::TYPE_VOIDP, "v" => Fiddle::TYPE_VOID,
    }.freeze
    RANGES = { "i" => -2**31...2**31, "u" => 0...2**32, "h" => 0...2**16, "q" => -2**63...2**63, "z" => 0...2**62, "H" => 0...2**64 }.freeze
    private_constant :TYPES, :RANGES

    class << self
      # Calls a function of the library. 'name' is the function's name without the prefix CSmtp_.
      # Converts the arguments, and the result if it is a text. nil stands for NULL.
      def call(name, *arguments)
        function, result, letters = FUNCTIONS.fetch(name)
        values = arguments.each_with_index.map { |value, i| convert(value, letters[i]) }
        # Cancel returns at once: it never waits until another call on the handle has ended.
        return function.call(*values) if name == :Cancel

        Call.function do
          value = function.call(*values)
          result == "s" ? text(value) : value
        end
      end

      # Returns the text at a pointer, or nil for NULL.
      def text(pointer)
        pointer.null? ? nil : pointer.to_s.force_encoding(Encoding::UTF_8)
      end

      # Returns the octets of a text, with a NUL at the end. Raises an exception if the text
      # itself contains a NUL, at which C would truncate it.
      def octets(value)
        value = value.to_path if value.respond_to?(:to_path)
        raise TypeError, "#{value.class} is not a String" unless value.respond_to?(:to_str)

        value = value.to_str
        unless [Encoding::UTF_8, Encoding::BINARY, Encoding::US_ASCII].include?(value.encoding)
          begin
            value = value.encode(Encoding::UTF_8)
          rescue EncodingError
            # The exception that 'encode' raises can contain the text, which could be a password.
            raise ArgumentError, "the text cannot be converted from #{value.encoding} to UTF-8", cause: nil
          end
        end
        value = value.b
        raise ArgumentError, "the text contains a NUL character" if value.include?("\0")

        value << "\0"
      end

      private

      def convert(value, letter)
        case letter
        when "s" then value.nil? || value.is_a?(Fiddle::Pointer) ? value : octets(value)
        when "p" then value
        else number(value, letter)
        end
      end

      def number(value, letter)
        value = value ? 1 : 0 if value.equal?(true) || value.equal?(false)
        value = value.to_i if letter == "q" && value.is_a?(Time)
        raise TypeError, "#{value.class} is not an Integer" unless value.respond_to?(:to_int)

        value = value.to_int
        raise RangeError, "#{value} is out of range" unless RANGES.fetch(letter).cover?(value)

        value
      end

      # Returns the path of the library: the value of the environment variable CSMTP_LIBRARY, or
      # else the path of the file in the gem, or else only the name of the library, which the system
      # then searches for.
      def path
        name = Gem.win_platform? ? "csmtp.dll" : "libcsmtp.so.1"
        ours = File.join(__dir__, name)
        given = ENV.fetch("CSMTP_LIBRARY", "")
        return given unless given.empty?

        File.exist?(ours) ? ours : name
      end

      def load
        file = path
        begin
          library = Fiddle.dlopen(file)
        rescue Fiddle::DLError => e
          raise LoadError, "#{file} cannot be loaded: install csmtp, or set CSMTP_LIBRARY to the path of its library (#{e.message})"
        end
        SIGNATURES.to_h do |name, signature|
          result, letters = signature.split(" ")
          letters = (letters || "").chars
          function = Fiddle::Function.new(library["CSmtp_#{name}"], letters.map { |l| TYPES.fetch(l) }, TYPES.fetch(result), name: "CSmtp_#{name}")
          [name, [function, result, letters]]
        rescue Fiddle::DLError
          raise LoadError, "#{file} has no function CSmtp_#{name}: install the version of csmtp that this module needs, or set CSMTP_LIBRARY to the path of its library"
        end
      end
    end

    FUNCTIONS = load.freeze
    private_constant :FUNCTIONS
  end
  private_constant :Library

  # Returns the version of the library, such as "1.0.0".
  def self.version
    Library.call(:GetVersion)
  end

  # Returns the general text for an error number, without the details of a failed call.
  def self.error_text(number)
    Library.call(:GetErrorText, number)
  end
end
