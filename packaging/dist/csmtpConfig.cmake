# SPDX-License-Identifier: MIT
# For find_package(csmtp CONFIG) on Windows. Defines the target csmtp::csmtp. Copy
# $<TARGET_FILE:csmtp::csmtp> next to your program.
get_filename_component(_csmtp_prefix "${CMAKE_CURRENT_LIST_DIR}/../../.." ABSOLUTE)
if(NOT TARGET csmtp::csmtp)
  add_library(csmtp::csmtp SHARED IMPORTED)
  set_target_properties(csmtp::csmtp PROPERTIES
    IMPORTED_LOCATION "${_csmtp_prefix}/bin/csmtp.dll"
    IMPORTED_IMPLIB "${_csmtp_prefix}/lib/csmtp.lib"
    INTERFACE_INCLUDE_DIRECTORIES "${_csmtp_prefix}/include/csmtp;${_csmtp_prefix}/include/csmtp/compat")
endif()
unset(_csmtp_prefix)
