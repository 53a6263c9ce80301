# SPDX-License-Identifier: MIT
# For find_package(csmtp CONFIG) on Windows. Defines the target csmtp::csmtp. Copy
# $<TARGET_FILE:csmtp::csmtp> next to your program.
# vcpkg moves this file, and adapts the following line.
get_filename_component(PACKAGE_PREFIX_DIR "${CMAKE_CURRENT_LIST_DIR}/../../../" ABSOLUTE)
if(NOT TARGET csmtp::csmtp)
  add_library(csmtp::csmtp SHARED IMPORTED)
  set_target_properties(csmtp::csmtp PROPERTIES
    IMPORTED_LOCATION "${PACKAGE_PREFIX_DIR}/bin/csmtp.dll"
    IMPORTED_IMPLIB "${PACKAGE_PREFIX_DIR}/lib/csmtp.lib"
    INTERFACE_INCLUDE_DIRECTORIES "${PACKAGE_PREFIX_DIR}/include/csmtp;${PACKAGE_PREFIX_DIR}/include/csmtp/compat")
endif()
unset(PACKAGE_PREFIX_DIR)
