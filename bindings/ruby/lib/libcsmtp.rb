# SPDX-License-Identifier: MIT
# frozen_string_literal: true

# Bundler loads this file, because it has the name of the gem.
require "csmtp"
