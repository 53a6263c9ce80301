# SPDX-License-Identifier: MIT
# Checks that the built library contains the text of the expected version.
if(NOT EXISTS ${LIBRARY})
  message(FATAL_ERROR "${LIBRARY} is missing")
endif()
file(STRINGS ${LIBRARY} found LIMIT_COUNT 1 REGEX "csmtp ${VERSION}|${VERSION}")
if(NOT found)
  message(FATAL_ERROR "${LIBRARY} does not name version ${VERSION}")
endif()
