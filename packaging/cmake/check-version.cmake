# SPDX-License-Identifier: MIT
# The file that was built says its version, and is the one asked for.
if(NOT EXISTS ${LIBRARY})
  message(FATAL_ERROR "${LIBRARY} is missing")
endif()
file(STRINGS ${LIBRARY} found LIMIT_COUNT 1 REGEX "csmtp ${VERSION}|${VERSION}")
if(NOT found)
  message(FATAL_ERROR "${LIBRARY} does not name version ${VERSION}")
endif()
