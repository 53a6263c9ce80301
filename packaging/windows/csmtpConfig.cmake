# SPDX-License-Identifier: MIT
# For find_package(csmtp CONFIG PATHS <this folder>) with Visual C++ or MinGW. Defines
# the target csmtp::csmtp. Copy $<TARGET_FILE:csmtp::csmtp> next to your program.
if(CMAKE_SIZEOF_VOID_P EQUAL 4)
  set(_csmtp_platform Win32)
else()
  set(_csmtp_platform x64)
endif()
if(NOT TARGET csmtp::csmtp)
  add_library(csmtp::csmtp SHARED IMPORTED)
  set_target_properties(csmtp::csmtp PROPERTIES
    IMPORTED_LOCATION "${CMAKE_CURRENT_LIST_DIR}/${_csmtp_platform}/csmtp.dll"
    IMPORTED_IMPLIB "${CMAKE_CURRENT_LIST_DIR}/${_csmtp_platform}/csmtp.lib"
    INTERFACE_INCLUDE_DIRECTORIES "${CMAKE_CURRENT_LIST_DIR}/include;${CMAKE_CURRENT_LIST_DIR}/include/compat")
endif()
unset(_csmtp_platform)
