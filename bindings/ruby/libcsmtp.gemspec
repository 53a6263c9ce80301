# SPDX-License-Identifier: MIT
# frozen_string_literal: true

require_relative "lib/csmtp/functions"

# packaging/ruby.sh puts the library beside the modules of the gem, and sets
# CSMTP_GEM_PLATFORM.
Gem::Specification.new do |spec|
  spec.name = "libcsmtp"
  spec.version = Csmtp::VERSION
  spec.platform = ENV.fetch("CSMTP_GEM_PLATFORM")
  spec.summary = "Sends mail over SMTP: TLS, OAuth 2.0, DKIM, S/MIME, many relays"
  spec.description = "Builds mails and submits them to SMTP servers, with the library libcsmtp, which the gem contains. " \
                     "An error says what failed, what the server replied, what happened to the mail and what to do."
  spec.authors = ["The csmtp authors"]
  spec.license = "MIT"
  spec.required_ruby_version = ">= 3.0"
  spec.files = Dir["lib/**/*", "LICENSE", "README.md", "copyright"].select { |path| File.file?(path) }.sort
end
